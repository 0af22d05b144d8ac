import { ButtonStyle, ComponentType } from 'discord-api-types/v10';
import type { ComponentNode, PlacedComponent } from './component-tree.ts';
import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';

const DEFAULT_KINDS: Readonly<Record<number, readonly string[]>> = {
  [ComponentType.UserSelect]: ['user'],
  [ComponentType.RoleSelect]: ['role'],
  [ComponentType.MentionableSelect]: ['user', 'role'],
  [ComponentType.ChannelSelect]: ['channel'],
};

/** Types that only a message with IS_COMPONENTS_V2 can have. */
export const V2_TYPES: readonly number[] = [
  ComponentType.Section,
  ComponentType.TextDisplay,
  ComponentType.Thumbnail,
  ComponentType.MediaGallery,
  ComponentType.File,
  ComponentType.Separator,
  ComponentType.Container,
];

/** `custom_id` and `id` that appear a second time. `id` 0 means "not set" to Discord. */
export function duplicateProblems(components: readonly PlacedComponent[]): RuleProblem[] {
  return [
    ...repeated(components, ({ custom_id }) => custom_id ?? undefined).map(({ path, node }) =>
      problem([...path, 'custom_id'], 'custom-id-duplicate', `custom_id ${node.custom_id} is used before`),
    ),
    ...repeated(components, ({ id }) => id || undefined).map(({ path, node }) =>
      problem([...path, 'id'], 'component-id-duplicate', `id ${node.id} is used before`),
    ),
  ];
}

function repeated(
  components: readonly PlacedComponent[],
  key: (node: ComponentNode) => string | number | undefined,
): PlacedComponent[] {
  const seen = new Set<string | number>();
  return components.filter(({ node }) => {
    const value = key(node);
    if (value === undefined) return false;
    const isRepeated = seen.has(value);
    seen.add(value);
    return isRepeated;
  });
}

/** A row: up to five buttons, or one select. In a modal it holds one text input, which the schema says. */
export function rowProblems({ components }: ComponentNode, path: Path): RuleProblem[] {
  const children = components ?? [];
  const buttons = children.filter(({ type }) => type === ComponentType.Button).length;
  if (buttons === children.length && buttons <= LIMITS.rowButtons) return [];
  if (children.length === 1) return [];
  const text = `a row holds up to ${LIMITS.rowButtons} buttons or exactly one select, this one ${buttons} buttons and ${children.length - buttons} others`;
  return [problem([...path, 'components'], 'row-content', text)];
}

export function buttonProblems(node: ComponentNode, path: Path): RuleProblem[] {
  const { style, label, emoji } = node;
  const needed =
    style === ButtonStyle.Link ? 'url' : style === ButtonStyle.Premium ? 'sku_id' : ('custom_id' as const);
  const wrong = (['custom_id', 'url', 'sku_id'] as const)
    .filter((key) => (key === needed) !== isSet(node[key]))
    .map((key) => {
      const text =
        key === needed ? `a button of style ${style} needs ${key}` : `style ${style} excludes ${key}`;
      return problem([...path, key], 'button-style', text);
    });
  const isLabelled = isSet(label) || isSet(emoji);
  if (isLabelled !== (style === ButtonStyle.Premium)) return [...wrong, ...linkProblems(node, path)];
  const text = isLabelled
    ? 'a premium button has no label and no emoji'
    : 'the button has no label and no emoji';
  return [...wrong, problem([...path, 'label'], 'button-label', text)];
}

function linkProblems({ url, style }: ComponentNode, path: Path): RuleProblem[] {
  if (style !== ButtonStyle.Link || !isSet(url) || /^(https?|discord):\/\//.test(url)) return [];
  return [problem([...path, 'url'], 'media-url', 'a link is http, https or discord')];
}

/** Selects, checkbox groups, radio groups and file uploads: how many can be chosen, from what, and what is chosen. */
export function choiceProblems(node: ComponentNode, path: Path): RuleProblem[] {
  const { options, default_values } = node;
  const isGroup = node.type === ComponentType.CheckboxGroup || node.type === ComponentType.FileUpload;
  const least = node.min_values ?? 1;
  const most = node.max_values ?? (isGroup ? (options?.length ?? 1) : 1);
  const found: RuleProblem[] = [];
  if ((node.min_values ?? 0) > most) {
    const text = `min_values ${least} is more than max_values ${most}`;
    found.push(problem([...path, 'min_values'], 'values-range', text));
  }
  if (options && most > options.length) {
    const text = `max_values ${most} is more than the ${options.length} options`;
    found.push(problem([...path, 'max_values'], 'values-range', text));
  }
  const values = (options ?? []).map(({ value }) => value);
  values.forEach((value, index) => {
    if (values.indexOf(value) === index) return;
    const text = `the value ${value} is used before`;
    found.push(problem([...path, 'options', index, 'value'], 'option-duplicate', text));
  });
  const chosen = (options ?? []).filter((option) => option.default === true).length;
  if (chosen > most) {
    found.push(
      problem([...path, 'options'], 'default-values', `${chosen} defaults, at most ${most} can be chosen`),
    );
  }
  const defaults = default_values ?? [];
  if (defaults.length > 0 && (defaults.length < least || defaults.length > most)) {
    const text = `${defaults.length} defaults are outside ${least} to ${most}`;
    found.push(problem([...path, 'default_values'], 'default-values', text));
  }
  const kinds = DEFAULT_KINDS[node.type] ?? [];
  defaults.forEach(({ type }, index) => {
    if (kinds.includes(type)) return;
    const text = `a ${type} cannot be chosen here, only ${kinds.join(' or ')}`;
    found.push(problem([...path, 'default_values', index, 'type'], 'default-values', text));
  });
  return found;
}

/** Images and files. `files` are the names uploaded with the message; undefined when that is not known. */
export function mediaProblems(
  node: ComponentNode,
  path: Path,
  files: readonly string[] | undefined,
): RuleProblem[] {
  const media = [
    ...(node.file ? [{ url: node.file.url, at: [...path, 'file', 'url'] }] : []),
    ...(node.media ? [{ url: node.media.url, at: [...path, 'media', 'url'] }] : []),
    ...(node.items ?? []).map(({ media: { url } }, index) => ({
      url,
      at: [...path, 'items', index, 'media', 'url'],
    })),
  ];
  return media.flatMap(({ url, at }) => {
    const name = url.startsWith('attachment://') ? url.slice('attachment://'.length) : undefined;
    if (name === undefined && node.type === ComponentType.File) {
      return [problem(at, 'attachment-reference', 'a file component names its file as attachment://name')];
    }
    if (name === undefined && !/^https?:\/\//.test(url)) {
      return [problem(at, 'media-url', 'media is http, https or attachment://name')];
    }
    if (name === undefined || files === undefined || files.includes(name)) return [];
    return [problem(at, 'attachment-reference', `no file ${name} is uploaded with the message`)];
  });
}

function isSet<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null && value !== '';
}
