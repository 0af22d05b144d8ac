import {
  type APIButtonComponent,
  type APIModalInteractionResponseCallbackData,
  ApplicationCommandOptionType,
  ButtonStyle,
  ComponentType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
  type RESTPostAPIApplicationCommandsJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
  TextInputStyle,
} from 'discord-api-types/v10';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CommandPayload,
  type ComponentNode,
  lintCallback,
  lintCommand,
  lintCommands,
  lintMessage,
  lintModal,
  type ModalPayload,
  RULES,
  type RuleName,
  type RuleProblem,
  textSize,
  walkComponents,
} from '../../src/shared/discord-rules.ts';

const V2 = MessageFlags.IsComponentsV2;
const text = (content = 'Hello') => ({ type: ComponentType.TextDisplay, content });
const button = (custom_id = 'a', more: object = {}) => ({
  type: ComponentType.Button,
  style: ButtonStyle.Primary,
  label: 'Go',
  custom_id,
  ...more,
});
const row = (...components: ComponentNode[]) => ({ type: ComponentType.ActionRow, components });
const option = (value: string, more: object = {}) => ({ label: value, value, ...more });
const select = (more: object = {}) => ({
  type: ComponentType.StringSelect,
  custom_id: 's',
  options: [option('one'), option('two')],
  ...more,
});
const users = (more: object = {}) => row({ type: ComponentType.UserSelect, custom_id: 'u', ...more });
const v2 = (...components: ComponentNode[]) => lintMessage({ flags: V2, components });
const link = (url: string) => row({ type: ComponentType.Button, style: ButtonStyle.Link, label: 'Go', url });
const file = (url: string) => ({ type: ComponentType.File, file: { url } });

const modal = (...components: ComponentNode[]): ModalPayload => ({
  custom_id: 'm',
  title: 'Title',
  components,
});
const label = (component: ComponentNode) => ({ type: ComponentType.Label, label: 'Label', component });
const input = (more: object = {}) => ({
  type: ComponentType.TextInput,
  custom_id: 't',
  style: TextInputStyle.Short,
  ...more,
});
const upload = (file_types: string[]) =>
  label({ type: ComponentType.FileUpload, custom_id: 'f', file_types });

const command = (more: Partial<CommandPayload> = {}): CommandPayload => ({
  name: 'assess',
  description: 'Looks',
  ...more,
});
const argument = (name: string, more: object = {}) => ({
  type: ApplicationCommandOptionType.String,
  name,
  description: 'Text',
  ...more,
});
const sub = (name: string, options: ReturnType<typeof argument>[] = []) => ({
  ...argument(name),
  type: ApplicationCommandOptionType.Subcommand,
  options,
});
const withOptions = (...options: ReturnType<typeof argument>[]) => lintCommand(command({ options }));
const choices = (count: number, size: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `${index}`.padEnd(size, 'x'), value: `${index}` }));

