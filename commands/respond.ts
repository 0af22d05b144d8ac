import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  StringSelectMenuInteraction,
} from 'discord.js';
import { MessageFlags, Routes } from 'discord-api-types/v10';
import type { Clock } from '../src/shared/clock.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { Answer, Choice } from './command.ts';

export type Pressed = ButtonInteraction | StringSelectMenuInteraction;
type Answerable = ChatInputCommandInteraction | Pressed;

/** Discord's codes for an interaction whose time is over; no answer reaches anybody then (discord.md §5). */
const OVER = {
  /** Not acknowledged in time, or not ours. */
  UNKNOWN_INTERACTION: 10062,
  /** The token's 15 minutes are over. */
  INVALID_TOKEN: 50027,
  /** The same, said of the address that answers go to. */
  UNKNOWN_WEBHOOK: 10015,
  /** The message that was to be edited is gone. */
  UNKNOWN_MESSAGE: 10008,
} as const;
/** Our first attempt came through although its answer was lost: the interaction is acknowledged. */
const ALREADY_ACKNOWLEDGED = 40060;

/**
 * Acknowledges: `reply` with a private "thinking" message, `update` without a visible change. False when it is too late:
 * then nothing else may be sent, and the person sees Discord's own "did not respond".
 */
export async function acknowledge(
  interaction: Answerable,
  how: 'reply' | 'update',
  clock: Clock,
  log: Logger,
): Promise<boolean> {
  try {
    if (how === 'update' && interaction.isMessageComponent()) await interaction.deferUpdate();
    else await interaction.deferReply({ flags: MessageFlags.Ephemeral });
    return true;
  } catch (error) {
    const fields = {
      err: error,
      interaction: interaction.id,
      ageMs: clock.now() - interaction.createdTimestamp,
    };
    // No answer of Discord at all: the request may have arrived, and then a person waits. If not, the answer finds nobody.
    const isLost = typeof codeOf(error) !== 'number' && !hasStatus(error);
    if (!isLost && codeOf(error) !== ALREADY_ACKNOWLEDGED) {
      log.warn(fields, 'an interaction could not be acknowledged');
      return false;
    }
    // discord.js sets this only when Discord's answer arrives.
    interaction.deferred = true;
    log.warn(fields, 'an interaction may have been acknowledged by an earlier attempt');
    return true;
  }
}

/** Shows the answer. Returns the message that it is in; undefined for none, or when nobody can be reached any more. */
export async function respond(
  interaction: Answerable,
  answer: Answer,
  log: Logger,
): Promise<string | undefined> {
  if (answer.at === 'elsewhere') return undefined;
  const { flags, components } = answer.card;
  const isBeside = answer.at === 'beside' && interaction.isMessageComponent();
  try {
    if (isBeside) {
      const sent = await interaction.followUp({ components, flags: flags | MessageFlags.Ephemeral });
      return sent.id;
    }
    // discord.js would make a message with all its parts of what comes back, and keep it; only the id is needed.
    const route = Routes.webhookMessage(interaction.applicationId, interaction.token);
    const body = { components, flags, allowed_mentions: { parse: [] } };
    const edited = (await interaction.client.rest.patch(route, { body, auth: false })) as {
      readonly id: string;
    };
    return edited.id;
  } catch (error) {
    if (!isOver(error)) throw error;
    log.warn({ err: error, interaction: interaction.id }, 'an answer came too late to be shown');
    return undefined;
  }
}

/** Answers while somebody types. Late suggestions are nobody's loss. */
export async function suggest(
  interaction: AutocompleteInteraction,
  choices: readonly Choice[],
  log: Logger,
): Promise<void> {
  try {
    await interaction.respond(choices);
  } catch (error) {
    if (!isOver(error) && codeOf(error) !== ALREADY_ACKNOWLEDGED) throw error;
    log.debug({ err: error }, 'suggestions came too late');
  }
}

function isOver(error: unknown): boolean {
  return Object.values(OVER).some((code) => code === codeOf(error));
}

/** Discord answered, with an error of HTTP. */
function hasStatus(error: unknown): boolean {
  return error instanceof Error && 'status' in error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
