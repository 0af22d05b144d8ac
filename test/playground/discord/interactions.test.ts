import {
  type ButtonInteraction,
  type ChatInputCommandInteraction,
  type Client,
  type DiscordAPIError,
  type Interaction,
  MessageFlags,
} from 'discord.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageText } from '../../../src/playground/discord/driver/look.ts';
import type { UserDriver } from '../../../src/playground/discord/driver/user-driver.ts';
import type { PlaygroundDiscord } from '../../../src/playground/discord/playground-discord.ts';
import { startPlaygroundDiscord } from '../../../src/playground/discord/start.ts';
import { buttons, connectBot, EPHEMERAL, registerCommands, text, V2 } from './bot.ts';
import { ManualClock } from './manual-clock.ts';

let clock: ManualClock;
let discord: PlaygroundDiscord;
let client: Client<true>;
let errors: unknown[];
let ada: UserDriver;
let ben: UserDriver;
let general: string;
let handle: (interaction: Interaction) => Promise<unknown>;

beforeEach(async () => {
  clock = new ManualClock();
  discord = await startPlaygroundDiscord({ clock });
  handle = async () => undefined;
  ({ client, errors } = await connectBot(discord, (interaction) => handle(interaction)));
  await registerCommands(client);
  ada = discord.createUser({ username: 'ada' });
  ben = discord.createUser({ username: 'ben' });
  general = discord.channelId('general');
});

afterEach(async () => {
  await client.destroy();
  await discord.close({ allow: ['unanswered'] });
  expect(errors).toEqual([]);
  expect(discord.findings.of('invalid-request')).toEqual([]);
});

const asSlash = (interaction: Interaction) => interaction as ChatInputCommandInteraction;
const asButton = (interaction: Interaction) => interaction as ButtonInteraction;
const code = (error: unknown) => (error as DiscordAPIError).code;
const reply = (components = [text('Hello')], flags = 0) => ({ flags: V2 | flags, components }) as const;

describe('a slash command', () => {
  it('is answered at once', async () => {
    handle = (interaction) => asSlash(interaction).reply(reply());
    const { message } = await ada.slash(general, '/assess');
    expect(messageText(message)).toBe('Hello');
    expect(message.interaction_metadata?.user.id).toBe(ada.id);
    expect(messageText(ben.messages(general)[0]!)).toBe('Hello');
  });

  it('shows that the bot is thinking, then the edited answer', async () => {
    const edit = Promise.withResolvers<void>();
    handle = async (interaction) => {
      await asSlash(interaction).deferReply();
      await edit.promise;
      await asSlash(interaction).editReply(reply());
    };
    const answer = ada.slash(general, '/assess');
    const thinking = await ada.waitFor(general, ({ flags }) => ((flags ?? 0) & MessageFlags.Loading) !== 0);
    expect(messageText(thinking)).toBe('');
    edit.resolve();
    const { message } = await answer;
    expect(message.id).toBe(thinking.id);
    expect(message.flags).toBe(V2);
    expect(discord.interactions[0]).toMatchObject({ state: 'acknowledged', answeredWith: 5 });
  });

  it('carries options, subcommands and a file, and only what a client would send', async () => {
    const got: unknown[] = [];
    handle = async (interaction) => {
      const { options } = asSlash(interaction);
      const log = options.getAttachment('log', true);
      got.push(
        options.getSubcommand(),
        options.getString('code'),
        log.name,
        await (await fetch(log.url)).text(),
      );
      await asSlash(interaction).reply(reply());
    };
    const options = { code: '1234-5678', log: { name: 'run.log', content: 'line' } };
    await ada.slash(general, '/machine pair', { options });
    expect(got).toEqual(['pair', '1234-5678', 'run.log', 'line']);
    await expect(ada.slash(general, '/machine pair')).rejects.toThrow('The option code is required.');
    await expect(ada.slash(general, '/machine pair', { options: { code: 'x'.repeat(10) } })).rejects.toThrow(
      'takes 0 to 9 characters',
    );
    await expect(ada.slash(general, '/machine')).rejects.toThrow('without a subcommand');
    await expect(ada.slash(general, '/migrate')).rejects.toThrow('There are: assess, machine.');
  });

  it('is offered by its permission setting, which a server can change', async () => {
    handle = (interaction) => asSlash(interaction).reply(reply());
    const boss = discord.createUser({ username: 'boss', admin: true });
    expect((await boss.slash(general, '/report')).kind).toBe('message');
    await expect(ada.slash(general, '/report')).rejects.toThrow('no command /report');
    const answer = await ada.slash(general, '/report', { bypassPermissions: true });
    expect(answer.kind).toBe('message');
  });

  it('offers choices while an option is typed', async () => {
    handle = async (interaction) => {
      if (!interaction.isAutocomplete()) return;
      const { name, value } = interaction.options.getFocused(true);
      await interaction.respond([{ name: `${name} ${value}`, value: 'abc' }]);
    };
    const choices = await ada.autocomplete(general, '/machine pair', {
      focused: 'code',
      options: { code: '12' },
    });
    expect(choices).toEqual([{ name: 'code 12', value: 'abc' }]);
  });

  it('is used on a message', async () => {
    handle = async (interaction) => {
      if (interaction.isMessageContextMenuCommand()) {
        await interaction.reply(reply([text(interaction.targetMessage.content)]));
      }
    };
    const said = ada.say(general, 'It broke');
    const { message } = await ben.useOnMessage(said.id, 'Open a ticket from this');
    expect(messageText(message)).toBe('It broke');
  });
});

