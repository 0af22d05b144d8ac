/** What changed, for those who look at it: the page, and tests that wait. */
export type Change =
  | {
      readonly kind: 'message';
      readonly channelId: string;
      readonly messageId: string;
      /** The only user who can see the message; undefined when all in the channel can. */
      readonly audience: string | undefined;
    }
  | { readonly kind: 'channel'; readonly channelId: string }
  | { readonly kind: 'modal'; readonly userId: string }
  | { readonly kind: 'interaction'; readonly userId: string; readonly interactionId: string }
  | { readonly kind: 'commands' }
  | { readonly kind: 'members' };

/** Tells listeners at once, in the order of their arrival. */
export class Changes {
  readonly #listeners = new Set<(change: Change) => void>();

  /** Returns the function that ends it. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }
}
