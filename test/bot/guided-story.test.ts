import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import { componentsOf, messageText } from '../../src/playground/discord/driver/look.ts';
import { errorLabel } from '../../src/shared/errors.ts';
import { ASSESSMENT, PAUSES, PLAN, RUN } from '../helpers/facts.ts';
import { cardSaying, threadOf, useWorld, type World } from './bot-world.ts';

const world = useWorld();

/** What one presses after each pause, in order. */
const CONTINUES = [
  'Continue: Backup',
  'Continue: Conversion',
  'Continue: Validation',
  'Continue: Final setup',
] as const;
const STOPS = ['analyze', 'backup', 'register', 'validate', undefined] as const;

const DENIED = errorLabel('LOCAL_DENIED');
const STALE = errorLabel('APPROVED_PLAN_STALE');

function labels(message: Parameters<typeof componentsOf>[0]): string[] {
  return componentsOf(message).flatMap(({ label }) => label ?? []);
}

async function planned(at: World): Promise<string> {
  await at.owner.slash(at.help, '/assess');
  const thread = await threadOf(at.owner);
  at.jobs.finish((await at.jobs.newest('assess')).id, ASSESSMENT);
  const card = await cardSaying(at.owner, thread, 'Guided migration');
  await at.owner.press(card.id, 'Guided migration');
  at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');
  await cardSaying(at.owner, thread, 'Approve and begin: Analysis');
  return thread;
}

/** The newest job that writes, once there are so many. */
function write(at: World, count: number) {
  return at.owner.until(
    () => {
      const all = at.jobs.started.filter(({ job }) => ['apply', 'resume', 'undo'].includes(job.type));
      return all.length === count ? all.at(-1) : undefined;
    },
    { about: `${count} jobs that write` },
  );
}

/** Ada's card at the pause with that number, from 0. */
async function pausedAt(at: World, pause: number): Promise<string> {
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and begin: Analysis');
  await at.owner.press(card.id, 'Approve and begin: Analysis');
  for (let n = 0; n <= pause; n++) {
    at.jobs.finish((await write(at, n + 1)).job.id, PAUSES[n] ?? {});
    const shown = await cardSaying(at.owner, thread, CONTINUES[n] ?? '');
    if (n < pause) await at.owner.press(shown.id, CONTINUES[n] ?? '');
  }
  return thread;
}

it('shows the figures of each phase and goes on at each Continue, on one card, to the same result', async () => {
  const at = await world();
  const thread = await pausedAt(at, 3);

  const last = messageText(await cardSaying(at.owner, thread, 'Continue: Final setup'));
  expect(last).toContain('Paused after Validation');
  expect(last).toContain('4 of 5 phases done');
  expect(last).toContain('Done: Analysis, found 5 projects, 182 settings, 21 secrets, 43 own files');
  expect(last).toContain('Done: Backup, number 7, 294 files, 47.8 MB, verified 315 of 315');
  expect(last).toContain('Done: Conversion, 180 of 182 settings, 4 projects, 21 secrets, 43 own files');
  expect(last).toContain('Done: Validation, 1 of 1 checks without an error');
  expect(last).toContain('Ok: `config-syntax`, 3 of 3');
  expect(last).toContain('Next: Final setup');
  expect(last).toContain(
    '2 cron lines and 1 systemd timer of the old tool wait until the migration ends and are then as before',
  );

  const card = await cardSaying(at.owner, thread, 'Continue: Final setup');
  await at.owner.press(card.id, 'Continue: Final setup');
  at.jobs.finish((await write(at, 5)).job.id, RUN);
  const result = messageText(await cardSaying(at.owner, thread, 'Complete'));
  expect(result).toContain('Checks: 1 of 2 without a remark');
  expect(result).toContain('Roll back: show what it would do');

  const writes = at.jobs.started.filter(({ job }) => job.type === 'apply' || job.type === 'resume');
  expect(writes.map(({ job }) => job.type)).toEqual(['apply', 'resume', 'resume', 'resume', 'resume']);
  expect(writes.map(({ params }) => params['pause_after'])).toEqual(STOPS);
  expect(new Set(writes.map(({ job }) => job.plan)).size).toBe(1);
  expect(new Set(writes.map(({ actor }) => actor.interaction)).size).toBe(5);
  expect(at.owner.messages(thread)).toHaveLength(1);
  expect(at.discord.findings.all).toEqual([]);
});

