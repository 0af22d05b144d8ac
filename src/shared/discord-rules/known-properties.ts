import { ComponentType } from 'discord-api-types/v10';
import { type Path, problem, type RuleProblem } from './problem.ts';

const BASE = ['type', 'id'];
const SELECT = ['custom_id', 'placeholder', 'min_values', 'max_values', 'disabled', 'required'];

/** What each type of component may carry, after Discord's page on components. */
const COMPONENT_PROPERTIES: Readonly<Record<number, readonly string[]>> = {
  [ComponentType.ActionRow]: ['components'],
  [ComponentType.Button]: ['style', 'label', 'emoji', 'custom_id', 'sku_id', 'url', 'disabled'],
  [ComponentType.StringSelect]: [...SELECT, 'options'],
  [ComponentType.TextInput]: [
    'custom_id',
    'style',
    'label',
    'min_length',
    'max_length',
    'required',
    'value',
    'placeholder',
  ],
  [ComponentType.UserSelect]: [...SELECT, 'default_values'],
  [ComponentType.RoleSelect]: [...SELECT, 'default_values'],
  [ComponentType.MentionableSelect]: [...SELECT, 'default_values'],
  [ComponentType.ChannelSelect]: [...SELECT, 'default_values', 'channel_types'],
  [ComponentType.Section]: ['components', 'accessory'],
  [ComponentType.TextDisplay]: ['content'],
  [ComponentType.Thumbnail]: ['media', 'description', 'spoiler'],
  [ComponentType.MediaGallery]: ['items'],
  [ComponentType.File]: ['file', 'spoiler'],
  [ComponentType.Separator]: ['divider', 'spacing'],
  [ComponentType.Container]: ['components', 'accent_color', 'spoiler'],
  [ComponentType.Label]: ['label', 'description', 'component'],
  [ComponentType.FileUpload]: ['custom_id', 'min_values', 'max_values', 'required', 'file_types'],
  [ComponentType.RadioGroup]: ['custom_id', 'options', 'required'],
  [ComponentType.CheckboxGroup]: ['custom_id', 'options', 'min_values', 'max_values', 'required'],
  [ComponentType.Checkbox]: ['custom_id', 'default'],
};

/** Properties that the type of the component does not have. A type that is not known passes: the schema refuses it. */
export function unknownComponentProperties(node: { readonly type: number }, path: Path): RuleProblem[] {
  const known = COMPONENT_PROPERTIES[node.type];
  return known === undefined ? [] : unknownProperties(node, [...BASE, ...known], path);
}

/** Properties of `value` that are set and not in `known`. */
export function unknownProperties(value: object, known: readonly string[], path: Path): RuleProblem[] {
  return Object.entries(value)
    .filter(([key, content]) => content !== undefined && !known.includes(key))
    .map(([key]) =>
      problem([...path, key], 'unknown-property', `${key} is not a property that belongs here`),
    );
}
