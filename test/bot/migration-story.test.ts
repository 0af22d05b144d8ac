import { expect, it } from 'vitest';
import { componentsOf, messageText } from '../../src/playground/discord/driver/look.ts';
import { ASSESSMENT, PLAN, ROLLBACK_PREVIEW, ROLLED_BACK, RUN } from '../helpers/facts.ts';
import { cardSaying, threadOf, useWorld, type World } from './bot-world.ts';

const world = useWorld();

/** Ada's card up to a step. */
async function assessed(at: World): Promise<string> {
  await at.owner.slash(at.help, '/assess');
  const thread = await threadOf(at.owner);
  at.jobs.finish((await at.jobs.newest('assess')).id, ASSESSMENT);
  await cardSaying(at.owner, thread, 'Assessment of Computer 1');
  return thread;
}

async function planned(at: World): Promise<string> {
  const thread = await assessed(at);
  const card = await cardSaying(at.owner, thread, 'Automated migration');
  await at.owner.press(card.id, 'Automated migration');
  at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');
  await cardSaying(at.owner, thread, 'Approve and migrate');
  return thread;
}

async function migrated(at: World): Promise<string> {
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  at.jobs.finish((await at.jobs.newest('apply')).id, RUN);
  await cardSaying(at.owner, thread, 'Complete');
  return thread;
}

it('goes from the first look to the rollback with presses alone, on one card in a private thread', async () => {
  const at = await world();
  const { owner, jobs } = at;

  const answer = await owner.slash(at.help, '/assess');
  const thread = await threadOf(owner);
  expect(messageText(answer.message)).toContain(`<#${thread}>`);
  const look = await jobs.newest('assess');
  expect(jobs.started[0]?.params).toEqual({});
  jobs.finish(look.id, ASSESSMENT);

  const first = await cardSaying(owner, thread, 'Assessment of Computer 1');
  await owner.press(first.id, 'Automated migration');
  jobs.finish((await jobs.newest('plan')).id, PLAN, 'the plan');

  const plan = await cardSaying(owner, thread, 'Approve and migrate');
  expect(plan.id).toBe(first.id);
  await owner.press(plan.id, 'Approve and migrate');
  const run = await jobs.newest('apply');
  jobs.tell(run.id, { state: 'running', progress: { phase: 'backup', n: 120, of: 294 } });
  const live = await cardSaying(owner, thread, 'Now: Backup, 120 of 294');
  expect(messageText(live)).toContain('Done: Analysis');
  expect(messageText(live)).toContain('Not yet: Validation');
  jobs.finish(run.id, RUN);

  const result = await cardSaying(owner, thread, 'Complete');
  expect(messageText(result)).toContain('Projects: 4 of 5 in effect, 1 need you');
  await owner.press(result.id, 'Roll back: show what it would do');
  jobs.finish((await jobs.newest('rollback-preview')).id, ROLLBACK_PREVIEW, 'the rollback');

  const preview = await cardSaying(owner, thread, 'Roll back now');
  await owner.press(preview.id, 'Roll back now');
  jobs.finish((await jobs.newest('rollback')).id, ROLLED_BACK);
  await cardSaying(owner, thread, 'Rolled back: everything is as before');

  expect(owner.messages(thread)).toHaveLength(1);
  expect(jobs.started.map(({ job }) => job.type)).toEqual([
    'assess',
    'plan',
    'apply',
    'rollback-preview',
    'rollback',
  ]);
  expect(at.discord.findings.all).toEqual([]);
});

it('hides the thread from other people, and lets nobody else press the buttons', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');

  expect(at.other.channels().map(({ id }) => id)).not.toContain(thread);

  // A moderator sees the thread and can press, as everybody with Manage Threads can.
  const moderator = at.discord.createUser({ username: 'mallory', admin: true });
  const answer = await moderator.press(card.id, 'Approve and migrate');
  expect(messageText(answer.message)).toContain('belongs to somebody else');
  const cancel = await moderator.press(card.id, 'Cancel, change nothing');
  expect(messageText(cancel.message)).toContain('AWM-2102');
  expect(at.jobs.started.map(({ job }) => job.type)).toEqual(['assess', 'plan']);
  await cardSaying(at.owner, thread, 'Approve and migrate');
});