it('shows the first phase while it works, and nothing as done that is not', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and begin: Analysis');
  await at.owner.press(card.id, 'Approve and begin: Analysis');
  const { id } = (await write(at, 1)).job;
  expect(messageText(await cardSaying(at.owner, thread, 'Not yet: Final setup'))).not.toContain('Done');

  at.jobs.tell(id, { state: 'running', progress: { phase: 'analyze', n: 0, of: 1 } });

  const text = messageText(await cardSaying(at.owner, thread, 'Now: Analysis'));
  expect(text).toContain('0 of 5 phases done');
  expect(text).not.toContain('Done');
});

it('shows while a phase works what is behind it and how far it is', async () => {
  const at = await world();
  const thread = await pausedAt(at, 1);
  const card = await cardSaying(at.owner, thread, 'Continue: Conversion');
  await at.owner.press(card.id, 'Continue: Conversion');
  const { id } = (await write(at, 3)).job;

  at.jobs.tell(id, { state: 'running', progress: { phase: 'credentials', n: 0, of: 1 } });

  const text = messageText(await cardSaying(at.owner, thread, 'Now: Conversion: Credentials'));
  expect(text).toContain('Guided migration of Computer 1');
  expect(text).toContain('2 of 5 phases done');
  expect(text).toContain('Done: Backup, number 7');
  expect(text).toContain('Not yet: Validation');
  expect(text).toContain('Stop and take back');
});

it('waits through starts of the bot, however long, and the press counts afterwards', async () => {
  const at = await world();
  const thread = await pausedAt(at, 1);

  await at.restart();
  await at.restart();
  const card = await cardSaying(at.owner, thread, 'Continue: Conversion');
  await at.owner.press(card.id, 'Continue: Conversion');

  expect(await write(at, 3)).toMatchObject({ job: { type: 'resume' }, params: { pause_after: 'register' } });
});

it('is taken back from the card', async () => {
  const at = await world();
  const thread = await pausedAt(at, 2);
  const card = await cardSaying(at.owner, thread, 'Stop here and take it back');

  await at.owner.press(card.id, 'Stop here and take it back');
  at.jobs.finish((await write(at, 4)).job.id, { run: RUN.run, outcome: 'undone', milliseconds: 10 });

  await cardSaying(at.owner, thread, 'Taken back');
  expect(at.jobs.started.at(-1)?.job.type).toBe('undo');
});

it('is taken back by /migrate cancel, and shown by /migrate status, /recover and /migrate start', async () => {
  const at = await world();
  const thread = await pausedAt(at, 0);

  for (const command of ['/migrate status', '/recover', '/migrate start']) {
    const answer = await at.owner.slash(at.help, command);
    expect(messageText(answer.message)).toContain(`<#${thread}>`);
  }
  await at.owner.slash(at.help, '/migrate cancel');

  expect((await write(at, 2)).job.type).toBe('undo');
  await cardSaying(at.owner, thread, 'Taking the run back');
});

it('stops a phase that works, and the run is taken back', async () => {
  const at = await world();
  const thread = await pausedAt(at, 0);
  const card = await cardSaying(at.owner, thread, 'Continue: Backup');
  await at.owner.press(card.id, 'Continue: Backup');
  const { id } = (await write(at, 2)).job;
  const running = await cardSaying(at.owner, thread, 'Stop and take back');
  await at.owner.press(running.id, 'Stop and take back');
  expect(at.jobs.cancelled).toEqual([id]);

  at.jobs.tell(id, { state: 'cancelled', result: { job: id, undone: true } });
  await cardSaying(at.owner, thread, 'Taken back');
});

