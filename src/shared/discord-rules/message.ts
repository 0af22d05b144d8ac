import { ComponentType, MessageFlags } from 'discord-api-types/v10';
import { type ComponentNode, type PlacedComponent, walkComponents } from './component-tree.ts';
import {
  buttonProblems,
  choiceProblems,
  duplicateProblems,
  mediaProblems,
  rowProblems,
  V2_TYPES,
} from './components.ts';
import { unknownComponentProperties, unknownProperties } from './known-properties.ts';
import { LIMITS } from './limits.ts';
import { type Path, problem, type RuleProblem } from './problem.ts';
import { embedProblems, textProblems } from './text.ts';

/** A message to create or edit, as the JSON that goes to Discord. */
export interface MessagePayload {
  readonly content?: string | null | undefined;
  readonly embeds?: readonly object[] | null | undefined;
  readonly components?: readonly ComponentNode[] | null | undefined;
  readonly flags?: number | null | undefined;
  readonly poll?: object | null | undefined;
  readonly sticker_ids?: readonly string[] | null | undefined;
  readonly attachments?: readonly object[] | null | undefined;
  readonly allowed_mentions?: AllowedMentions | null | undefined;
}

interface AllowedMentions {
  readonly parse?: readonly (string | null)[] | null | undefined;
  readonly users?: readonly (string | null)[] | null | undefined;
  readonly roles?: readonly (string | null)[] | null | undefined;
}

export interface MessageContext {
  /** The payload changes a message that is there. */
  readonly edit?: boolean | undefined;
  /** The message that is edited has IS_COMPONENTS_V2. Unknown when left out. */
  readonly isV2?: boolean | undefined;
  /** It goes to a channel's own routes, where EPHEMERAL does not exist and the message would be public. */
  readonly inChannel?: boolean | undefined;
  /** Names of the files that the message has or brings. Unknown when left out: references are then not followed. */
  readonly files?: readonly string[] | undefined;
}

const KNOWN = [
  'content',
  'embeds',
  'components',
  'flags',
  'poll',
  'sticker_ids',
  'attachments',
  'allowed_mentions',
  'tts',
  'nonce',
  'enforce_nonce',
  'message_reference',
  'shared_client_theme',
];
const ON_CREATE =
  MessageFlags.SuppressEmbeds |
  MessageFlags.SuppressNotifications |
  MessageFlags.IsVoiceMessage |
  MessageFlags.IsComponentsV2 |
  MessageFlags.Ephemeral;
const ON_EDIT = MessageFlags.SuppressEmbeds | MessageFlags.IsComponentsV2;

/** What Discord would refuse, drop or misread in this message beyond its schemas. Empty when nothing. */
export function lintMessage(
  payload: MessagePayload,
  context: MessageContext = {},
  at: Path = [],
): RuleProblem[] {
  const path = [...at, 'components'];
  const components = walkComponents(payload.components ?? [], path);
  return [
    ...unknownProperties(payload, KNOWN, at),
    ...flagProblems(payload, components, context, at),
    ...countProblems(payload, components, context, path),
    ...contentProblems(payload, context, at),
    ...mentionProblems(payload.allowed_mentions, [...at, 'allowed_mentions']),
    ...embedProblems(payload.embeds ?? [], [...at, 'embeds']),
    ...textProblems(components, path),
    ...duplicateProblems(components),
    ...components.flatMap((component) => componentProblems(component, context)),
  ];
}

function componentProblems({ node, path }: PlacedComponent, { files }: MessageContext): RuleProblem[] {
  return [
    ...unknownComponentProperties(node, path),
    ...(node.type === ComponentType.ActionRow ? rowProblems(node, path) : []),
    ...(node.type === ComponentType.Button ? buttonProblems(node, path) : []),
    ...choiceProblems(node, path),
    ...mediaProblems(node, path, files),
  ];
}

