import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { Parts } from '../parts.ts';
import type { Change } from '../world/changes.ts';
import { messageText } from './look.ts';
import { concerns, visibleChannels, visibleMessages } from './sight.ts';
import { type ChannelView, type Snapshot, snapshotFor } from './snapshot.ts';
import { until, type WaitOptions } from './wait.ts';

/** What one person sees. */
export class UserView {
  readonly id: string;
  readonly username: string;
  readonly #parts: Parts;

  constructor(parts: Parts, id: string, username: string) {
    this.#parts = parts;
    this.id = id;
    this.username = username;
  }

  /** The modal that is open on this user's screen. */
  get modal(): APIModalInteractionResponseCallbackData | undefined {
    return this.#parts.modals.of(this.id)?.data;
  }

  /** Messages that this user sees in a channel, oldest first. */
  messages(channelId: string): APIMessage[] {
    return visibleMessages(this.#parts, this.id, channelId);
  }

  /** Channels, threads and direct messages that this user sees. */
  channels(): readonly ChannelView[] {
    return this.snapshot().channels;
  }

  snapshot(): Snapshot {
    return snapshotFor(this.#parts, this.id);
  }

  /** The first message of the channel, now or after any change, that this user sees and that fits. */
  waitFor(
    channelId: string,
    fits: (message: APIMessage) => boolean,
    given: WaitOptions = {},
  ): Promise<APIMessage> {
    const about = given.about ?? 'a message that fits';
    return this.until(() => this.messages(channelId).find(fits), { ...given, about }, channelId);
  }

  /** What `look` returns once it is not undefined, now or after any change. `channelId` is shown if it never is. */
  until<T>(look: () => T | undefined, given: WaitOptions = {}, channelId?: string): Promise<T> {
    const describe = () => {
      const shown = visibleChannels(this.#parts, this.id)
        .filter(({ id }) => channelId === undefined || id === channelId)
        .flatMap(({ id }) => this.messages(id).map(messageText));
      return `${this.username} sees: ${JSON.stringify(shown)}`;
    };
    return until(this.#parts.changes, look, describe, given);
  }

  /** Calls `listener` after every change that can make a difference to what this user sees. Returns how to stop. */
  on(_event: 'change', listener: (change: Change) => void): () => void {
    return this.#parts.changes.listen((change) => {
      if (concerns(this.#parts, this.id, change)) listener(change);
    });
  }
}
