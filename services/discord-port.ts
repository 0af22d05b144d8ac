import type { Card } from '../src/shared/card.ts';

/**
 * Why Discord did not do it. `gone`: message, thread or channel are no longer there; `forbidden`: the bot may not; `full`:
 * the server has no room for another thread; `failed`: anything else, a later try may succeed.
 */
export type PortFailure = 'gone' | 'forbidden' | 'full' | 'failed';

/** What the services do in channels. Nothing of it throws: delivery trouble never changes the result of a run. */
export interface DiscordPort {
  /** Servers that the bot is in. */
  guilds(): readonly string[];
  /** The text channel of that id or name; undefined when the bot does not see one. */
  channel(guild: string, idOrName: string): string | undefined;
  /** Sends a message; of two sends with the same `nonce` within minutes Discord keeps one. */
  send(channel: string, card: Card, nonce: string): Promise<{ readonly message: string } | PortFailure>;
  edit(channel: string, message: string, card: Card): Promise<'edited' | PortFailure>;
  /** A thread that only those see who are added (and moderators), and that nobody but moderators adds people to. */
  createPrivateThread(channel: string, name: string): Promise<{ readonly thread: string } | PortFailure>;
  addMember(thread: string, user: string): Promise<boolean>;
  archive(thread: string): Promise<boolean>;
}
