import type { APIMessage, APIModalInteractionResponseCallbackData } from 'discord-api-types/v10';
import type { FirstAnswer } from '../world/interactions.ts';

/** What a person saw first after they did something. */
export class Answer {
  readonly interactionId: string;
  readonly #answer: FirstAnswer;

  constructor(interactionId: string, answer: FirstAnswer) {
    this.interactionId = interactionId;
    this.#answer = answer;
  }

  get kind(): FirstAnswer['kind'] {
    return this.#answer.kind;
  }

  /** @throws when the answer is something else */
  get message(): APIMessage {
    if (this.#answer.kind === 'message') return this.#answer.message;
    throw new Error(`The answer is not a message: ${JSON.stringify(this.#answer)}`);
  }

  /** @throws when the answer is something else */
  get modal(): APIModalInteractionResponseCallbackData {
    if (this.#answer.kind === 'modal') return this.#answer.modal;
    throw new Error(`The answer is not a modal: ${JSON.stringify(this.#answer)}`);
  }
}