describe('buttons and selects', () => {
  it('update the message that carries them', async () => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(reply([text('One'), buttons('a', 'b')]));
      if (interaction.isButton())
        await interaction.update({ components: [text(`Pressed ${interaction.customId}`)] });
    };
    const { message } = await ada.slash(general, '/assess');
    const answer = await ada.press(message.id, 'Do b');
    expect(answer.message.id).toBe(message.id);
    expect(messageText(answer.message)).toBe('Pressed b');
    expect(answer.message.edited_timestamp).not.toBeNull();
    await expect(ada.press(message.id, 'b')).rejects.toThrow('0 components "b"');
  });

  it('resolve with the edit that follows a deferred update', async () => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(reply([text('One'), buttons('a')]));
      if (!interaction.isButton()) return;
      await interaction.deferUpdate();
      await interaction.editReply({ components: [text('Two')] });
    };
    const { message } = await ada.slash(general, '/assess');
    expect(messageText((await ada.press(message.id, 'a')).message)).toBe('Two');
  });

  it('hand over what was selected, and refuse what is not offered', async () => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) {
        const options = ['x', 'y', 'z'].map((value) => ({ label: value, value }));
        const choose = { type: 3, custom_id: 's', max_values: 2, options } as const;
        const who = { type: 5, custom_id: 'w' } as const;
        const rows = [choose, who].map((select) => ({ type: 1, components: [select] }));
        await interaction.reply({ flags: V2, components: rows as never });
      }
      if (interaction.isStringSelectMenu())
        await interaction.reply(reply([text(interaction.values.join('+'))]));
      if (interaction.isUserSelectMenu()) {
        await interaction.reply(reply([text(interaction.users.map(({ username }) => username).join())]));
      }
    };
    const { message } = await ada.slash(general, '/assess');
    expect(messageText((await ada.select(message.id, 's', ['x', 'z'])).message)).toBe('x+z');
    expect(messageText((await ada.select(message.id, 'w', [ben.id])).message)).toBe('ben');
    await expect(ada.select(message.id, 's', ['q'])).rejects.toThrow('no option q');
    await expect(ada.select(message.id, 's', ['x', 'y', 'z'])).rejects.toThrow('1 to 2 values');
    await expect(ada.select(message.id, 'w', ['1'])).rejects.toThrow('no user 1');
  });

  it('are not pressed when they are disabled', async () => {
    const off = {
      type: 1,
      components: [{ type: 2, style: 1, custom_id: 'a', label: 'A', disabled: true }],
    } as const;
    handle = (interaction) => asSlash(interaction).reply({ flags: V2, components: [off] });
    const { message } = await ada.slash(general, '/assess');
    await expect(ada.press(message.id, 'a')).rejects.toThrow('disabled');
  });
});

