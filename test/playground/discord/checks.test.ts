import { AttachmentBuilder, type Client, type DiscordAPIError, type TextChannel } from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Findings } from '../../../src/playground/discord/findings.ts';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { COMMANDS, connectBot, registerCommands, text, V2 } from './bot.ts';
import { ManualClock } from './manual-clock.ts';

let discord: PlaygroundDiscord;
let clock: ManualClock;
let client: Client<true>;
let general: TextChannel;

beforeEach(async () => {
  clock = new ManualClock();
  discord = await startPlaygroundDiscord({ clock });
  ({ client } = await connectBot(discord));
  general = (await client.channels.fetch(discord.channelId('general'))) as TextChannel;
});

afterEach(async () => {
  await client.destroy();
  await discord.close({ allow: ['unknown-route', 'unanswered'] });
});

const failure = async (request: Promise<unknown>) =>
  request.then(
    () => undefined,
    (error: unknown) => error as DiscordAPIError,
  );

describe('a request body', () => {
  it('that the schema refuses is answered with 50035 and the exact place', async () => {
    const long = { type: 2, style: 1, custom_id: 'a', label: 'x'.repeat(81) };
    const components = [{ type: 17, components: [text('a'), { type: 1, components: [long] }] }];
    const error = await failure(general.send({ flags: V2, components: components as never }));
    expect(error).toMatchObject({ code: 50035, status: 400 });
    expect(error?.rawError).toMatchObject({
      message: 'Invalid Form Body',
      errors: {
        components: { 0: { components: { 1: { components: { 0: { label: { _errors: [{}] } } } } } } },
      },
    });
    expect(discord.findings.of('invalid-request')[0]).toContain('POST /channels/{channel_id}/messages');
  });

  it('that only the rules refuse is answered the same way', async () => {
    const error = await failure(general.send({ components: [text('a')] }));
    expect(error?.code).toBe(50035);
    expect(error?.message).toContain('components[0][COMPONENTS_V2_FLAG]');
  });

  it('that shows nothing is an empty message', async () => {
    expect(await failure(general.send({ content: '' }))).toMatchObject({ code: 50006 });
    const message = await general.send('a');
    expect(await failure(message.edit({ content: '' }))).toMatchObject({ code: 50006 });
  });

  it('of an edit cannot take IS_COMPONENTS_V2 away', async () => {
    const message = await general.send({ flags: V2, components: [text('a')] });
    expect(await failure(message.edit({ flags: [] }))).toMatchObject({ code: 50035 });
    expect(await failure(message.edit({ content: 'a' }))).toMatchObject({ code: 50035 });
    const legacy = await general.send('a');
    expect(await failure(legacy.edit({ components: [text('a')] }))).toMatchObject({ code: 50035 });
    await legacy.edit({ content: null, flags: V2, components: [text('a')] });
  });

  it('of the wrong media type, or no JSON at all, is refused', async () => {
    const send = (headers: Record<string, string>, body: string) =>
      fetch(`${discord.api}/v10/channels/${general.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bot ${discord.token}`, ...headers },
        body,
      });
    expect(await (await send({ 'content-type': 'text/plain' }, '{}')).json()).toMatchObject({ code: 50035 });
    expect(await (await send({ 'content-type': 'application/json' }, '{')).json()).toMatchObject({
      code: 50109,
    });
  });

  it('with a file above 10 MiB is refused', async () => {
    const files = [new AttachmentBuilder(Buffer.alloc(10 * 1024 * 1024 + 1), { name: 'a.bin' })];
    expect(await failure(general.send({ files }))).toMatchObject({ code: 40005 });
  });
});

describe('commands', () => {
  it('are put, keep their ids, and are read back', async () => {
    const url = `/applications/${discord.applicationId}/guilds/${discord.guildId}/commands` as const;
    const body = [{ name: 'assess', description: 'Looks', description_localizations: { de: 'Schaut' } }];
    const [first] = (await client.rest.put(url, { body })) as { id: string }[];
    const [second] = (await client.rest.put(url, { body })) as { id: string }[];
    expect(second?.id).toBe(first?.id);
    const [plain] = (await client.rest.get(url)) as object[];
    expect(plain).not.toHaveProperty('description_localizations');
    const query = new URLSearchParams({ with_localizations: 'true' });
    const [full] = (await client.rest.get(url, { query })) as object[];
    expect(full).toMatchObject({
      description_localizations: { de: 'Schaut' },
      default_member_permissions: null,
    });
  });

  it('take permissions as text, which the schema does not know', async () => {
    const set = client.application.commands.set([
      { name: 'report', description: 'Figures', defaultMemberPermissions: 32n },
    ]);
    expect(
      [...(await set).values()].map(({ defaultMemberPermissions }) => defaultMemberPermissions?.bitfield),
    ).toEqual([32n]);
  });

  it('are checked as a list', async () => {
    const double = [...COMMANDS, ...COMMANDS];
    expect(await failure(client.application.commands.set(double as never))).toMatchObject({ code: 50035 });
    const late = [
      { type: 3, name: 'a', description: 'a' },
      { type: 3, name: 'b', description: 'b', required: true },
    ] as const;
    const put = client.application.commands.set([{ name: 'x', description: 'x', options: late as never }]);
    expect((await failure(put))?.message).toContain('OPTION_ORDER');
  });
});