it('says so when it paused before it could be stopped', async () => {
  const at = await world();
  const thread = await pausedAt(at, 0);
  const card = await cardSaying(at.owner, thread, 'Continue: Backup');
  await at.owner.press(card.id, 'Continue: Backup');
  const { id } = (await write(at, 2)).job;
  const running = await cardSaying(at.owner, thread, 'Stop and take back');
  await at.owner.press(running.id, 'Stop and take back');

  at.jobs.finish(id, PAUSES[1] ?? {});

  const late = await cardSaying(at.owner, thread, 'It paused before it could be stopped');
  expect(labels(late)).toContain('Stop here and take it back');
});

it('uses each Continue once, whatever is pressed twice', async () => {
  const at = await world();
  const thread = await pausedAt(at, 1);
  const card = await cardSaying(at.owner, thread, 'Continue: Conversion');

  await Promise.all([
    at.owner.press(card.id, 'Continue: Conversion'),
    at.owner.press(card.id, 'Continue: Conversion'),
  ]);

  expect((await write(at, 3)).params).toMatchObject({ pause_after: 'register' });
  expect([...at.jobs.slots.values()].filter(({ used }) => used)).toHaveLength(3);
});

it.each([
  [2, '2 files changed since the plan was made', false],
  [undefined, 'undo what was added or removed', true],
])('tells what became of the source meanwhile, with %s files changed', async (changed, words, goesOn) => {
  const at = await world();
  const thread = await pausedAt(at, 1);
  const card = await cardSaying(at.owner, thread, 'Continue: Conversion');
  await at.owner.press(card.id, 'Continue: Conversion');
  const { id } = (await write(at, 3)).job;
  const failure = { error: STALE, left: 'paused', run: RUN.run, ...(changed && { changed }) };
  at.jobs.tell(id, {
    state: 'failed',
    error: { code: STALE, name: 'APPROVED_PLAN_STALE' },
    result: { job: id, failure },
  });

  const stale = await cardSaying(at.owner, thread, words);

  expect(messageText(stale)).toContain('Paused after Backup');
  expect(messageText(stale)).toContain(STALE);
  const shown = await at.owner.until(() => {
    const now = labels(at.owner.messages(thread)[0] ?? stale);
    return now.includes('Stop here and take it back') ? now : undefined;
  });
  expect(shown.includes('Continue: Conversion')).toBe(goesOn);
});

it('waits as before when the computer refuses to go on, and says why', async () => {
  const at = await world();
  const thread = await pausedAt(at, 0);
  const card = await cardSaying(at.owner, thread, 'Continue: Backup');
  await at.owner.press(card.id, 'Continue: Backup');
  const { id } = (await write(at, 2)).job;
  at.jobs.tell(id, { state: 'rejected', error: { code: DENIED, name: 'LOCAL_DENIED' } });

  const refused = await cardSaying(at.owner, thread, 'It did not go on');
  expect(messageText(refused)).toContain(DENIED);
  const again = await at.owner.waitFor(thread, (message) => labels(message).includes('Continue: Backup'));
  await at.owner.press(again.id, 'Continue: Backup');
  expect((await write(at, 3)).params).toMatchObject({ pause_after: 'backup' });
});

it('goes on from an interruption to the end of that phase, and pauses again', async () => {
  const at = await world();
  const thread = await pausedAt(at, 1);
  const card = await cardSaying(at.owner, thread, 'Continue: Conversion');
  await at.owner.press(card.id, 'Continue: Conversion');
  const { id } = (await write(at, 3)).job;
  at.jobs.tell(id, { state: 'interrupted', result: { job: id, run: RUN.run, phase: 'credentials' } });

  const interrupted = await at.owner.waitFor(
    thread,
    (message) =>
      messageText(message).includes('Interrupted') && labels(message).includes('Continue: Conversion'),
  );
  await at.owner.press(interrupted.id, 'Continue: Conversion');
  const next = await write(at, 4);
  expect(next.params).toMatchObject({ pause_after: 'register' });
  at.jobs.finish(next.job.id, PAUSES[2] ?? {});

  const paused = messageText(await cardSaying(at.owner, thread, 'Continue: Validation'));
  expect(paused).toContain('Paused after Conversion');
  expect(paused).not.toContain('Interrupted');
});