describe('a modal', () => {
  const fields = [
    { type: 10, content: 'Tell' },
    {
      type: 18,
      label: 'Text',
      component: { type: 4, custom_id: 't', style: 1, min_length: 2, max_length: 5 },
    },
    {
      type: 18,
      label: 'Kind',
      component: { type: 21, custom_id: 'r', options: ['x', 'y'].map((value) => ({ label: value, value })) },
    },
    { type: 18, label: 'Sure', component: { type: 23, custom_id: 'c' } },
    { type: 18, label: 'Files', component: { type: 19, custom_id: 'f', required: false, max_values: 2 } },
  ];

  beforeEach(() => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) {
        await interaction.showModal({ custom_id: 'm', title: 'Ticket', components: fields } as never);
      }
      if (!interaction.isModalSubmit()) return;
      const { fields: given } = interaction;
      const files = given.getUploadedFiles('f')?.map(({ name }) => name) ?? [];
      const parts = [
        given.getTextInputValue('t'),
        given.getRadioGroup('r'),
        given.getCheckbox('c'),
        ...files,
      ];
      await interaction.reply(reply([text(parts.join('|'))]));
    };
  });

  it('is filled in and sent', async () => {
    const answer = await ada.slash(general, '/assess');
    expect(answer.modal.title).toBe('Ticket');
    expect(ada.snapshot().modal?.custom_id).toBe('m');
    expect(ben.modal).toBeUndefined();
    const files = [{ name: 'a.txt', content: 'a' }];
    const { message } = await ada.submitModal({ t: 'Hey', Kind: 'y', Sure: true, f: files });
    expect(messageText(message)).toBe('Hey|y|true|a.txt');
    expect(ada.modal).toBeUndefined();
  });

  it('refuses what a client would not send', async () => {
    await ada.slash(general, '/assess');
    await expect(ada.submitModal({ Kind: 'y' })).rejects.toThrow('The field Text takes 2 to 5 characters.');
    await expect(ada.submitModal({ t: 'Hey', Kind: 'q' })).rejects.toThrow('no option q');
    await expect(ada.submitModal({ t: 'Hey' })).rejects.toThrow('The field Kind takes 1 to 1 choices.');
    await expect(ada.submitModal({ none: 'a' })).rejects.toThrow('no field none');
    ada.cancelModal();
    await expect(ada.submitModal()).rejects.toThrow('No modal is open.');
  });

  it('from a button can update the message of the button', async () => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(reply([text('One'), buttons('a')]));
      if (interaction.isButton()) {
        await interaction.showModal({ custom_id: 'm', title: 'T', components: [fields[1]] } as never);
      }
      if (interaction.isModalSubmit() && interaction.isFromMessage()) {
        await interaction.update({ components: [text(interaction.fields.getTextInputValue('t'))] });
      }
    };
    const { message } = await ada.slash(general, '/assess');
    await ada.press(message.id, 'a');
    const answer = await ada.submitModal({ Text: 'Done' });
    expect(answer.message.id).toBe(message.id);
    expect(messageText(answer.message)).toBe('Done');
  });
});

describe('an ephemeral answer', () => {
  beforeEach(() => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand())
        await interaction.reply(reply([text('Psst'), buttons('a')], EPHEMERAL));
      if (interaction.isButton()) await interaction.update({ components: [text('Still')] });
    };
  });

  it('is seen by nobody else, and its buttons work', async () => {
    const { message } = await ada.slash(general, '/assess');
    expect(ada.messages(general)).toHaveLength(1);
    expect(ben.messages(general)).toEqual([]);
    expect(JSON.stringify(ben.snapshot())).not.toContain('Psst');
    await expect(ben.press(message.id, 'a')).rejects.toThrow('sees no message');
    expect(messageText((await ada.press(message.id, 'a')).message)).toBe('Still');
  });

  it('is out of reach of the routes of its channel', async () => {
    const { message } = await ada.slash(general, '/assess');
    const channel = await client.channels.fetch(general);
    if (!channel?.isTextBased()) throw new Error('no text channel');
    expect(code(await channel.messages.fetch(message.id).catch((error: unknown) => error))).toBe(10008);
    expect(code(await channel.messages.edit(message.id, 'x').catch((error: unknown) => error))).toBe(10008);
    expect((await channel.messages.fetch({ limit: 5 })).size).toBe(0);
  });

  it('is not told to others as a change', async () => {
    const seen: string[] = [];
    ben.on('change', (change) => seen.push(change.kind));
    await ada.slash(general, '/assess');
    expect(seen).toEqual([]);
  });
});

