import { PermissionFlagsBits } from 'discord-api-types/v10';
import { expect, it } from 'vitest';
import type { PairingRequest } from '../../services/services.ts';
import { messageText } from '../../src/playground/discord/driver/look.ts';
import { ASSESSMENT, PLAN, RUN } from '../helpers/facts.ts';
import { LAPTOP } from '../helpers/services.ts';
import { cardSaying, threadOf, useWorld, type World } from './bot-world.ts';

const world = useWorld();

const HOSTILE = '@everyone [free](https://evil.example) \u202egpj.exe `rm`';

function request(change: Partial<PairingRequest> = {}): PairingRequest {
  return {
    id: 'pairing1',
    from: 'here',
    host: 'laptop.local',
    osUser: 'ada',
    label: 'laptop',
    words: ['anchor', 'basil', 'cedar'],
    expires: Date.now() + 300_000,
    ...change,
  };
}

async function say(
  at: World,
  command: string,
  options: Record<string, string | number> = {},
  user = at.owner,
) {
  return (await user.slash(at.help, command, { options })).message;
}

it('explains how to link a computer, and leads from there to the question', async () => {
  const at = await world();
  at.pairings.requests.set('pairing1', { user: at.owner.id, request: request() });

  const setup = await say(at, '/machine setup');
  expect(messageText(setup)).toContain('no other computer can connect');
  const asked = await at.owner.press(setup.id, 'The words are shown: go on');

  expect(messageText(asked.message)).toContain('anchor basil cedar');
  const labels = messageText(asked.message).split('\n');
  expect(labels.indexOf('Refuse')).toBeLessThan(labels.indexOf('The words are the same: link it'));
  const linked = await at.owner.press(setup.id, 'The words are the same: link it');
  expect(messageText(linked.message)).toContain('Linked');
  expect(at.pairings.answers).toMatchObject([{ id: 'pairing1', yes: true, actor: { user: at.owner.id } }]);
});

it('asks for the code of another computer, shows its number to who claims it, and then that it is linked', async () => {
  const at = await world();
  const ended = Promise.withResolvers<'paired' | 'gone'>();
  at.machines.publicUrl = 'wss://hub.example';
  at.pairings.codes.set('WDJB-MJHT', request({ from: 'elsewhere' }));
  at.pairings.claimed = { digits: '012345', ended: ended.promise };

  const setup = messageText(await say(at, '/machine setup', {}, at.other));
  expect(setup).toContain('pair --hub wss://hub.example');
  const asked = await say(at, '/machine pair', { code: 'WDJB-MJHT' }, at.other);
  expect(messageText(asked)).toContain('anchor basil cedar');
  const claimed = await at.other.press(asked.id, 'This is my computer: show the number');
  expect(messageText(claimed.message)).toContain('012 345');
  ended.resolve('paired');

  const linked = await at.other.waitFor(at.help, (message) => messageText(message).includes('## Linked'), {
    about: 'that it is linked',
  });
  expect(linked.id).toBe(asked.id);
});

it('says what is wrong with a code, and with too many computers', async () => {
  const at = await world();
  at.pairings.codes.set('WDJB-MJHT', request({ from: 'elsewhere' }));
  at.pairings.claimed = 'full';

  expect(messageText(await say(at, '/machine pair', { code: 'BBBB-BBBB' }))).toContain('AWM-2110');
  const asked = await say(at, '/machine pair', { code: 'WDJB-MJHT' });
  const full = await at.owner.press(asked.id, 'This is my computer: show the number');
  expect(messageText(full.message)).toContain('AWM-2112');
  at.pairings.isLocked = true;
  expect(messageText(await say(at, '/machine pair', { code: 'WDJB-MJHT' }))).toContain('AWM-2111');
});

it('refuses a pairing with one press, and asks nobody but whom it concerns', async () => {
  const at = await world();
  at.pairings.requests.set('pairing1', { user: at.owner.id, request: request() });

  expect(messageText(await say(at, '/machine pair', {}, at.other))).toContain('No computer is asking');
  const asked = await say(at, '/machine pair');
  const refused = await at.owner.press(asked.id, 'Refuse');

  expect(messageText(refused.message)).toContain('not linked');
  expect(at.pairings.answers).toMatchObject([{ yes: false }]);
});

