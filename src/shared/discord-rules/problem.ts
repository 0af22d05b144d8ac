/**
 * Every rule by name, with what Discord does otherwise. Tests break each of them once; a page of Discord's
 * documentation is the source unless the line names another.
 */
export const RULES = {
  'unknown-property': 'A property that Discord does not know is dropped without a word.',
  'components-v2-flag': 'Layout and content components need the flag IS_COMPONENTS_V2 (32768).',
  'components-v2-removed':
    'IS_COMPONENTS_V2 cannot be taken off a message; an edit omits `flags` or includes it.',
  'legacy-fields': 'With IS_COMPONENTS_V2, content, embeds, poll and sticker_ids must be empty.',
  'component-count': 'A message has at most 40 components, nested ones included; without the flag 5 rows.',
  'text-length': 'All text of a message together is at most 4000 characters.',
  'text-bytes':
    'All text of a message together, processed, is at most 10170 bytes (discord-api-docs issue 8554).',
  'content-length': 'content is at most 2000 characters.',
  'embed-length': 'All text of the embeds of a message together is at most 6000 characters.',
  'empty-message': 'A message needs something to show.',
  'message-flags': 'Only some flags can be set by an app.',
  'allowed-mentions': 'allowed_mentions.parse excludes the list of the same kind.',
  'custom-id-duplicate': 'custom_id is unique within a message or modal.',
  'component-id-duplicate': 'id is unique within a message or modal.',
  'button-style': 'The style of a button decides which of custom_id, url and sku_id it has.',
  'button-label': 'A button shows a label or an emoji; a premium button neither.',
  'row-content': 'A row holds up to 5 buttons, or exactly one select.',
  'values-range': 'min_values, max_values and the choices must fit together.',
  'option-duplicate': 'The values of options are unique.',
  'default-values': 'The number of defaults is inside min_values to max_values, and their kind fits.',
  'media-url': 'Media is http, https or attachment://name; a link is http, https or discord.',
  'attachment-reference':
    'A file component names an attachment, and the attachment is uploaded with the message.',
  'modal-size': 'A modal has at most 5 components at its top level.',
  'modal-disabled': 'Nothing in a modal can be disabled.',
  'modal-label': 'A text input inside a Label has no label of its own, in a row it needs one.',
  'required-values': 'min_values is at least 1 unless required is false.',
  'text-range': 'min_length, max_length and the value of a text input must fit together.',
  'file-types': 'file_types holds image, video, audio or an extension such as .json.',
  'command-name':
    'Names of slash commands and options are 1 to 32 lower-case letters, digits, - _ and apostrophes.',
  'command-description':
    'A slash command is described in 1 to 100 characters, a context menu command not at all.',
  'command-length': 'Names, descriptions and values of one command together are at most 8000 characters.',
  'command-count': 'An app has at most 100 slash commands and 15 of each kind of context menu command.',
  'command-duplicate': 'Names are unique: commands of one kind, options of a command, choices of an option.',
  'option-order': 'Required options come before optional ones.',
  'option-nesting': 'Only command > group > subcommand > option, and never options beside subcommands.',
  'option-choices': 'Choices exclude autocomplete and fit the type of their option.',
  'option-range': 'Smallest and largest values belong to types that have them, smallest first.',
  'command-permissions': 'default_member_permissions is a bit set written as text.',
  'command-scope': 'contexts and integration_types are for global commands.',
  locale: 'Translations are for the locales that Discord knows.',
  'callback-type': 'Which answers are possible depends on what is answered.',
  'callback-data': 'An answer with a message or a modal needs its data.',
  'defer-flags': 'A deferred answer takes only the flag EPHEMERAL; the others go on the edit that follows.',
} as const;

export type RuleName = keyof typeof RULES;

/** One breach of Discord's rules. */
export interface RuleProblem {
  /** Where in the JSON: property names and list positions (from 0), joined by dots; empty for the whole. */
  readonly path: string;
  readonly rule: RuleName;
  /** What is wrong and by how much, in a sentence. */
  readonly message: string;
}

export type Path = readonly (string | number)[];

export function problem(path: Path, rule: RuleName, message: string): RuleProblem {
  return { path: path.join('.'), rule, message };
}