describe('the time to answer', () => {
  it('is 3 seconds: later the interaction is unknown', async () => {
    const late = Promise.withResolvers<void>();
    const refused = Promise.withResolvers<unknown>();
    handle = async (interaction) => {
      await late.promise;
      await asSlash(interaction).reply(reply()).catch(refused.resolve);
    };
    const answer = ada.slash(general, '/assess');
    clock.advance(3001);
    await expect(answer).rejects.toThrow('The application did not respond: /assess');
    expect(ada.snapshot().interactions).toMatchObject([{ about: '/assess', state: 'expired' }]);
    late.resolve();
    expect(code(await refused.promise)).toBe(10062);
  });

  it('allows an answer at the last moment', async () => {
    handle = async (interaction) => {
      clock.advance(3000 - 1);
      await asSlash(interaction).reply(reply());
    };
    expect((await ada.slash(general, '/assess')).kind).toBe('message');
  });

  it('is 15 minutes for edits and follow-ups: later the token is invalid', async () => {
    const slash = Promise.withResolvers<ChatInputCommandInteraction>();
    handle = async (interaction) => {
      await asSlash(interaction).reply(reply());
      slash.resolve(asSlash(interaction));
    };
    await ada.slash(general, '/assess');
    const interaction = await slash.promise;
    clock.advance(15 * 60 * 1000 - 1);
    await interaction.editReply({ components: [text('In time')] });
    clock.advance(2);
    const edit = interaction.editReply({ components: [text('Late')] }).catch((error: unknown) => error);
    expect(code(await edit)).toBe(50027);
    expect(code(await interaction.followUp(reply()).catch((error: unknown) => error))).toBe(50027);
    const original = await client.channels.fetch(general);
    if (!original?.isTextBased()) throw new Error('no text channel');
    const [message] = [...(await original.messages.fetch()).values()];
    await message?.edit({ components: [text('By its id')] });
    expect(messageText(ada.messages(general)[0]!)).toBe('By its id');
  });

  it('ends with the first answer: a second one is refused', async () => {
    const second = Promise.withResolvers<unknown>();
    handle = async (interaction) => {
      const slash = asSlash(interaction);
      await slash.reply(reply());
      slash.replied = false;
      slash.reply(reply()).catch(second.resolve);
    };
    await ada.slash(general, '/assess');
    expect(code(await second.promise)).toBe(40060);
  });

  it('does not open the token before the first answer', async () => {
    const refused = Promise.withResolvers<unknown>();
    handle = async (interaction) => {
      await asSlash(interaction).webhook.send(reply()).catch(refused.resolve);
      await asSlash(interaction).reply(reply());
    };
    await ada.slash(general, '/assess');
    expect(code(await refused.promise)).toBe(10015);
  });
});

describe('follow-ups', () => {
  it('are messages of their own, ephemeral if they say so', async () => {
    const sent = Promise.withResolvers<void>();
    handle = async (interaction) => {
      await asSlash(interaction).reply(reply());
      const more = await asSlash(interaction).followUp(reply([text('Only you')], EPHEMERAL));
      await asSlash(interaction).editReply({ message: more, components: [text('Only you, again')] });
      sent.resolve();
    };
    await ada.slash(general, '/assess');
    await sent.promise;
    expect(ada.messages(general).map(messageText)).toEqual(['Hello', 'Only you, again']);
    expect(ben.messages(general).map(messageText)).toEqual(['Hello']);
  });

  it('fill a deferred answer when they come first', async () => {
    handle = async (interaction) => {
      await asSlash(interaction).deferReply({ flags: EPHEMERAL });
      await asSlash(interaction).followUp(reply());
    };
    const { message } = await ada.slash(general, '/assess');
    expect(ada.messages(general).map(({ id }) => id)).toEqual([message.id]);
    expect(ben.messages(general)).toEqual([]);
  });

  it('may delete the answer', async () => {
    handle = async (interaction) => {
      if (interaction.isChatInputCommand()) await interaction.reply(reply([buttons('a')]));
      if (!interaction.isButton()) return;
      await asButton(interaction).deferUpdate();
      await asButton(interaction).deleteReply();
    };
    const { message } = await ada.slash(general, '/assess');
    expect((await ada.press(message.id, 'a')).kind).toBe('deleted');
    expect(ada.messages(general)).toEqual([]);
  });
});

describe('direct messages', () => {
  it('carry buttons that work, unless the user takes none', async () => {
    handle = (interaction) => asButton(interaction).update({ components: [text('Rated')] });
    const user = await client.users.createDM(ada.id);
    await user.send(reply([text('Rate it'), buttons('five')]));
    const direct = ada.channels().find(({ kind }) => kind === 'direct');
    const [message] = ada.messages(direct?.id ?? '');
    expect(messageText((await ada.press(message?.id ?? '', 'five')).message)).toBe('Rated');
    expect(ben.channels().some(({ kind }) => kind === 'direct')).toBe(false);
    ada.takeDirectMessages(false);
    expect(code(await user.send(reply()).catch((error: unknown) => error))).toBe(50007);
  });
});