describe('closing', () => {
  it('fails for a route that is not there', async () => {
    const other = await startPlaygroundDiscord();
    const answer = await fetch(`${other.api}/v10/guilds/${other.guildId}/bans`, {
      headers: { authorization: `Bot ${other.token}` },
    });
    expect(answer.status).toBe(404);
    await expect(other.close()).rejects.toThrow(`unknown-route: GET /api/v10/guilds/${other.guildId}/bans`);
  });

  it('fails for what nobody answered, on time or ever', async () => {
    const still = new ManualClock();
    const other = await startPlaygroundDiscord({ clock: still });
    const bot = await connectBot(other);
    await registerCommands(bot.client);
    const ada = other.createUser({ username: 'ada' });
    const general = other.channelId('general');
    const late = ada.slash(general, '/assess');
    still.advance(4000);
    await expect(late).rejects.toThrow('did not respond');
    const never = ada.slash(general, '/assess').catch((error: unknown) => String(error));
    await bot.client.destroy();
    const closed = String(await other.close().catch((error: unknown) => error));
    expect(closed).toContain('2 faults');
    expect(closed).toMatch(/unanswered: \/assess \(interaction \d+, too late\)/);
    expect(closed).toMatch(/unanswered: \/assess \(interaction \d+, still open\)/);
    expect(await never).toContain('closed');
  });

  it('fails for an answer of its own that is not as Discord says', async () => {
    const other = await startPlaygroundDiscord({ guildName: 5 as never });
    const headers = { authorization: `Bot ${other.token}` };
    await fetch(`${other.api}/v10/guilds/${other.guildId}`, { headers });
    await expect(other.close()).rejects.toThrow('invalid-response: GET /guilds/{guild_id}: name:');
  });

  it('is quiet when all went well, whatever the bot was refused', async () => {
    const other = await startPlaygroundDiscord();
    const bot = await connectBot(other);
    const channel = (await bot.client.channels.fetch(other.channelId('general'))) as TextChannel;
    await failure(channel.send(''));
    await bot.client.destroy();
    await other.close();
    expect(other.findings).toBeInstanceOf(Findings);
  });
});

describe('who asks', () => {
  it('is told by the token', async () => {
    const ask = async (token: string) =>
      (await fetch(`${discord.api}/v10/users/@me`, { headers: { authorization: `Bot ${token}` } })).json();
    expect(await ask('a.b.c')).toMatchObject({ message: '401: Unauthorized', code: 0 });
    expect(await ask(discord.token)).toMatchObject({ id: discord.applicationId, bot: true });
    expect(await ask(discord.createBot('orchestra'))).toMatchObject({ username: 'orchestra' });
  });

  it('reads the application, the server, its roles and its channels', async () => {
    const application = await client.application.fetch();
    expect(application.id).toBe(discord.applicationId);
    const guild = await client.guilds.fetch({ guild: discord.guildId, force: true, withCounts: true });
    expect(guild.approximateMemberCount).toBe(2);
    expect((await guild.roles.fetch()).size).toBe(2);
    expect((await guild.channels.fetch()).size).toBe(3);
    expect(discord.findings.of('invalid-response')).toEqual([]);
  });
});

describe('trouble', () => {
  it('of the service reaches the client', async () => {
    discord.setTrouble({ kind: 'server-error' });
    expect(await failure(general.send('a'))).toMatchObject({ status: 502 });
    discord.setTrouble(undefined);
    expect((await general.send('a')).content).toBe('a');
  });

  it('of too many requests says how long to wait', async () => {
    discord.setTrouble({ kind: 'rate-limited', retryAfterSeconds: 2 });
    const answer = await fetch(`${discord.api}/v10/gateway/bot`, {
      headers: { authorization: `Bot ${discord.token}` },
    });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await answer.json()).toMatchObject({ retry_after: 2 });
  });

  it('is far away otherwise: no bucket runs out', async () => {
    const answer = await fetch(`${discord.api}/v10/gateway/bot`, {
      headers: { authorization: `Bot ${discord.token}` },
    });
    expect(answer.headers.get('x-ratelimit-remaining')).toBe('49');
    expect(answer.headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('the traffic', () => {
  it('holds both ways of both channels, so that secrets can be searched for', async () => {
    await general.send('hunter2');
    const found = discord.traffic.search('hunter2');
    expect(found.map(({ from, over }) => `${from} ${over}`)).toEqual(['bot rest', 'discord rest']);
    expect(discord.traffic.search('"READY"').map(({ over }) => over)).toEqual(['gateway']);
  });
});