it('shows hostile text of an agent as text', async () => {
  const at = await world();
  at.pairings.requests.set('p', { user: at.owner.id, request: request({ label: HOSTILE, host: HOSTILE }) });
  at.machines.give(
    { guild: at.discord.guildId, user: at.owner.id },
    { ...LAPTOP, label: HOSTILE, os: HOSTILE },
  );

  for (const message of [await say(at, '/machine pair'), await say(at, '/machine list')]) {
    const shown = messageText(message);
    expect(message.mention_everyone).toBe(false);
    expect(shown).toContain('\\@everyone \\[free\\](https\\://evil.example) \\\\u{202e}gpj.exe \\`rm\\`');
    expect(shown).not.toContain('\u202e');
  }
});

it('lists computers with their last proven round trip, and unlinks one only at the second press', async () => {
  const at = await world();
  const key = { guild: at.discord.guildId, user: at.owner.id };

  const list = messageText(await say(at, '/machine list'));
  expect(list).toContain('Computer 1: laptop');
  expect(list).toContain(`<t:${(LAPTOP.lastRoundTrip ?? 0) / 1000}:R>`);

  const asked = await say(at, '/machine revoke');
  expect(messageText(asked)).toContain('Stays: everything on that computer');
  expect(await at.machines.list(key)).toHaveLength(1);
  await at.owner.press(asked.id, 'Unlink this computer');
  expect(await at.machines.list(key)).toHaveLength(0);
});

it('asks which computer when several are linked, and completes them while one types', async () => {
  const at = await world();
  const desktop = { ...LAPTOP, id: 'ag_018d0e6a-0000-7000-8000-000000000002', label: 'desktop' };
  await at.link(at.other, desktop, {
    ...LAPTOP,
    id: 'ag_018d0e6a-0000-7000-8000-000000000003',
    label: 'server',
  });

  const choices = await at.other.autocomplete(at.help, '/assess', {
    focused: 'machine',
    options: { machine: 'desk' },
  });
  expect(choices).toEqual([{ name: 'Computer 1: desktop', value: desktop.id }]);

  const asked = await say(at, '/assess', {}, at.other);
  await at.other.select(asked.id, 'Choose a computer', [desktop.id]);
  const thread = await threadOf(at.other);
  await cardSaying(at.other, thread, 'Looking at Computer 1');
  expect((await at.jobs.newest('assess')).machine).toBe(desktop.id);
});

it('does nothing with the computer of somebody else', async () => {
  const at = await world();

  const foreign = await say(at, '/assess', { machine: LAPTOP.id }, at.other);
  expect(messageText(foreign)).toContain('AWM-2105');
  const none = await say(at, '/assess', {}, at.other);
  expect(messageText(none)).toContain('No computer is linked');
  expect(at.jobs.started).toEqual([]);
});

it('checks integrations layer by layer and names the one that fails', async () => {
  const at = await world();

  const typed = at.owner.slash(at.help, '/check');
  const job = await at.jobs.newest('check');
  expect(at.jobs.started[0]?.params).toEqual({ integrations: ['discord', 'claude'] });
  at.jobs.finish(job.id, {
    integrations: [
      {
        integration: 'discord',
        layers: [
          { layer: 'present', status: 'ok' },
          { layer: 'reachable', status: 'ok' },
        ],
      },
      { integration: 'claude', layers: [{ layer: 'present', status: 'error', error: 'AWM-1701' }] },
    ],
  });

  const shown = messageText((await typed).message);
  expect(shown).toContain('Discord: ready');
  expect(shown).toContain('Claude: needs you');
  expect(shown).toContain('A token is stored: No');
  expect(shown).toContain('AWM-1701');
});

it.each([
  ['nothing to recover', [], 'Nothing to recover'],
  [
    'a run of the terminal',
    [{ run: RUN.run, kind: 'migrate', outcome: 'unfinished', started: 1_705_333_800 }],
    'begun at its terminal',
  ],
])('finds %s', async (_what, runs, words) => {
  const at = await world();
  const status = { roots: [], target: 'present', busy: false, backups: 1, runs };

  const typed = at.owner.slash(at.help, '/recover');
  at.jobs.finish((await at.jobs.newest('status')).id, status);

  expect(messageText((await typed).message)).toContain(words);
});