/** Both sides of every rule: what breaks it, and the nearest thing that does not. */
const CASES: Readonly<Record<RuleName, readonly [broken: RuleProblem[], sound: RuleProblem[]]>> = {
  'unknown-property': [
    v2({ ...text(), ...{ colour: 1 } }),
    lintMessage({ content: 'a', ...{ tts: false, enforce_nonce: false } }),
  ],
  'components-v2-flag': [lintMessage({ components: [text()] }), v2(text())],
  'components-v2-removed': [
    lintMessage({ flags: 0, components: [text()] }, { edit: true }),
    lintMessage({ components: [text()] }, { edit: true }),
  ],
  'legacy-fields': [
    lintMessage({ flags: V2, content: 'a', components: [text()] }),
    lintMessage({ flags: V2, content: null, embeds: [], components: [text()] }, { edit: true }),
  ],
  'component-count': [
    v2({ type: ComponentType.Container, components: Array.from({ length: 40 }, () => text('x')) }),
    v2({ type: ComponentType.Container, components: Array.from({ length: 39 }, () => text('x')) }),
  ],
  'text-length': [
    v2(text('x'.repeat(2000)), text('x'.repeat(2001))),
    v2(text('x'.repeat(2000)), text('x'.repeat(2000))),
  ],
  'text-bytes': [v2(text('字'.repeat(3387))), v2(text('字'.repeat(3386)))],
  'content-length': [lintMessage({ content: 'x'.repeat(2001) }), lintMessage({ content: 'x'.repeat(2000) })],
  'embed-length': [
    lintMessage({ embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1905) }] }),
    lintMessage({ embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }] }),
  ],
  'empty-message': [lintMessage({ content: '', components: [] }), lintMessage({}, { files: ['plan.json'] })],
  'message-flags': [
    lintMessage({ content: 'a', flags: MessageFlags.Ephemeral }, { inChannel: true }),
    lintMessage({ content: 'a', flags: MessageFlags.Ephemeral }),
  ],
  'allowed-mentions': [
    lintMessage({ content: 'a', allowed_mentions: { parse: ['users'], users: ['1'] } }),
    lintMessage({ content: 'a', allowed_mentions: { parse: ['roles'], users: ['1'] } }),
  ],
  'custom-id-duplicate': [v2(row(button('a')), row(button('a'))), v2(row(button('a')), row(button('b')))],
  'component-id-duplicate': [
    v2({ ...text(), id: 7 }, { ...text(), id: 7 }),
    v2({ ...text(), id: 0 }, { ...text(), id: 0 }),
  ],
  'button-style': [v2(row(button('a', { url: 'https://example.org' }))), v2(link('https://example.org'))],
  'button-label': [
    v2(row(button('a', { label: '' }))),
    v2(row(button('a', { label: '', emoji: { name: '👍' } }))),
  ],
  'row-content': [
    v2(row(...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => button(id)))),
    v2(row(...['a', 'b', 'c', 'd', 'e'].map((id) => button(id)))),
  ],
  'values-range': [v2(row(select({ max_values: 3 }))), v2(row(select({ max_values: 2 })))],
  'option-duplicate': [
    v2(row(select({ options: [option('one'), option('one')] }))),
    v2(row(select({ options: [option('one'), option('two')] }))),
  ],
  'default-values': [
    v2(users({ default_values: [{ id: '1', type: 'role' }] })),
    v2(users({ default_values: [{ id: '1', type: 'user' }] })),
  ],
  'media-url': [v2(link('ftp://example.org')), v2(link('discord://-/channels'))],
  'attachment-reference': [
    lintMessage({ flags: V2, components: [file('attachment://b.txt')] }, { files: ['a.txt'] }),
    lintMessage({ flags: V2, components: [file('attachment://a.txt')] }, { files: ['a.txt'] }),
  ],
  'modal-size': [
    lintModal(modal(...Array.from({ length: 6 }, () => text()))),
    lintModal(modal(...Array.from({ length: 5 }, () => text()))),
  ],
  'modal-disabled': [
    lintModal(modal(label(select({ disabled: true })))),
    lintModal(modal(label(select({ disabled: false })))),
  ],
  'modal-label': [lintModal(modal(label(input({ label: 'Twice' })))), lintModal(modal(label(input())))],
  'required-values': [
    lintModal(modal(label(select({ min_values: 0 })))),
    lintModal(modal(label(select({ min_values: 0, required: false })))),
  ],
  'text-range': [
    lintModal(modal(label(input({ max_length: 3, value: 'long' })))),
    lintModal(modal(label(input({ max_length: 4, value: 'long' })))),
  ],
  'file-types': [
    lintModal(modal(upload(['application/json']))),
    lintModal(modal(upload(['.json', 'image']))),
  ],
  'command-name': [lintCommand(command({ name: 'Assess' })), lintCommand(command({ name: "l'état" }))],
  'command-description': [
    lintCommand(command({ description: '' })),
    lintCommand({ name: 'Open a ticket', type: 3, description: '' }),
  ],
  'command-length': [
    withOptions(...['a', 'b', 'c', 'd'].map((name) => argument(name, { choices: choices(25, 79) }))),
    withOptions(...['a', 'b', 'c', 'd'].map((name) => argument(name, { choices: choices(25, 77) }))),
  ],
  'command-count': [
    lintCommands(Array.from({ length: 101 }, (_, index) => command({ name: `c${index}` }))),
    lintCommands(Array.from({ length: 100 }, (_, index) => command({ name: `c${index}` }))),
  ],
  'command-duplicate': [
    lintCommands([command(), command()]),
    lintCommands([command(), { name: 'assess', type: 3, description: '' }]),
  ],
  'option-order': [
    withOptions(argument('a'), argument('b', { required: true })),
    withOptions(argument('a', { required: true }), argument('b')),
  ],
  'option-nesting': [withOptions(sub('a'), argument('b')), withOptions(sub('a', [argument('b')]), sub('b'))],
  'option-choices': [
    withOptions(argument('a', { autocomplete: true, choices: choices(1, 1) })),
    withOptions(argument('a', { autocomplete: false, choices: choices(1, 1) })),
  ],
  'option-range': [
    withOptions(argument('a', { min_length: 3, max_length: 2 })),
    withOptions(argument('a', { min_length: 2, max_length: 2 })),
  ],
  'command-permissions': [
    lintCommand(command({ default_member_permissions: 32 })),
    lintCommand(command({ default_member_permissions: '32' })),
  ],
  'command-scope': [
    lintCommand(command({ contexts: [0] }), { guild: true }),
    lintCommand(command({ contexts: [0] })),
  ],
  locale: [
    lintCommand(command({ description_localizations: { en: 'Looks' } })),
    lintCommand(command({ description_localizations: { de: 'Schaut' } })),
  ],
  'callback-type': [
    lintCallback(
      { type: InteractionResponseType.DeferredMessageUpdate },
      { interaction: InteractionType.ModalSubmit },
    ),
    lintCallback(
      { type: InteractionResponseType.DeferredMessageUpdate },
      { interaction: InteractionType.ModalSubmit, isFromMessage: true },
    ),
  ],
  'callback-data': [lintCallback({ type: 4 }), lintCallback({ type: 4, data: { content: 'a' } })],
  'defer-flags': [
    lintCallback({ type: 5, data: { flags: V2 | MessageFlags.Ephemeral } }),
    lintCallback({ type: 5, data: { flags: MessageFlags.Ephemeral } }),
  ],
};