it('begins with the method of /migrate start, or else with the recommended one', async () => {
  for (const [options, recommended, words] of [
    [{ method: 'guided' }, 'automated', 'Approve and begin: Analysis'],
    [{ method: 'automated' }, 'guided', 'Approve and migrate'],
    [{}, 'guided', 'Approve and begin: Analysis'],
  ] as const) {
    const at = await world();
    await at.owner.slash(at.help, '/migrate start', { options });
    const thread = await threadOf(at.owner);
    at.jobs.finish((await at.jobs.newest('assess')).id, { ...ASSESSMENT, recommended });
    at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');
    await cardSaying(at.owner, thread, words);
  }
});

it('offers the recommended way first and says so in words, and neither while decisions are open', async () => {
  const at = await world();
  await at.owner.slash(at.help, '/assess');
  const thread = await threadOf(at.owner);
  const look = await at.jobs.newest('assess');
  const risk = { ...ASSESSMENT.risk, open_decisions: 2 };
  at.jobs.finish(look.id, { ...ASSESSMENT, risk, recommended: 'guided' });

  const card = await cardSaying(at.owner, thread, 'Neither is possible yet: 2 decisions');
  const buttons = componentsOf(card).filter(({ label }) => label?.endsWith('migration'));
  expect(buttons).toMatchObject([
    { label: 'Guided migration', disabled: true },
    { label: 'Automated migration', disabled: true },
  ]);
  expect(messageText(card)).toContain('**Recommended.** It pauses after each phase');
});

it('says why a way is recommended, what it takes, and what would stop working; by hand is a command to type', async () => {
  const at = await world();
  await at.owner.slash(at.help, '/assess');
  const thread = await threadOf(at.owner);
  const findings = Array.from({ length: 16 }, (_, n) => ({
    code: `a-finding-${n}`,
    level: 'warning' as const,
    times: 3,
    places: ['<home>', '<clone>'],
  }));
  at.jobs.finish((await at.jobs.newest('assess')).id, {
    ...ASSESSMENT,
    segment: 'advanced',
    recommended: 'manual',
    reasons: ['advanced-user'],
    stops: ['discord-bot', 'own-agents'],
    risk: { ...ASSESSMENT.risk, ready: false },
    findings,
  });

  const card = await cardSaying(at.owner, thread, 'Recommended: by hand');
  const said = messageText(card);
  expect(said).toContain('since there is much of your own in it');
  expect(said).toContain('the Discord bot and your own agents would stop working');
  expect(said).toContain('It takes 1 to 14 s of the computer');
  expect(said).toContain('45.1 MB to 61.0 MB of disk');
  expect(said).toContain('You: advanced user, installed 7 months ago, used regularly');
  expect(said).toContain('the computer is not ready');
  expect(said).toContain('`a-finding-0`, 3 times, in `<home>` `<clone>`');
  expect(said).toContain('and 4 kinds more');
  expect(said).toContain('**Recommended.** Manual');
  expect(said).toContain('migrate-from-git --manual --export DIR');
  expect(labels(card).slice(0, 2)).toEqual(['Guided migration', 'Automated migration']);
});

it('pauses on a card outside of a thread, too', async () => {
  const at = await world();
  at.discord.setPermissions(at.help, at.discord.applicationId, {
    deny: PermissionFlagsBits.CreatePrivateThreads,
  });
  const { message } = await at.owner.slash(at.help, '/migrate start', { options: { method: 'guided' } });
  at.jobs.finish((await at.jobs.newest('assess')).id, ASSESSMENT);
  at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');
  const status = (words: string) =>
    at.owner
      .slash(at.help, '/migrate status')
      .then(({ message: { id } }) =>
        at.owner.waitFor(at.help, (one) => one.id === id && labels(one).includes(words)),
      );
  const plan = await status('Approve and begin: Analysis');
  expect(plan.id).not.toBe(message.id);
  await at.owner.press(plan.id, 'Approve and begin: Analysis');
  at.jobs.finish((await write(at, 1)).job.id, PAUSES[0] ?? {});

  const paused = await status('Continue: Backup');
  await at.owner.press(paused.id, 'Continue: Backup');

  expect((await write(at, 2)).params).toMatchObject({ pause_after: 'backup' });
});
