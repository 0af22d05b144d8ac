import type { WebSocket } from 'ws';
import type { UserDriver } from '../discord/driver/user-driver.ts';
import type { Persona, PersonaKey } from '../people.ts';
import { act } from './act.ts';
import { Ask } from './asks.ts';
import type { Stage } from './stage.ts';
import type { Troubles } from './troubles.ts';

/** Changes that come together are shown together, milliseconds. */
const TOGETHER_MS = 20;

/** One open page: shows a persona's screen and the computer as they change, and does what is asked there. */
export class LiveConnection {
  readonly #client: WebSocket;
  readonly #stage: Stage;
  readonly #troubles: Troubles;
  readonly #endings: (() => void)[] = [];
  #persona: Persona;
  #stopWatching: () => void = () => undefined;
  #planned: NodeJS.Timeout | undefined;

  constructor(client: WebSocket, stage: Stage, troubles: Troubles) {
    this.#client = client;
    this.#stage = stage;
    this.#troubles = troubles;
    this.#persona = stage.people.owner;
  }

  open(): void {
    const { people, computer, bot } = this.#stage;
    this.#client.on('message', (data) => void this.#take(data.toString()));
    this.#client.on('close', () => this.#close());
    this.#tell('hello', {
      personas: Object.values(people).map(({ key, displayName, about }) => ({ key, displayName, about })),
      troubles: this.#troubles.list,
      hasComputer: computer !== undefined,
      terminal: computer?.terminal.written ?? '',
      bot: bot?.state ?? 'ready',
    });
    if (bot !== undefined) this.#endings.push(bot.on('change', (state) => this.#tell('bot', { state })));
    if (computer !== undefined) this.#showComputer(computer);
    this.#be('owner');
  }

  #showComputer({ terminal, clone, target }: NonNullable<Stage['computer']>): void {
    this.#endings.push(terminal.on('data', (data) => this.#tell('terminal', { data })));
    for (const [name, watch] of Object.entries({ clone, target })) {
      const show = (tree: object) => this.#tell('tree', { name, tree });
      void watch.now().then(show);
      this.#endings.push(watch.on('change', show));
    }
  }

  #be(key: PersonaKey): void {
    this.#persona = this.#stage.people[key];
    this.#stopWatching();
    this.#stopWatching = this.#driver.on('change', () => this.#planScreen());
    this.#planScreen();
  }

  get #driver(): UserDriver {
    return this.#persona.driver;
  }

  #planScreen(): void {
    this.#planned ??= setTimeout(() => {
      this.#planned = undefined;
      const { discord } = this.#stage;
      const screen = JSON.stringify(discord.snapshotFor(this.#driver));
      // Files are fetched through the page's own port.
      this.#send(
        `{"tell":"screen","persona":"${this.#persona.key}","screen":${screen.replaceAll(discord.cdn, '/cdn')}}`,
      );
    }, TOGETHER_MS);
  }

  async #take(text: string): Promise<void> {
    const read = Ask.safeParse(parse(text));
    if (!read.success) return this.#client.close(1008, 'this is nothing that the page asks');
    const ask = read.data;
    const id = 'id' in ask ? ask.id : undefined;
    try {
      this.#tell('reply', { id, ...(await this.#do(ask)) });
    } catch (error) {
      this.#tell('reply', { id, refused: error instanceof Error ? error.message : String(error) });
    }
  }

  async #do(ask: Ask): Promise<object> {
    switch (ask.ask) {
      case 'be':
        this.#be(ask.persona);
        return {};
      case 'type':
        this.#stage.computer?.terminal.type(ask.keys);
        return {};
      case 'resize':
        this.#stage.computer?.terminal.resize(ask.cols, ask.rows);
        return {};
      case 'trouble':
        return { happened: await this.#troubles.set(ask.name, ask.on), troubles: this.#troubles.list };
      default:
        return { choices: await act(this.#driver, ask) };
    }
  }

  #tell(tell: string, more: object): void {
    this.#send(JSON.stringify({ tell, ...more }));
  }

  #send(text: string): void {
    if (this.#client.readyState === this.#client.OPEN) this.#client.send(text);
  }

  #close(): void {
    clearTimeout(this.#planned);
    this.#stopWatching();
    for (const end of this.#endings) end();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