describe('every rule of Discord', () => {
  it.each(Object.keys(RULES) as RuleName[])(
    'is broken by what breaks it and by nothing near it: %s',
    (rule) => {
      const [broken, sound] = CASES[rule];
      expect(broken.map((problem) => problem.rule)).toEqual([rule]);
      expect(sound).toEqual([]);
    },
  );
});

describe('lintMessage', () => {
  it('says where, from the root of the JSON', () => {
    const inside = row(button('a', { custom_id: undefined }));
    const [found] = v2(text(), { type: ComponentType.Container, components: [inside] });
    expect(found).toEqual({
      path: 'components.1.components.0.components.0.custom_id',
      rule: 'button-style',
      message: 'a button of style 1 needs custom_id',
    });
  });

  it('accepts the types of discord-api-types and finds nothing in a full card', () => {
    const accessory: APIButtonComponent = {
      type: 2,
      style: ButtonStyle.Danger,
      custom_id: 'x',
      label: 'Undo',
    };
    const card: RESTPostAPIChannelMessageJSONBody = {
      flags: V2,
      components: [
        {
          type: ComponentType.Container,
          accent_color: 1,
          components: [
            { type: ComponentType.TextDisplay, content: '# Title' },
            { type: ComponentType.Separator, divider: true, spacing: 1 },
            { type: ComponentType.Section, components: [{ type: 10, content: 'One' }], accessory },
            { type: ComponentType.MediaGallery, items: [{ media: { url: 'attachment://chart.png' } }] },
            { type: ComponentType.ActionRow, components: [{ type: 5, custom_id: 'who', max_values: 3 }] },
          ],
        },
      ],
    };
    expect(lintMessage(card, { files: ['chart.png'] })).toEqual([]);
  });

  it('knows an edit of a legacy message from one with layout components', () => {
    const edit = { components: [text()] };
    expect(lintMessage(edit, { edit: true, isV2: true })).toEqual([]);
    expect(lintMessage(edit, { edit: true, isV2: false }).map(({ rule }) => rule)).toEqual([
      'components-v2-flag',
    ]);
    expect(lintMessage({ flags: 0 }, { edit: true, isV2: true }).map(({ rule }) => rule)).toEqual([
      'components-v2-removed',
    ]);
    expect(lintMessage({ content: 'x' }, { edit: true, isV2: true }).map(({ rule }) => rule)).toEqual([
      'legacy-fields',
    ]);
  });

  it('refuses a row that mixes buttons with a select', () => {
    expect(v2(row(button(), select())).map(({ rule }) => rule)).toEqual(['row-content']);
  });

  it('counts six rows of a legacy message', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, index) => row(button(`${index}`)));
    expect(lintMessage({ content: 'a', components: rows(6) }).map(({ rule }) => rule)).toEqual([
      'component-count',
    ]);
    expect(lintMessage({ content: 'a', components: rows(5) })).toEqual([]);
  });

  it('never throws, and counts each component once, however they are nested', () => {
    const leaf: fc.Arbitrary<ComponentNode> = fc.record({
      type: fc.integer({ min: 1, max: 23 }),
      custom_id: fc.option(fc.string(), { nil: undefined }),
      content: fc.option(fc.string(), { nil: null }),
      options: fc.option(fc.array(fc.record({ value: fc.string() })), { nil: undefined }),
    });
    const tree = fc.letrec<{ node: ComponentNode }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.record({ type: fc.constant(17), components: fc.array(tie('node'), { maxLength: 3 }) }),
        fc.record({ type: fc.constant(9), accessory: tie('node') }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (components) => {
        lintMessage({ flags: V2, components });
        const placed = walkComponents(components, []);
        expect(placed.length).toBe(JSON.stringify(components).split('"type":').length - 1);
        expect(textSize(placed).bytes).toBeGreaterThanOrEqual(textSize(placed).characters);
      }),
    );
  });
});

