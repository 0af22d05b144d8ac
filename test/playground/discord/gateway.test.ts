import { Client, type DiscordAPIError, Events, GatewayIntentBits, type Interaction } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { connectBot, registerCommands, text, V2 } from './bot.ts';

let discord: PlaygroundDiscord;

beforeEach(async () => {
  discord = await startPlaygroundDiscord();
});

afterEach(async () => {
  await discord.close({ allow: ['unanswered'] });
});

const answer = async (interaction: Interaction) => {
  if (interaction.isChatInputCommand()) await interaction.reply({ flags: V2, components: [text('Here')] });
};

const resumed = (client: Client) =>
  new Promise((resolve) => client.once(Events.ShardResume, (_, count) => resolve(count)));

describe('the gateway', () => {
  it('makes the real client ready, with the server and its channels', async () => {
    const { client } = await connectBot(discord);
    expect(client.user.id).toBe(discord.applicationId);
    expect(client.guilds.cache.get(discord.guildId)?.channels.cache.map(({ name }) => name)).toContain(
      'migration-help',
    );
    expect(discord.connectedClients).toBe(1);
    await client.destroy();
  });

  it.each(['cut', 'reconnect'] as const)('keeps what happens while the client is away: %s', async (mode) => {
    const { client } = await connectBot(discord, answer);
    await registerCommands(client);
    const ada = discord.createUser({ username: 'ada' });
    const isBack = resumed(client);
    discord.dropGateway(mode);
    const general = discord.channelId('general');
    const first = await ada.slash(general, '/assess');
    expect(first.kind).toBe('message');
    expect(await isBack).toBeGreaterThanOrEqual(1);
    const resumes = discord.traffic.search('"op":6').filter(({ from }) => from === 'bot');
    expect(resumes).toHaveLength(1);
    await client.destroy();
  });

  it('sends every event to each client of the bot', async () => {
    const outcomes: Record<string, unknown> = {};
    const both = Promise.withResolvers<void>();
    const note = (name: string) => async (interaction: Interaction) => {
      const code = await answer(interaction).catch((error: unknown) => (error as DiscordAPIError).code);
      outcomes[name] = code ?? 'answered';
      if (Object.keys(outcomes).length === 2) both.resolve();
    };
    const [one, two] = [await connectBot(discord, note('one')), await connectBot(discord, note('two'))];
    await registerCommands(one.client);
    const ada = discord.createUser({ username: 'ada' });
    await ada.slash(discord.channelId('general'), '/assess');
    await both.promise;
    expect(Object.values(outcomes)).toContain('answered');
    expect(Object.values(outcomes)).toContain(40060);
    await Promise.all([one.client.destroy(), two.client.destroy()]);
  });

  it('forgets a session that the client closes, and keeps one that breaks', async () => {
    const resumeAfter = async (end: (client: WebSocket) => void) => {
      const first = await open();
      const ready = next(first);
      first.send(JSON.stringify(fillToken({ op: 2, d: { intents: 0 } })));
      const { session_id, seq = 1 } = (await ready)['d'] as { session_id: string; seq?: number };
      const { code } = closeOf(first);
      end(first);
      await code;
      const second = await open();
      const answered = next(second);
      second.send(JSON.stringify(fillToken({ op: 6, d: { session_id, seq } })));
      const { op, t } = await answered;
      second.terminate();
      return t ?? op;
    };
    expect(await resumeAfter((client) => client.close(1000))).toBe(9);
    expect(await resumeAfter((client) => client.close(4200))).toBe('RESUMED');
  });

  it('refuses a wrong token, and intents that need an approval', async () => {
    const make = (intents: GatewayIntentBits[]) =>
      new Client({ intents, rest: { api: discord.api, version: '10', retries: 0 } });
    await expect(make([GatewayIntentBits.Guilds]).login('a.b.c')).rejects.toThrow();
    await expect(make([GatewayIntentBits.GuildMembers]).login(discord.token)).rejects.toThrow(
      'disallowed intents',
    );
  });

  it.each([
    ['an event before it knows who asks', { op: 3, d: {} }, 4003],
    ['what is not JSON', 'no', 4002],
    ['a wrong token', { op: 2, d: { token: 'a.b.c', intents: 1 } }, 4004],
    ['intents that do not exist', { op: 2, d: { intents: 2 ** 30 } }, 4013],
    ['a shard that is not there', { op: 2, d: { intents: 1, shard: [1, 2] } }, 4010],
  ])('closes on %s', async (_, frame, code) => {
    const { client, code: closed } = closeOf(await open());
    const withToken = typeof frame === 'string' ? frame : JSON.stringify(fillToken(frame));
    client.send(withToken);
    expect(await closed).toBe(code);
  });

  it('tells a client with an unknown session to identify anew', async () => {
    const client = await open();
    const answered = next(client);
    client.send(JSON.stringify({ op: 6, d: { token: discord.token, session_id: 'gone', seq: 1 } }));
    expect(await answered).toEqual({ op: 9, d: false });
    client.terminate();
  });
});

function fillToken({ op, d }: { op: number; d: object }): object {
  return { op, d: { token: discord.token, ...d } };
}

async function open(): Promise<WebSocket> {
  const client = new WebSocket(
    `${discord.api.replace('http', 'ws').replace('/api', '')}/gateway?v=10&encoding=json`,
  );
  await new Promise((resolve) => client.once('message', resolve));
  return client;
}

function next(client: WebSocket): Promise<Record<string, unknown>> {
  return new Promise((resolve) => client.once('message', (data) => resolve(JSON.parse(data.toString()))));
}

function closeOf(client: WebSocket): { client: WebSocket; code: Promise<number> } {
  return { client, code: new Promise((resolve) => client.once('close', resolve)) };
}
