import { randomBytes } from 'node:crypto';
import {
  type APIMessage,
  type APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  type InteractionType,
  MessageFlags,
} from 'discord-api-types/v10';
import type { Clock } from '../clock.ts';
import type { Snowflakes } from '../snowflakes.ts';
import type { Changes } from './changes.ts';
import type { StoredMessage } from './messages.ts';

/** Discord waits so long for the first answer, then forgets the token (page "Receiving and responding"). */
export const ACKNOWLEDGE_MS = 3000;
/** So long after the event an answered token can be used. */
export const TOKEN_MS = 15 * 60 * 1000;

/** What a person sees first of what the bot answers. */
export type FirstAnswer =
  | { readonly kind: 'message'; readonly message: APIMessage }
  | { readonly kind: 'modal'; readonly modal: APIModalInteractionResponseCallbackData }
  | { readonly kind: 'choices'; readonly choices: readonly Choice[] }
  | { readonly kind: 'deleted' };

export interface Choice {
  readonly name: string;
  readonly value: string | number;
}

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly userId: string;
  readonly channelId: string;
  /** In words, for error messages: `/assess`, `button v1:plan:3`. */
  readonly about: string;
  /** The message whose component was used, or whose component opened the modal. */
  readonly sourceId: string | undefined;
  /** How the bot's answers say what they answer (`interaction_metadata`). */
  readonly metadata: object;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  state: 'waiting' | 'acknowledged' | 'expired';
  acknowledgedAt: number | undefined;
  /** Type of the acknowledgement. */
  answeredWith: InteractionResponseType | undefined;
  /** What `@original` means. */
  originalId: string | undefined;
}

/** Fulfilled with what the person sees; rejected when the bot does not acknowledge in time. */
interface Waiter {
  readonly resolve: (answer: FirstAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** What people did, and whether and how the bot answered. */
export class Interactions {
  readonly #clock: Clock;
  readonly #snowflakes: Snowflakes;
  readonly #changes: Changes;
  readonly #byId = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();
  readonly #waiters = new Map<string, Waiter>();
  readonly #timers = new Map<string, () => void>();

  constructor(clock: Clock, snowflakes: Snowflakes, changes: Changes) {
    this.#clock = clock;
    this.#snowflakes = snowflakes;
    this.#changes = changes;
  }

  /** All of them, oldest first. */
  get all(): Interaction[] {
    return [...this.#byId.values()];
  }

  open(
    about: Pick<Interaction, 'type' | 'userId' | 'channelId' | 'about' | 'sourceId'>,
    metadata: (id: string) => object,
  ): { interaction: Interaction; answer: Promise<FirstAnswer> } {
    const id = this.#snowflakes.next();
    const interaction: Interaction = {
      ...about,
      id,
      token: randomBytes(48).toString('base64url'),
      metadata: metadata(id),
      createdAt: this.#clock.now(),
      state: 'waiting',
      acknowledgedAt: undefined,
      answeredWith: undefined,
      originalId: undefined,
    };
    this.#byId.set(id, interaction);
    this.#byToken.set(interaction.token, interaction);
    const { promise, resolve, reject } = Promise.withResolvers<FirstAnswer>();
    promise.catch(() => undefined); // Who asked is told by the promise itself; nobody may be waiting for it.
    this.#waiters.set(id, { resolve, reject });
    this.#timers.set(
      id,
      this.#clock.after(ACKNOWLEDGE_MS, () => this.#expire(interaction)),
    );
    return { interaction, answer: promise };
  }

  find(id: string): Interaction | undefined {
    return this.#byId.get(id);
  }

  byToken(token: string): Interaction | undefined {
    return this.#byToken.get(token);
  }

  /** True when 3 seconds have passed without an answer, even if the timer has not come round to it. */
  isLate({ state, createdAt }: Interaction): boolean {
    return state === 'expired' || (state === 'waiting' && this.#clock.now() - createdAt >= ACKNOWLEDGE_MS);
  }

  isTokenExpired({ createdAt }: Interaction): boolean {
    return this.#clock.now() - createdAt >= TOKEN_MS;
  }

  acknowledge(interaction: Interaction, type: InteractionResponseType, originalId?: string): void {
    interaction.state = 'acknowledged';
    interaction.acknowledgedAt = this.#clock.now();
    interaction.answeredWith = type;
    interaction.originalId = originalId;
    this.#timers.get(interaction.id)?.();
    this.#timers.delete(interaction.id);
    this.#tell(interaction);
  }

  /** A person now sees this: the first such thing is the answer, unless the interaction was given up. */
  show(interaction: Interaction, answer: FirstAnswer): void {
    this.#waiters.get(interaction.id)?.resolve(answer);
    this.#waiters.delete(interaction.id);
  }

  /** Called for every message that appears or changes: it may be the answer that somebody waits for. */
  messageShown(message: StoredMessage): void {
    if (((message.json.flags ?? 0) & MessageFlags.Loading) !== 0) return;
    for (const interaction of this.#answeredBy(message)) {
      this.show(interaction, { kind: 'message', message: message.json });
    }
  }

  messageRemoved(message: StoredMessage): void {
    for (const interaction of this.#answeredBy(message)) {
      const isUpdate = interaction.answeredWith === InteractionResponseType.DeferredMessageUpdate;
      if (isUpdate) this.show(interaction, { kind: 'deleted' });
    }
  }

  /** Those that nobody answered, in words. */
  unanswered(): string[] {
    return this.all
      .filter(({ state }) => state !== 'acknowledged')
      .map(
        ({ about, id, state }) =>
          `${about} (interaction ${id}, ${state === 'waiting' ? 'still open' : 'too late'})`,
      );
  }

  /** Ends all timers; who still waits is told. */
  close(): void {
    for (const cancel of this.#timers.values()) cancel();
    for (const { reject } of this.#waiters.values()) reject(new Error('The playground was closed.'));
    this.#timers.clear();
    this.#waiters.clear();
  }

  #answeredBy(message: StoredMessage): Interaction[] {
    return [...this.#waiters.keys()]
      .flatMap((id) => this.find(id) ?? [])
      .filter(({ state }) => state === 'acknowledged')
      .filter(({ id, originalId }) => message.interactionId === id || originalId === message.id);
  }

  #expire(interaction: Interaction): void {
    if (interaction.state !== 'waiting') return;
    interaction.state = 'expired';
    const text = `The application did not respond: ${interaction.about} was not acknowledged within 3 seconds.`;
    this.#waiters.get(interaction.id)?.reject(new Error(text));
    this.#waiters.delete(interaction.id);
    this.#tell(interaction);
  }

  #tell({ userId, id }: Interaction): void {
    this.#changes.tell({ kind: 'interaction', userId, interactionId: id });
  }
}

/** True for what comes from a message: a component, or a modal that a component opened. */
export function isFromMessage({ sourceId }: Interaction): boolean {
  return sourceId !== undefined;
}