it('goes on after the bot was started anew in the middle of the wizard', async () => {
  const at = await world();
  const thread = await planned(at);

  await at.restart();
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  const run = await at.jobs.newest('apply');

  await at.restart();
  at.jobs.finish(run.id, RUN);
  await cardSaying(at.owner, thread, 'Complete');
});

it('learns at its start what became of a job while it was away', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  const run = await at.jobs.newest('apply');

  const { all } = at.jobs;
  const entry = all.get(run.id);
  if (entry === undefined) throw new Error('the run is there');
  entry.job = {
    ...entry.job,
    state: 'done',
    result: { job: run.id, type: 'apply', result: RUN, audit: '0'.repeat(64) },
  };
  await at.restart();

  await cardSaying(at.owner, thread, 'Complete');
});

it('uses an approval once, whatever is pressed twice', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');

  await Promise.all([
    at.owner.press(card.id, 'Approve and migrate'),
    at.owner.press(card.id, 'Approve and migrate'),
  ]);

  expect(at.jobs.started.filter(({ job }) => job.type === 'apply')).toHaveLength(1);
});

it('leads an old button to what is true now', async () => {
  const at = await world();
  const thread = await assessed(at);
  const old = await cardSaying(at.owner, thread, 'Automated migration');
  const automated = componentsOf(old).find(({ label }) => label === 'Automated migration')?.custom_id ?? '';
  const again = componentsOf(old).find(({ label }) => label === 'Assess again')?.custom_id ?? '';
  await at.owner.press(old.id, automated);
  at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');
  await cardSaying(at.owner, thread, 'Approve and migrate');

  const state = await at.owner.press(old.id, again);

  expect(state.message.id).toBe(old.id);
});

it('shows an interrupted run with two ways out, from /recover too', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  const run = await at.jobs.newest('apply');
  at.jobs.tell(run.id, {
    state: 'interrupted',
    result: { job: run.id, run: RUN.run, phase: 'convert' },
  });
  const interrupted = await cardSaying(at.owner, thread, 'Take it back, as before');

  const recover = await at.owner.slash(at.help, '/recover');
  expect(messageText(recover.message)).toContain(`<#${thread}>`);
  await at.owner.press(interrupted.id, 'Finish the migration');
  const resumed = await at.jobs.newest('resume');
  expect(resumed.plan).toBe(run.plan);
  at.jobs.finish(resumed.id, RUN);
  await cardSaying(at.owner, thread, 'Complete');
});

it('tells a failure with its code, what was left, and what to do', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  const run = await at.jobs.newest('apply');
  at.jobs.tell(run.id, {
    state: 'failed',
    error: { code: 'AWM-1409', name: 'DISK_FULL' },
    result: { job: run.id, failure: { error: 'AWM-1409', left: 'undone' } },
  });

  const failed = messageText(await cardSaying(at.owner, thread, 'Failed while migrating'));
  expect(failed).toContain('AWM-1409');
  expect(failed).toContain('everything is as before');
  expect(failed).toContain('Free some space');
});

it('takes up the migration that is under way instead of beginning a second one', async () => {
  const at = await world();
  const thread = await planned(at);

  const answer = await at.owner.slash(at.help, '/migrate start');

  expect(messageText(answer.message)).toContain(`<#${thread}>`);
  expect(at.owner.channels().filter(({ isPrivate }) => isPrivate)).toHaveLength(1);
});

it('begins the rollback of /rollback in the thread of the migration', async () => {
  const at = await world();
  const thread = await migrated(at);

  const answer = await at.owner.slash(at.help, '/rollback', { options: { backup: 3 } });

  expect(messageText(answer.message)).toContain(`<#${thread}>`);
  await at.jobs.newest('rollback-preview');
  expect(at.jobs.started.at(-1)?.params).toEqual({ backup: 3 });
});

