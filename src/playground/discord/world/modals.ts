import type { APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { Changes } from './changes.ts';
import type { Interaction } from './interactions.ts';

export interface OpenModal {
  /** The interaction that it answers. */
  readonly opener: Interaction;
  /** Its components are numbered. */
  readonly data: APIModalInteractionResponseCallbackData;
}

/** The one modal that each user may have open. Opening another replaces it, as in the client. */
export class Modals {
  readonly #open = new Map<string, OpenModal>();
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  open(opener: Interaction, data: APIModalInteractionResponseCallbackData): void {
    this.#open.set(opener.userId, { opener, data });
    this.#changes.tell({ kind: 'modal', userId: opener.userId });
  }

  of(userId: string): OpenModal | undefined {
    return this.#open.get(userId);
  }

  close(userId: string): void {
    if (this.#open.delete(userId)) this.#changes.tell({ kind: 'modal', userId });
  }
}