it('explains error codes, completes them, and lists the commands', async () => {
  const at = await world();

  const choices = await at.owner.autocomplete(at.help, '/help', {
    focused: 'code',
    options: { code: 'disk' },
  });
  expect(choices.map(({ value }) => value)).toContain('AWM-1902');
  expect(messageText(await say(at, '/help', { code: '1409' }))).toContain('Free some space');
  expect(messageText(await say(at, '/help', { code: 'nonsense' }))).toContain('AWM-2109');
  const commands = messageText(await say(at, '/help'));
  for (const usage of [
    '/assess',
    '/migrate start',
    '/machine pair',
    '/rollback',
    '/check',
    '/recover',
    '/help',
  ]) {
    expect(commands).toContain(`\`${usage}\``);
  }
});

it('acknowledges although a service hangs, and leaves suggestions out in time', async () => {
  const at = await world();
  at.machines.isHanging = true;

  const choices = at.owner.autocomplete(at.help, '/assess', { focused: 'machine' });
  void at.owner.slash(at.help, '/machine list').catch(() => undefined);
  await at.owner.until(() =>
    at.discord.interactions.some(({ about, state }) => about === '/machine list' && state === 'acknowledged')
      ? true
      : undefined,
  );

  expect(await choices).toEqual([]);
});

it('lets no answer wait for the 50 requests a second, to which Discord does not count answers', async () => {
  const at = await world();

  await Promise.all(Array.from({ length: 60 }, () => say(at, '/help')));

  expect(at.logged.filter((line) => line.includes('waiting for a rate limit'))).toEqual([]);
});

it('shows the card privately where no thread can be made, and every press draws it anew', async () => {
  const at = await world();
  at.discord.setPermissions(at.help, at.discord.applicationId, {
    deny: PermissionFlagsBits.CreatePrivateThreads,
  });

  const card = await say(at, '/assess');
  expect(messageText(card)).toContain('Looking at Computer 1');
  at.jobs.finish((await at.jobs.newest('assess')).id, ASSESSMENT);
  const found = await at.owner.press(card.id, 'Look again');
  expect(messageText(found.message)).toContain('Assessment of Computer 1');
  await at.owner.press(card.id, 'Automated migration');
  at.jobs.finish((await at.jobs.newest('plan')).id, PLAN, 'the plan');

  const status = await say(at, '/status');
  const plan = await at.owner.waitFor(
    at.help,
    (message) => message.id === status.id && messageText(message).includes('Approve and migrate'),
  );
  await at.owner.press(plan.id, 'Approve and migrate');
  at.jobs.finish((await at.jobs.newest('apply')).id, RUN);
  expect(messageText(await say(at, '/status'))).toContain('Complete');
  expect(at.other.messages(at.help).filter((one) => messageText(one).includes('Computer 1'))).toEqual([]);
});

it('keeps one card with figures in the help channel, also over a start', async () => {
  const at = await world();
  const figures = await cardSaying(at.other, at.help, 'Attempts: 0');
  const event = {
    guild: at.discord.guildId,
    at: Date.now(),
    method: 'automated',
    segment: 'moderate',
    story: 's1',
  };

  await at.metrics.record({ ...event, kind: 'attempt' });
  await at.restart();
  await at.metrics.record({ ...event, kind: 'success', durationMs: 14_000 });

  const drawn = await cardSaying(at.other, at.help, 'Success: 1 (100 % of 1 that ended)');
  expect(drawn.id).toBe(figures.id);
  expect(messageText(drawn)).toContain('Median time of a success: 14 s');
  expect(at.other.messages(at.help).filter((one) => messageText(one).includes('Attempts'))).toHaveLength(1);
});

it('logs no token of an interaction and no token of the bot', async () => {
  const at = await world();
  await say(at, '/machine list');
  const logged = at.logged.join('\n');

  expect(logged).toContain('the bot is ready');
  expect(logged).not.toContain(at.discord.token);
  for (const { token } of at.discord.interactions) expect(logged).not.toContain(token);
});
