import {
  ButtonStyle,
  type ChatInputCommandInteraction,
  ComponentType,
  type Interaction,
  MessageFlags,
  type ModalSubmitInteraction,
} from 'discord.js';
import type { PlaygroundDiscord } from '../../src/playground/discord/playground-discord.ts';
import { connectBot } from '../playground/discord/bot.ts';

const V2 = MessageFlags.IsComponentsV2;
const EPHEMERAL = MessageFlags.Ephemeral;
const Text = ComponentType.TextDisplay;

/** A picture of one red pixel. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);

const COMMANDS = [
  { name: 'show', description: 'Everything that a message can have' },
  { name: 'private', description: 'A card for you alone' },
  { name: 'form', description: 'Opens a form' },
  { name: 'slow', description: 'Thinks first' },
  { name: 'mute', description: 'Never answers' },
  {
    name: 'order',
    description: 'Takes an order',
    options: [
      { type: 3, name: 'bread', description: 'Which bread', required: true, autocomplete: true },
      { type: 4, name: 'loaves', description: 'How many', min_value: 1, max_value: 9 },
      {
        type: 3,
        name: 'size',
        description: 'How large',
        choices: [
          { name: 'Small', value: 's' },
          { name: 'Large', value: 'l' },
        ],
      },
    ],
  },
  {
    name: 'team',
    description: 'Orders for a team',
    options: [{ type: 1, name: 'list', description: 'All orders' }],
  },
];

export interface ScriptedBot {
  /** What arrived, in words. */
  readonly heard: string[];
  readonly errors: readonly unknown[];
  /** Lets the answer of `/slow` go. */
  finish(): void;
  close(): Promise<void>;
}

/** A bot whose answers have every kind of component, on the real client. */
export async function startScriptedBot(discord: PlaygroundDiscord): Promise<ScriptedBot> {
  const heard: string[] = [];
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const { client, errors } = await connectBot(discord, async (interaction) => {
    await answer(interaction, heard, finished);
  });
  await client.application.commands.set(COMMANDS as never);
  return { heard, errors, finish, close: () => client.destroy() };
}

async function answer(interaction: Interaction, heard: string[], finished: Promise<void>): Promise<void> {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    const breads = ['Rye', 'Spelt', 'Wheat'].filter((name) =>
      name.toLowerCase().startsWith(typed.toLowerCase()),
    );
    await interaction.respond(breads.map((name) => ({ name, value: name.toLowerCase() })));
  } else if (interaction.isChatInputCommand()) {
    await command(interaction, heard, finished);
  } else if (interaction.isButton()) {
    heard.push(`button ${interaction.customId}`);
    await interaction.update({ components: [counter(Number(interaction.customId.split(':')[1]) + 1)] });
  } else if (interaction.isAnySelectMenu()) {
    heard.push(`select ${interaction.values.join(',')}`);
    await interaction.reply({ content: `Chosen: ${interaction.values.join(', ')}`, flags: EPHEMERAL });
  } else if (interaction.isModalSubmit()) {
    heard.push(JSON.stringify(fieldsOf(interaction)));
    await interaction.reply({ content: 'Thank you for the form.', flags: EPHEMERAL });
  }
}

async function command(
  interaction: ChatInputCommandInteraction,
  heard: string[],
  finished: Promise<void>,
): Promise<void> {
  const { commandName, options } = interaction;
  heard.push(`/${commandName} ${JSON.stringify(options.data.map(({ name, value }) => [name, value]))}`);
  switch (commandName) {
    case 'show':
      await interaction.reply({
        flags: V2,
        components: everything() as never,
        files: [
          { attachment: PIXEL, name: 'pixel.png' },
          { attachment: Buffer.from('line 1\n'), name: 'notes.txt' },
        ],
      });
      return;
    case 'private':
      await interaction.reply({ flags: V2 | EPHEMERAL, components: [counter(0)] as never });
      return;
    case 'form':
      await interaction.showModal(FORM as never);
      return;
    case 'slow':
      await interaction.deferReply();
      await finished;
      await interaction.editReply('Now I know.');
      return;
    case 'mute':
      return;
    default:
      await interaction.reply({ content: `Noted: ${commandName}`, flags: EPHEMERAL });
  }
}