function flagProblems(
  payload: MessagePayload,
  components: readonly PlacedComponent[],
  { edit = false, isV2, inChannel = false }: MessageContext,
  at: Path,
): RuleProblem[] {
  const flags = payload.flags ?? 0;
  const path = [...at, 'flags'];
  const hasFlag = (flags & MessageFlags.IsComponentsV2) !== 0;
  const first = components.find(({ node }) => V2_TYPES.includes(node.type));
  const found: RuleProblem[] = [];
  const isRemoved = edit && !hasFlag && typeof payload.flags === 'number' && (isV2 ?? first !== undefined);
  if (isRemoved) {
    const text = 'flags without IS_COMPONENTS_V2 on a message that has it; leave flags out, or include 32768';
    found.push(problem(path, 'components-v2-removed', text));
  } else if (first && !hasFlag && !(edit && isV2 !== false)) {
    const text = `a component of type ${first.node.type} needs the flag IS_COMPONENTS_V2 (32768)`;
    found.push(problem(first.path, 'components-v2-flag', text));
  }
  const allowed = (edit ? ON_EDIT : ON_CREATE) & ~(inChannel ? MessageFlags.Ephemeral : 0);
  if ((flags & ~allowed) !== 0) {
    const text = `the flags ${flags & ~allowed} cannot be set ${edit ? 'by an edit' : 'here'}`;
    found.push(problem(path, 'message-flags', text));
  }
  if (!hasFlag && !(edit && isV2 === true)) return found;
  const legacy = (['content', 'embeds', 'poll', 'sticker_ids'] as const).filter(
    (key) => !isEmpty(payload[key]),
  );
  return [
    ...found,
    ...legacy.map((key) =>
      problem([...at, key], 'legacy-fields', `${key} cannot be used with IS_COMPONENTS_V2`),
    ),
  ];
}

function countProblems(
  { flags }: MessagePayload,
  components: readonly PlacedComponent[],
  { edit = false, isV2 }: MessageContext,
  path: Path,
): RuleProblem[] {
  const mayBeV2 = ((flags ?? 0) & MessageFlags.IsComponentsV2) !== 0 || (edit && isV2 !== false);
  if (components.length > LIMITS.messageComponents) {
    const text = `${components.length} components, nested ones included; at most ${LIMITS.messageComponents}`;
    return [problem(path, 'component-count', text)];
  }
  const rows = components.filter(({ parent }) => parent === undefined).length;
  if (mayBeV2 || rows <= LIMITS.legacyRows) return [];
  return [
    problem(path, 'component-count', `${rows} rows; at most ${LIMITS.legacyRows} without IS_COMPONENTS_V2`),
  ];
}

function contentProblems(
  payload: MessagePayload,
  { edit = false, files }: MessageContext,
  at: Path,
): RuleProblem[] {
  const { content, embeds, components, poll, sticker_ids, attachments } = payload;
  if ((content?.length ?? 0) > LIMITS.content) {
    const text = `content has ${content?.length} characters, at most ${LIMITS.content} are possible`;
    return [problem([...at, 'content'], 'content-length', text)];
  }
  if (edit || ![content, embeds, components, poll, sticker_ids, attachments, files].every(isEmpty)) return [];
  const isForward = 'message_reference' in payload && isForwarding(payload.message_reference);
  return isForward ? [] : [problem(at, 'empty-message', 'the message has nothing to show')];
}

function mentionProblems(mentions: AllowedMentions | null | undefined, path: Path): RuleProblem[] {
  return (['users', 'roles'] as const)
    .filter((kind) => mentions?.parse?.includes(kind) && !isEmpty(mentions[kind]))
    .map((kind) => problem([...path, kind], 'allowed-mentions', `parse names ${kind} already`));
}

/** 1 is the type of a reference that forwards another message. */
function isForwarding(reference: unknown): boolean {
  return typeof reference === 'object' && reference !== null && 'type' in reference && reference.type === 1;
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
