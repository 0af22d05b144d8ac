import {
  AttachmentBuilder,
  PermissionFlagsBits as Bits,
  ChannelType,
  type Client,
  type DiscordAPIError,
  type PrivateThreadChannel,
  type TextChannel,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageText } from '../../../src/playground/discord/driver/look.ts';
import type { UserDriver } from '../../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { buttons, connectBot, EPHEMERAL, text, V2 } from './bot.ts';

let discord: PlaygroundDiscord;
let client: Client<true>;
let ada: UserDriver;
let ben: UserDriver;
let general: TextChannel;

beforeEach(async () => {
  discord = await startPlaygroundDiscord({ roles: [{ name: 'staff', permissions: Bits.ManageThreads }] });
  ({ client } = await connectBot(discord));
  ada = discord.createUser({ username: 'ada' });
  ben = discord.createUser({ username: 'ben' });
  general = (await client.channels.fetch(discord.channelId('general'))) as TextChannel;
});

afterEach(async () => {
  await client.destroy();
  await discord.close();
});

const card = (content: string) => ({ flags: V2, components: [text(content)] }) as const;
const codeOf = async (request: Promise<unknown>) =>
  request.then(
    () => undefined,
    (error: unknown) => (error as DiscordAPIError).code,
  );

function privateThread(name = 'Your migration'): Promise<PrivateThreadChannel> {
  return general.threads.create({
    name,
    type: ChannelType.PrivateThread,
    invitable: false,
  }) as Promise<PrivateThreadChannel>;
}

describe('messages of a channel', () => {
  it('are sent, edited without fetching, listed and deleted', async () => {
    const first = await general.send(card('One'));
    await general.send(card('Two'));
    await general.messages.edit(first.id, { components: [text('One, edited')] });
    expect(ada.messages(general.id).map(messageText)).toEqual(['One, edited', 'Two']);
    const list = await general.messages.fetch({ limit: 1 });
    expect([...list.values()].map(({ id }) => id)).not.toContain(first.id);
    await first.delete();
    expect(ada.messages(general.id).map(messageText)).toEqual(['Two']);
    expect(await codeOf(general.messages.fetch({ message: first.id, force: true }))).toBe(10008);
    expect(await codeOf(general.messages.edit('100000000000000001', 'x'))).toBe(10008);
  });

  it('carry ids of 17 to 19 digits that grow with time', async () => {
    const ids = [await general.send(card('One')), await general.send(card('Two'))].map(({ id }) => id);
    for (const id of [...ids, discord.guildId, general.id, ada.id]) expect(id).toMatch(/^\d{17,19}$/);
    expect(BigInt(ids[1] ?? 0)).toBeGreaterThan(BigInt(ids[0] ?? 0));
    expect(Math.abs((await general.send(card('Now'))).createdTimestamp - Date.now())).toBeLessThan(60_000);
  });

  it('of others are empty to a bot without the MessageContent intent, unless they mention it', async () => {
    ada.say(general.id, 'private words');
    ada.say(general.id, `<@${discord.applicationId}> help`);
    const texts = [...(await general.messages.fetch()).values()].map(({ content }) => content);
    expect(texts).toEqual([`<@${discord.applicationId}> help`, '']);
    const said = ada.say(general.id, 'mine');
    expect(await codeOf(general.messages.edit(said.id, 'x'))).toBe(50005);
    expect(await codeOf(general.messages.delete(said.id))).toBe(50013);
  });

  it('are sent once for one nonce', async () => {
    const draft = { ...card('Announced'), nonce: 'week-2', enforceNonce: true };
    const [first, second] = [await general.send(draft), await general.send(draft)];
    expect(second.id).toBe(first.id);
    expect(ada.messages(general.id)).toHaveLength(1);
  });

  it('bring files, which a component shows and anybody can download', async () => {
    const plan = new AttachmentBuilder(Buffer.from('{"step":1}'), {
      name: 'plan.json',
      description: 'The plan',
    });
    const message = await general.send({
      flags: V2,
      components: [{ type: 13, file: { url: 'attachment://plan.json' } }],
      files: [plan],
    });
    const [attachment] = [...message.attachments.values()];
    expect(attachment).toMatchObject({ name: 'plan.json', size: 10, description: 'The plan' });
    expect(await (await fetch(attachment?.url ?? '')).text()).toBe('{"step":1}');
    expect((await fetch((attachment?.url ?? '').replace(/hm=.*/, 'hm=0'))).status).toBe(404);
    const [shown] = ada.messages(general.id);
    expect(shown?.components).toMatchObject([
      { type: 13, name: 'plan.json', size: 10, file: { url: attachment?.url } },
    ]);
    expect(discord.traffic.search('{"step":1}').map(({ from }) => from)).toEqual(['bot', 'discord']);
  });

  it('keep their files through an edit that does not name them', async () => {
    const files = [new AttachmentBuilder(Buffer.from('a'), { name: 'a.txt' })];
    const message = await general.send({ content: 'See', files });
    await message.edit({ content: 'See this' });
    expect(ada.messages(general.id)[0]?.attachments.map(({ filename }) => filename)).toEqual(['a.txt']);
    await message.edit({ content: 'Gone', attachments: [] });
    expect(ada.messages(general.id)[0]?.attachments).toEqual([]);
  });

  it('are pinned', async () => {
    const message = await general.send(card('Figures'));
    await general.messages.pin(message.id);
    const { items } = await general.messages.fetchPins();
    expect(items.map((pin) => pin.message.id)).toEqual([message.id]);
    expect(ada.messages(general.id)[0]?.pinned).toBe(true);
    await general.messages.unpin(message.id);
    expect((await general.messages.fetchPins()).items).toEqual([]);
  });
});

