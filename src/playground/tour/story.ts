import type { APIMessage } from 'discord-api-types/v10';
import { messageText } from '../discord/driver/look.ts';
import type { UserDriver } from '../discord/driver/user-driver.ts';
import type { Playground } from '../start-playground.ts';

/** The owner at the page and at the computer, one chapter of the story a method. What does not happen in time throws. */
export class Story {
  readonly #playground: Playground;
  readonly #help: string;
  #thread: string | undefined;

  constructor(playground: Playground) {
    this.#playground = playground;
    this.#help = playground.discord.channelId('migration-help');
  }

  get owner(): UserDriver {
    return this.#playground.people.owner.driver;
  }

  /** Types at the computer; resolves to the first match of `shown` in what is written after it. */
  async type(line: string, shown: RegExp): Promise<RegExpExecArray> {
    const { terminal } = this.#playground.computer;
    const from = terminal.text.length;
    terminal.type(`${line}\r`);
    return await terminal.waitFor(shown, { from });
  }

  /** Links the computer from both sides. Returns the words that the terminal and Discord showed. */
  async link(): Promise<{ readonly terminal: string; readonly discord: string }> {
    await this.type('migration-agent pair', /Your Discord username[^\n]*/);
    const [, words = ''] = await this.type(this.owner.username, /The words: +(\w+ \w+ \w+)/);
    const question = await this.#askedAboutPairing();
    const isShown = messageText(question).includes(words);
    const { terminal } = this.#playground.computer;
    const from = terminal.text.length;
    await this.owner.press(question.id, 'The words are the same: link it');
    await terminal.waitFor(/Which may the bot look at\?[^\n]*/, { from });
    await this.type('1', /This computer is linked\./);
    return { terminal: words, discord: isShown ? words : '' };
  }

  /** The terminal may show the words before they have come to the bot. */
  async #askedAboutPairing(): Promise<APIMessage> {
    let { message } = await this.owner.slash(this.#help, '/machine pair');
    for (let more = 20; more > 0 && messageText(message).includes('Look again'); more--)
      ({ message } = await this.owner.press(message.id, 'Look again'));
    return message;
  }

  async connect(): Promise<void> {
    await this.type('migration-agent connect', /connected to the bot/i);
  }

  /** `/assess`; resolves to the card in the private thread, with what was found. */
  async assess(): Promise<APIMessage> {
    await this.owner.slash(this.#help, '/assess');
    this.#thread = await this.owner.until(
      () => this.owner.channels().find(({ isPrivate }) => isPrivate)?.id,
      {
        about: 'a private thread',
      },
    );
    return await this.card('Assessment of');
  }

  /** Presses Automated and approves the plan; resolves to the result. `seen` is told each state of the card. */
  async migrate(seen: (text: string) => void = () => undefined): Promise<APIMessage> {
    const assessed = await this.card('Automated migration');
    await this.owner.press(assessed.id, 'Automated migration');
    const plan = await this.card('Approve and migrate');
    seen(messageText(plan));
    const stop = this.owner.on('change', () => {
      const card = this.owner.messages(this.#inThread()).find(({ id }) => id === plan.id);
      if (card !== undefined) seen(messageText(card));
    });
    try {
      await this.owner.press(plan.id, 'Approve and migrate');
      return await this.card('Roll back: show what it would do');
    } finally {
      stop();
    }
  }

  /** `/rollback`: resolves to the preview. */
  async previewRollback(): Promise<APIMessage> {
    await this.owner.slash(this.#help, '/rollback');
    return await this.card('Roll back now');
  }

  async rollBack(): Promise<APIMessage> {
    const preview = await this.card('Roll back now');
    await this.owner.press(preview.id, 'Roll back now');
    return await this.card('everything is as before');
  }

  /** `/check`: resolves to its answer. */
  async check(): Promise<APIMessage> {
    const { message } = await this.owner.slash(this.#help, '/check');
    return message;
  }

  /** The live card, once it says this. */
  async card(words: string): Promise<APIMessage> {
    return await this.owner.waitFor(this.#inThread(), (message) => messageText(message).includes(words), {
      about: `a card with "${words}"`,
      deadlineMs: 60_000,
    });
  }

  #inThread(): string {
    if (this.#thread === undefined) throw new Error('The story has no thread yet.');
    return this.#thread;
  }
}