it('looks again with each choice about a rollback, and offers none while an orchestrator is in its way', async () => {
  const at = await world();
  const thread = await migrated(at);
  await at.owner.slash(at.help, '/rollback', { options: { backup: 3 } });
  const newer = { options: ['carry', 'leave', 'keep'], chosen: 'carry' } as const;
  const waits = { options: ['wait', 'stop'], chosen: 'wait' } as const;
  const looked = async (changes: Partial<typeof ROLLBACK_PREVIEW>) =>
    at.jobs.finish(
      (await at.jobs.newest('rollback-preview')).id,
      { ...ROLLBACK_PREVIEW, ...changes },
      JSON.stringify(changes),
    );

  const before = { options: ['before', 'now'], chosen: 'before' } as const;
  const three = { newer, conflicts: before, orchestrator: waits };
  await looked({ carried: 2, conflicts: 1, running: 1, choices: three });
  const asking = await cardSaying(
    at.owner,
    thread,
    'Changed by the migration and by you: 1 project, as before',
  );
  await at.owner.press(asking.id, 'Keep those projects as they are now');
  expect(at.jobs.started.at(-1)?.params).toEqual({ backup: 3, conflicts: 'now' });

  await looked({ carried: 2, running: 1, choices: { newer, orchestrator: waits } });
  const blocked = await cardSaying(at.owner, thread, 'Carried over: 2 newer projects and secrets');
  expect(messageText(blocked)).toContain(
    'An orchestrator is running. A rollback cannot begin while it works.',
  );
  expect(messageText(blocked)).not.toContain('Roll back now');
  await at.owner.press(blocked.id, 'Keep newer files as they are now');

  const kept = { ...newer, chosen: 'keep' } as const;
  await looked({ newer: 0, kept: 1, running: 1, choices: { newer: kept, orchestrator: waits } });
  const keeping = await cardSaying(at.owner, thread, 'Kept as they are now: 1 newer file');
  await at.owner.press(keeping.id, 'Stop it, and start it again afterwards');
  expect(at.jobs.started.at(-1)?.params).toEqual({
    backup: 3,
    newer: 'keep',
    conflicts: 'now',
    orchestrator: 'stop',
  });

  const stops = { ...waits, chosen: 'stop' } as const;
  await looked({ newer: 0, kept: 1, running: 1, choices: { newer: kept, orchestrator: stops } });
  const free = await cardSaying(at.owner, thread, 'Roll back now');
  expect(messageText(free)).toContain('stopped before the rollback and started again after it');
  await at.owner.press(free.id, 'Roll back now');
  at.jobs.finish((await at.jobs.newest('rollback')).id, { ...ROLLED_BACK, stopped: 2, started: 1 });
  const end = messageText(await cardSaying(at.owner, thread, 'Orchestrator: stopped, 1 of 2 started again'));
  expect(end).toContain('everything is as before, but for newer work');
});

it('looks again for an orchestrator that only somebody at the computer can stop', async () => {
  const at = await world();
  const thread = await migrated(at);
  await at.owner.slash(at.help, '/rollback');
  const preview = await at.jobs.newest('rollback-preview');
  at.jobs.finish(preview.id, { ...ROLLBACK_PREVIEW, running: 2 }, 'two run');
  const card = await cardSaying(at.owner, thread, '2 orchestrators are running, and only somebody at the');
  expect(messageText(card)).not.toContain('Stop it, and start it again');
  await at.owner.press(card.id, 'It is stopped: look again');
  at.jobs.finish((await at.jobs.newest('rollback-preview')).id, ROLLBACK_PREVIEW, 'none runs');
  await cardSaying(at.owner, thread, 'Roll back now');
});

it('stops a run from /migrate cancel and says so when it is taken back', async () => {
  const at = await world();
  const thread = await planned(at);
  const card = await cardSaying(at.owner, thread, 'Approve and migrate');
  await at.owner.press(card.id, 'Approve and migrate');
  const run = await at.jobs.newest('apply');

  await at.owner.slash(at.help, '/migrate cancel');
  expect(at.jobs.cancelled).toEqual([run.id]);
  at.jobs.tell(run.id, { state: 'cancelled', result: { job: run.id, undone: true } });
  await cardSaying(at.owner, thread, 'Taken back');

  const again = await at.owner.slash(at.help, '/migrate cancel');
  expect(messageText(again.message)).toContain('There is nothing to stop');
});
