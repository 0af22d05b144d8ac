import { InteractionResponseType, InteractionType, MessageFlags } from 'discord-api-types/v10';
import { unknownProperties } from './known-properties.ts';
import { lintMessage, type MessageContext, type MessagePayload } from './message.ts';
import { lintModal, type ModalPayload } from './modal.ts';
import { problem, type RuleProblem } from './problem.ts';

/** The first answer to an interaction. */
export interface CallbackPayload {
  readonly type: number;
  readonly data?: object | null | undefined;
}

export interface CallbackContext {
  /** What is answered. Left out, rules that depend on it are not checked. */
  readonly interaction?: InteractionType | undefined;
  /** The interaction comes from a message: a component, or a modal that a component opened. */
  readonly isFromMessage?: boolean | undefined;
  /** The message that type 7 edits has IS_COMPONENTS_V2. */
  readonly isV2?: boolean | undefined;
  readonly files?: readonly string[] | undefined;
}

/** What Discord would refuse, drop or misread in this answer beyond its schemas. Empty when nothing. */
export function lintCallback(payload: CallbackPayload, context: CallbackContext = {}): RuleProblem[] {
  return [
    ...unknownProperties(payload, ['type', 'data'], []),
    ...typeProblems(payload.type, context),
    ...dataProblems(payload, context),
  ];
}

function typeProblems(type: number, { interaction, isFromMessage }: CallbackContext): RuleProblem[] {
  if (interaction === undefined) return [];
  const isAutocomplete = interaction === InteractionType.ApplicationCommandAutocomplete;
  if (isAutocomplete !== (type === InteractionResponseType.ApplicationCommandAutocompleteResult)) {
    return [problem(['type'], 'callback-type', 'autocomplete is answered with type 8, and nothing else is')];
  }
  const isUpdate =
    type === InteractionResponseType.DeferredMessageUpdate || type === InteractionResponseType.UpdateMessage;
  if (isUpdate && isFromMessage !== true) {
    return [problem(['type'], 'callback-type', 'there is no message to update')];
  }
  if (type === InteractionResponseType.Modal && interaction === InteractionType.ModalSubmit) {
    return [problem(['type'], 'callback-type', 'a modal cannot answer a modal')];
  }
  return [];
}

function dataProblems({ type, data }: CallbackPayload, context: CallbackContext): RuleProblem[] {
  const { isV2, files } = context;
  switch (type) {
    case InteractionResponseType.ChannelMessageWithSource:
      return data ? lintMessage(asMessage(data), { files }, ['data']) : [missing()];
    case InteractionResponseType.UpdateMessage:
      return data ? lintUpdate(asMessage(data), { edit: true, isV2, files }) : [];
    case InteractionResponseType.DeferredChannelMessageWithSource:
      return deferProblems(asMessage(data ?? {}));
    case InteractionResponseType.Modal:
      return data ? lintModal(asModal(data), ['data']) : [missing()];
    default:
      return [];
  }
}

/** The documentation lists EPHEMERAL for answers that update too; there it changes nothing. */
function lintUpdate(data: MessagePayload, context: MessageContext): RuleProblem[] {
  const isKept = ((data.flags ?? 0) & MessageFlags.Ephemeral) !== 0;
  const flags = isKept ? (data.flags ?? 0) & ~MessageFlags.Ephemeral : data.flags;
  return lintMessage({ ...data, flags }, context, ['data']);
}

function deferProblems({ flags }: MessagePayload): RuleProblem[] {
  const dropped = (flags ?? 0) & ~MessageFlags.Ephemeral;
  if (dropped === 0) return [];
  return [
    problem(['data', 'flags'], 'defer-flags', `the flags ${dropped} are ignored here, put them on the edit`),
  ];
}

function missing(): RuleProblem {
  return problem(['data'], 'callback-data', 'this type of answer needs data');
}

/** The type of an answer says what its data is; the schema has checked its shape. */
function asMessage(data: object): MessagePayload {
  return data as MessagePayload;
}

function asModal(data: object): ModalPayload {
  return data as ModalPayload;
}