describe('lintModal', () => {
  it('accepts the types of discord-api-types with every kind of field', () => {
    const data: APIModalInteractionResponseCallbackData = {
      custom_id: 'm',
      title: 'Ticket',
      components: [
        { type: 10, content: 'Say what happened' },
        {
          type: 18,
          label: 'Text',
          component: { type: 4, custom_id: 'a', style: 2, min_length: 1, max_length: 400 },
        },
        {
          type: 18,
          label: 'Choice',
          component: { type: 21, custom_id: 'b', options: [option('x'), option('y')] },
        },
        {
          type: 18,
          label: 'Choices',
          component: { type: 22, custom_id: 'c', options: [option('x'), option('y')], min_values: 1 },
        },
        {
          type: 18,
          label: 'File',
          component: { type: 19, custom_id: 'd', required: false, file_types: ['.json'] },
        },
      ],
    };
    expect(lintModal(data)).toEqual([]);
  });

  it('asks for a label of a text input in a row', () => {
    expect(lintModal(modal(row(input()))).map(({ rule }) => rule)).toEqual(['modal-label']);
    expect(lintModal(modal(row(input({ label: 'Name' }))))).toEqual([]);
  });

  it('finds a second default of a radio group', () => {
    const group = {
      type: 21,
      custom_id: 'b',
      options: [option('x', { default: true }), option('y', { default: true })],
    };
    expect(lintModal(modal(label(group))).map(({ rule }) => rule)).toEqual(['default-values']);
  });
});

describe('lintCommand', () => {
  it('accepts the types of discord-api-types with groups and subcommands', () => {
    const body: RESTPostAPIApplicationCommandsJSONBody = {
      name: 'machine',
      description: 'Your machines',
      default_member_permissions: '0',
      contexts: [0],
      integration_types: [0],
      options: [
        {
          type: 2,
          name: 'group',
          description: 'A group',
          options: [
            {
              type: 1,
              name: 'pair',
              description: 'Links a machine',
              options: [
                { type: 3, name: 'code', description: 'The code', required: true, autocomplete: true },
              ],
            },
          ],
        },
      ],
    };
    expect(lintCommand(body)).toEqual([]);
  });

  it('refuses a group inside a group and an option inside a group', () => {
    const group = (...options: object[]) => ({ ...argument('g'), type: 2, options: options as [] });
    expect(withOptions(group(group())).map(({ rule }) => rule)).toEqual(['option-nesting']);
    expect(withOptions(group(argument('a'))).map(({ rule }) => rule)).toEqual(['option-nesting']);
  });

  it('counts the longest translation only', () => {
    const description_localizations = { de: 'x'.repeat(100), fr: 'y'.repeat(100) };
    const options = Array.from({ length: 25 }, (_, index) =>
      argument(`o${index}`.padEnd(20, 'x'), { choices: choices(2, 100), description_localizations }),
    );
    const found = lintCommand(command({ options }));
    expect(found.map(({ message }) => message)).toEqual([
      'names, descriptions and values have 8061 characters, at most 8000',
    ]);
  });

  it('refuses a number among the choices of a text', () => {
    const found = withOptions(argument('a', { choices: [{ name: 'one', value: 1 }] }));
    expect(found.map(({ path }) => path)).toEqual(['options.0.choices.0.value']);
  });
});

describe('lintCallback', () => {
  it('answers autocomplete with choices and nothing else with them', () => {
    const autocomplete = { interaction: InteractionType.ApplicationCommandAutocomplete };
    expect(lintCallback({ type: 8, data: { choices: [] } }, autocomplete)).toEqual([]);
    expect(lintCallback({ type: 5 }, autocomplete).map(({ rule }) => rule)).toEqual(['callback-type']);
    expect(
      lintCallback({ type: 8 }, { interaction: InteractionType.ApplicationCommand }).map(({ rule }) => rule),
    ).toEqual(['callback-type']);
  });

  it('refuses a modal as the answer to a modal', () => {
    const answer = { type: 9, data: modal(text()) };
    expect(
      lintCallback(answer, { interaction: InteractionType.ModalSubmit }).map(({ rule }) => rule),
    ).toEqual(['callback-type']);
    expect(lintCallback(answer, { interaction: InteractionType.MessageComponent })).toEqual([]);
  });

  it('looks into the message and the modal that it carries', () => {
    expect(lintCallback({ type: 4, data: { components: [text()] } }).map(({ path }) => path)).toEqual([
      'data.components.0',
    ]);
    const large = modal(...Array.from({ length: 6 }, () => text()));
    expect(lintCallback({ type: 9, data: large }).map(({ path }) => path)).toEqual(['data.components']);
    const kept = { flags: V2 | MessageFlags.Ephemeral, components: [text()] };
    expect(lintCallback({ type: 7, data: kept }, { isV2: true })).toEqual([]);
  });
});
