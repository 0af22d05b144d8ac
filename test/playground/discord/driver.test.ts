import { type Client, Events, type Interaction } from 'discord.js';
import type { APIMessage } from 'discord-api-types/v10';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findComponent, messageText } from '../../../src/playground/discord/driver/look.ts';
import type { UserDriver } from '../../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { buttons, connectBot, EPHEMERAL, registerCommands, text, V2 } from './bot.ts';

let discord: PlaygroundDiscord;
let client: Client<true>;
let ada: UserDriver;
let general: string;
let handle: (interaction: Interaction) => Promise<unknown>;

beforeEach(async () => {
  discord = await startPlaygroundDiscord();
  handle = async (interaction) => {
    if (!interaction.isChatInputCommand()) return;
    const components = [text(`Hello ${interaction.locale}`), buttons('a')];
    await interaction.reply({ flags: V2 | EPHEMERAL, components });
  };
  ({ client } = await connectBot(discord, (interaction) => handle(interaction)));
  await registerCommands(client);
  ada = discord.createUser({ username: 'ada', displayName: 'Ada', locale: 'de' });
  general = discord.channelId('general');
});

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

describe('a snapshot', () => {
  it('is plain JSON of what one user sees, whoever asks for it', async () => {
    await ada.slash(general, '/assess');
    const snapshot = discord.snapshotFor(ada);
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
    expect(snapshot.user).toEqual({ id: ada.id, username: 'ada', displayName: 'Ada', isBot: false });
    expect(snapshot.channels.map(({ name }) => name)).toEqual(['general', 'migration-help', 'announcements']);
    expect(snapshot.commands.map(({ name }) => name)).toEqual([
      'assess',
      'machine',
      'Open a ticket from this',
    ]);
    expect(snapshot.messages[general]?.map(messageText)).toEqual(['Hello de\nDo a']);
    expect(snapshot).toMatchObject({ modal: null, interactions: [] });
  });

  it('shows what the bot has not acknowledged yet', async () => {
    const go = Promise.withResolvers<void>();
    const answer = handle;
    handle = (interaction) => go.promise.then(() => answer(interaction));
    const pending = ada.slash(general, '/assess');
    expect(ada.snapshot().interactions).toMatchObject([
      { about: '/assess', channelId: general, state: 'waiting' },
    ]);
    go.resolve();
    await pending;
    expect(ada.snapshot().interactions).toEqual([]);
    expect(discord.interactions[0]?.acknowledgedAt).toBeGreaterThanOrEqual(
      discord.interactions[0]?.createdAt ?? 0,
    );
  });
});

describe('waiting', () => {
  it('resolves at once with what is there, and later with what comes', async () => {
    const said = ada.say(general, 'one');
    expect((await ada.waitFor(general, ({ content }) => content === 'one')).id).toBe(said.id);
    const later = ada.waitFor(general, ({ content }) => content === 'two');
    ada.say(general, 'two');
    expect((await later).content).toBe('two');
  });

  it('ends with what the user saw instead', async () => {
    ada.say(general, 'something else');
    const never = ada.waitFor(general, () => false, { deadlineMs: 1, about: 'the card' });
    await expect(never).rejects.toThrow('After 1 ms, the card has not come. ada sees: ["something else"]');
  });

  it('ends with the failure of who looks', async () => {
    const look = (): string => {
      throw new Error('cannot look');
    };
    await expect(ada.until(look)).rejects.toThrow('cannot look');
  });
});

describe('changes', () => {
  it('are told until one stops listening', () => {
    const kinds: string[] = [];
    const stop = ada.on('change', ({ kind }) => kinds.push(kind));
    ada.say(general, 'one');
    stop();
    ada.say(general, 'two');
    expect(kinds).toEqual(['message']);
  });
});

describe('an answer', () => {
  it('says what it is when it is taken for something else', async () => {
    const answer = await ada.slash(general, '/assess');
    expect(answer.kind).toBe('message');
    expect(() => answer.modal).toThrow('The answer is not a modal');
    expect(discord.interactions.find(({ id }) => id === answer.interactionId)?.about).toBe('/assess');
  });
});

describe('looking for a component', () => {
  const message = (components: object[]) =>
    ({ components, embeds: [], attachments: [], content: '' }) as unknown as APIMessage;
  const row = (...ids: string[]) => message([buttons(...ids)]);

  it('goes by custom_id before label, and names what is there', () => {
    expect(findComponent(row('a', 'b'), 'b')).toMatchObject({ custom_id: 'b' });
    expect(findComponent(row('a', 'b'), 'Do a')).toMatchObject({ custom_id: 'a' });
    expect(() => findComponent(row('a'), 'c')).toThrow('There are: Do a (a).');
  });

  it('refuses a label that two of them have', () => {
    const two = message([
      { type: 1, components: ['x', 'y'].map((id) => ({ type: 2, custom_id: id, label: 'Go' })) },
    ]);
    expect(() => findComponent(two, 'Go')).toThrow('2 components "Go"');
  });
});

describe('the guild', () => {
  it('has no names that were not made', () => {
    expect(() => discord.channelId('none')).toThrow('no channel #none');
    expect(() => discord.roleId('none')).toThrow('no role none');
    expect(() => discord.as('1')).toThrow('no user 1');
    expect(discord.as(ada).username).toBe('ada');
  });

  it('gets channels, which the client hears of, and hides them', async () => {
    const heard = new Promise<string>((resolve) =>
      client.once(Events.ChannelCreate, (channel) => resolve(channel.id)),
    );
    const id = discord.createChannel({ name: 'log' });
    expect(await heard).toBe(id);
    discord.setPermissions(id, discord.guildId, { deny: 1n << 10n });
    expect(ada.channels().some(({ name }) => name === 'log')).toBe(false);
    expect(() => ada.say(id, 'x')).toThrow('sees no channel');
  });
});