describe('what the bot may do', () => {
  const deny = (bits: bigint) => discord.setPermissions(general.id, discord.applicationId, { deny: bits });

  it('ends where it cannot see, send or attach', async () => {
    deny(Bits.AttachFiles);
    const files = [new AttachmentBuilder(Buffer.from('a'), { name: 'a.txt' })];
    expect(await codeOf(general.send({ content: 'a', files }))).toBe(50013);
    deny(Bits.SendMessages);
    expect(await codeOf(general.send(card('a')))).toBe(50013);
    deny(Bits.ViewChannel);
    expect(await codeOf(general.send(card('a')))).toBe(50001);
    expect(await codeOf(client.channels.fetch(general.id, { force: true }))).toBe(50001);
  });

  it('ends where it cannot pin, thread or rename', async () => {
    const message = await general.send(card('a'));
    deny(Bits.PinMessages | Bits.CreatePrivateThreads);
    expect(await codeOf(general.messages.pin(message.id))).toBe(50013);
    expect(await codeOf(privateThread())).toBe(50013);
    expect(await codeOf(general.setTopic('New'))).toBe(50013);
    discord.setPermissions(general.id, discord.applicationId, { allow: Bits.ManageChannels });
    await general.setTopic('New');
    expect(ada.channels().find(({ name }) => name === 'general')?.topic).toBe('New');
  });

  it('is told for what is not there', async () => {
    expect(await codeOf(client.channels.fetch('100000000000000001'))).toBe(10003);
    expect(await codeOf(client.guilds.fetch({ guild: '100000000000000001', force: true }))).toBe(10004);
    const guild = await client.guilds.fetch({ guild: discord.guildId, force: true });
    expect(await codeOf(guild.members.fetch('100000000000000001'))).toBe(10013);
    const member = await guild.members.fetch(ada.id);
    expect(member.user.username).toBe('ada');
    expect(guild.members.me?.permissionsIn(general).has(Bits.PinMessages)).toBe(true);
  });
});