function counter(n: number) {
  return {
    type: ComponentType.Container,
    components: [
      { type: Text, content: `## Pressed ${n} times` },
      {
        type: ComponentType.ActionRow,
        components: [
          {
            type: ComponentType.Button,
            style: ButtonStyle.Primary,
            custom_id: `count:${n}`,
            label: 'Press it',
          },
        ],
      },
    ],
  } as never;
}

function everything(): object[] {
  const choices = ['Morning', 'Noon', 'Evening'].map((label) => ({
    label,
    value: label.toLowerCase(),
    description: `In the ${label}`,
  }));
  const row = (component: object) => ({ type: ComponentType.ActionRow, components: [component] });
  return [
    {
      type: ComponentType.Container,
      accent_color: 0xcc7722,
      components: [
        {
          type: Text,
          content: '# Today\nBread is **ready** <t:2000000000:R>.\n<img src=x onerror=alert(1)>',
        },
        {
          type: ComponentType.Section,
          components: [{ type: Text, content: 'A picture beside it' }],
          accessory: {
            type: ComponentType.Thumbnail,
            media: { url: 'attachment://pixel.png' },
            description: 'One red pixel',
          },
        },
        { type: ComponentType.Separator, spacing: 2 },
        {
          type: ComponentType.MediaGallery,
          items: [{ media: { url: 'attachment://pixel.png' }, description: 'The pixel again' }],
        },
        { type: ComponentType.File, file: { url: 'attachment://notes.txt' } },
        row({ type: ComponentType.StringSelect, custom_id: 'when', placeholder: 'When', options: choices }),
        row({
          type: ComponentType.StringSelect,
          custom_id: 'often',
          placeholder: 'How often',
          min_values: 2,
          max_values: 3,
          options: choices,
        }),
        row({ type: ComponentType.UserSelect, custom_id: 'who', placeholder: 'For whom' }),
        row({
          type: ComponentType.Button,
          style: ButtonStyle.Danger,
          custom_id: 'off:0',
          label: 'Not now',
          disabled: true,
        }),
      ],
    },
  ];
}

const FORM = {
  title: 'A large order',
  custom_id: 'order',
  components: [
    { type: Text, content: 'We bake at **four**.' },
    {
      type: ComponentType.Label,
      label: 'Name',
      description: 'For the bag',
      component: { type: ComponentType.TextInput, style: 1, custom_id: 'name', min_length: 2 },
    },
    {
      type: ComponentType.Label,
      label: 'Bread',
      component: {
        type: ComponentType.RadioGroup,
        custom_id: 'bread',
        options: [
          { label: 'Rye', value: 'rye' },
          { label: 'Spelt', value: 'spelt' },
        ],
      },
    },
    {
      type: ComponentType.Label,
      label: 'With it',
      component: {
        type: ComponentType.CheckboxGroup,
        custom_id: 'with',
        required: false,
        options: [
          { label: 'Butter', value: 'butter' },
          { label: 'Jam', value: 'jam' },
        ],
      },
    },
    {
      type: ComponentType.Label,
      label: 'Where',
      component: {
        type: ComponentType.StringSelect,
        custom_id: 'where',
        options: [
          { label: 'Shop', value: 'shop' },
          { label: 'Van', value: 'van' },
        ],
      },
    },
  ],
};

function fieldsOf({ fields }: ModalSubmitInteraction): object {
  return {
    name: fields.getTextInputValue('name'),
    bread: fields.getRadioGroup('bread'),
    with: fields.getCheckboxGroup('with'),
    where: fields.getStringSelectValues('where'),
  };
}
