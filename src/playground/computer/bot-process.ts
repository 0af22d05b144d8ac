import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CHECKOUT } from './agent-command.ts';

export type BotState = 'starting' | 'ready' | 'ended';

export interface BotProcessOptions {
  readonly env: Readonly<Record<string, string>>;
  /** File that its log is added to. */
  readonly log: string;
  /** What Node is given; the bot of this checkout, as `npm run bot` starts it, when left out. */
  readonly args?: readonly string[];
}

/** What the bot logs when it is logged in and listens. */
const READY = 'the bot is ready';
const STOP_MS = 8000;
/** Garbage is collected in short pauses, since people wait while it is. */
const BOT = [
  '--disable-warning=ExperimentalWarning',
  '--max-semi-space-size=32',
  join(CHECKOUT, 'src/bot.ts'),
] as const;

/** The real bot in a process of its own. */
export class BotProcess {
  readonly #options: BotProcessOptions;
  readonly #listeners = new Set<(state: BotState) => void>();
  readonly #log: WriteStream;
  #child: ChildProcess | undefined;
  #state: BotState = 'ended';
  #tail: string[] = [];

  constructor(options: BotProcessOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.log, { flags: 'a', mode: 0o600 });
  }

  get state(): BotState {
    return this.#state;
  }

  /** Calls `listener` whenever the state changes. Returns how to stop. */
  on(_event: 'change', listener: (state: BotState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Fulfilled when the bot is ready.
   * @throws with the end of its log, when it ends before
   */
  async start(): Promise<void> {
    const { env, args = BOT } = this.#options;
    const child = spawn(process.execPath, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#tail = [];
    this.#become('starting');
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#keep(line);
        if (!line.includes(READY) || this.#child !== child) return;
        this.#become('ready');
        resolve();
      });
    }
    child.once('close', (code, signal) => {
      if (this.#child === child) this.#become('ended');
      reject(
        new Error(`The bot has ended (${signal ?? code}). The end of its log:\n${this.#tail.join('\n')}`),
      );
    });
    child.once('error', reject);
    await promise;
  }

  /** Asks it to stop, as a system does; ends it when it takes too long. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(force);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async close(): Promise<void> {
    await this.stop();
    this.#log.end();
    await once(this.#log, 'close');
  }

  #keep(line: string): void {
    this.#log.write(`${line}\n`);
    this.#tail = [...this.#tail.slice(-19), line];
  }

  #become(state: BotState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