describe('a private thread', () => {
  it('is seen by its members and by moderators only', async () => {
    const staff = discord.createUser({ username: 'sam', roles: ['staff'] });
    const thread = await privateThread();
    await thread.members.add(ada.id);
    await thread.send({ flags: V2, components: [text('Hello Ada'), buttons('go')] });
    const sees = (user: UserDriver) => user.channels().some(({ id }) => id === thread.id);
    expect([ada, staff, ben].map(sees)).toEqual([true, true, false]);
    expect(ben.messages(thread.id)).toEqual([]);
    const [message] = ada.messages(thread.id);
    await expect(ben.press(message?.id ?? '', 'go')).rejects.toThrow('sees no message');
    await expect(ben.slash(thread.id, '/assess')).rejects.toThrow('sees no channel');
    await thread.members.remove(ada.id);
    expect(sees(ada)).toBe(false);
  });

  it('is found by who waits for it', async () => {
    const found = ada.until(() => ada.channels().find(({ isPrivate }) => isPrivate), { about: 'the thread' });
    const thread = await privateThread('Run 7');
    await thread.members.add(ada.id);
    expect(await found).toMatchObject({ id: thread.id, name: 'Run 7', parentId: general.id });
  });

  it('lets nobody in who cannot see its channel, and nobody who is not there', async () => {
    const thread = await privateThread();
    discord.setPermissions(general.id, ben.id, { deny: Bits.ViewChannel });
    expect(await codeOf(thread.members.add(ben.id))).toBe(50001);
    expect(await codeOf(thread.members.add('100000000000000001'))).toBe(10013);
  });

  it('takes no changes once it is archived, until it is opened again', async () => {
    const thread = await privateThread();
    const message = await thread.send({ flags: V2, components: [buttons('go')] });
    await thread.members.add(ada.id);
    await thread.edit({ archived: true, locked: true });
    expect(await codeOf(message.edit({ components: [text('x')] }))).toBe(50083);
    expect(await codeOf(thread.members.add(ben.id))).toBe(50083);
    expect(await codeOf(thread.setLocked(false))).toBe(50083);
    await expect(ada.press(message.id, 'go')).rejects.toThrow('archived');
    await thread.edit({ archived: false, locked: false });
    await message.edit({ components: [text('x')] });
    expect(ada.channels().find(({ id }) => id === thread.id)).toMatchObject({
      isArchived: false,
      isLocked: false,
    });
  });

  it('opens again when somebody sends to it', async () => {
    const thread = await privateThread();
    await thread.setArchived(true);
    await thread.send(card('Still here'));
    const fetched = await client.channels.fetch(thread.id, { force: true });
    expect(fetched?.isThread() && fetched.archived).toBe(false);
  });

  it('cannot be made in an announcement channel', async () => {
    const news = discord.channelId('announcements');
    const request = client.rest.post(`/channels/${news}/threads`, { body: { name: 'x', type: 12 } });
    expect(await codeOf(request)).toBe(50024);
  });

  it('is renamed and deleted', async () => {
    const thread = await privateThread();
    await thread.setName('Ended');
    expect(client.channels.cache.get(thread.id)).toMatchObject({ name: 'Ended' });
    const active = await general.guild.channels.fetchActiveThreads();
    expect([...active.threads.keys()]).toEqual([thread.id]);
    await thread.delete();
    expect(await codeOf(client.channels.fetch(thread.id, { force: true }))).toBe(10003);
  });
});

describe('a public thread', () => {
  it('starts from a message, once', async () => {
    const message = await general.send(card('Ask here'));
    const thread = await message.startThread({ name: 'Questions' });
    expect(thread.id).toBe(message.id);
    expect(ben.channels().some(({ id }) => id === thread.id)).toBe(true);
    expect(await codeOf(message.startThread({ name: 'Again' }))).toBe(160004);
    ben.say(thread.id, 'How?');
    expect((await thread.members.fetch(ben.id)).id).toBe(ben.id);
  });
});

describe('an ephemeral flag on a channel message', () => {
  it('is refused, because everybody would see the message', async () => {
    expect(await codeOf(general.send({ ...card('secret'), flags: (V2 | EPHEMERAL) as never }))).toBe(50035);
    expect(ben.messages(general.id)).toEqual([]);
  });
});
