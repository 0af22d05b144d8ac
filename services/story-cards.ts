import { snowflakeTime } from '../src/protocol/actor.ts';
import type { Card } from '../src/shared/card.ts';
import type { Clock } from '../src/shared/clock.ts';
import type { Logger } from '../src/shared/logger.ts';
import type { DiscordPort } from './discord-port.ts';
import { LiveMessage } from './live-message.ts';
import type { Owner } from './services.ts';
import type { Story } from './store/records/stories.ts';

export interface StoryCardsOptions {
  readonly port: DiscordPort;
  readonly threadsChannel: string;
  readonly clock: Clock;
  readonly log: Logger;
}

type Placed = Pick<Story, 'id' | 'channel' | 'card'>;

/** Where the cards of stories are, and one editor for each. */
export class StoryCards {
  readonly #options: StoryCardsOptions;
  readonly #live = new Map<string, LiveMessage>();

  constructor(options: StoryCardsOptions) {
    this.#options = options;
  }

  /** A private thread with this person in it; undefined where none can be made, which is not an error. */
  async makeThread({ guild, user }: Owner, story: string): Promise<string | undefined> {
    const { port, threadsChannel, log } = this.#options;
    const channel = port.channel(guild, threadsChannel);
    if (channel === undefined) {
      log.warn({ guild, channel: threadsChannel }, 'the channel for threads is not there');
      return undefined;
    }
    // Nothing in the name: lists of threads are read by moderators.
    const made = await port.createPrivateThread(
      channel,
      `migration ${story.replace(/[-_]/g, '').slice(0, 5)}`,
    );
    if (typeof made === 'string') {
      log.warn({ guild, why: made }, 'no thread could be made');
      return undefined;
    }
    if (await port.addMember(made.thread, user)) return made.thread;
    log.warn({ guild }, 'nobody could be added to a thread');
    await port.archive(made.thread);
    return undefined;
  }

  /** Posts the card; returns the message, undefined if it could not be sent. */
  async post(thread: string, card: Card, story: string): Promise<string | undefined> {
    const { port, log } = this.#options;
    const sent = await port.send(thread, card, story);
    if (typeof sent !== 'string') return sent.message;
    log.warn({ story, why: sent }, 'a card could not be posted');
    return undefined;
  }

  /** Takes note of how a card was posted. */
  known(story: Placed, card: Card): void {
    this.#editor(story, card);
  }

  /** Redraws the card of a story in its thread, if it has one: a new step at once, figures at their pace. */
  draw(story: Placed, card: Card, isTurn: boolean): void {
    const editor = this.#live.get(story.id) ?? this.#editor(story);
    if (editor === undefined) return;
    if (isTurn) void editor.finish(card);
    else editor.show(card);
  }

  close(): void {
    for (const editor of this.#live.values()) editor.close();
    this.#live.clear();
  }

  #editor({ id, channel, card: message }: Placed, shown?: Card): LiveMessage | undefined {
    if (channel === null || message === null) return undefined;
    const { port, clock, log } = this.#options;
    const editor = new LiveMessage(
      {
        port,
        channel,
        message,
        sentAt: snowflakeTime(message),
        clock,
        alive: () => this.#live.size,
        onLost: (why) => {
          // The work goes on; `/status` tells the story.
          log.warn({ story: id, why }, 'a card can no longer be redrawn');
          this.#live.delete(id);
        },
      },
      shown,
    );
    this.#live.set(id, editor);
    return editor;
  }
}
