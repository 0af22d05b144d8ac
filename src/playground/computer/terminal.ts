import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';

export interface TerminalOptions {
  /** Folder to start in. */
  readonly folder: string;
  /** All variables that the shell gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Written before the first prompt. */
  readonly greeting: string;
}

/** So much of what was written is kept, for pages that open later; characters. */
const KEPT = 200_000;
const SIZE = { cols: 80, rows: 24 } as const;

/** A shell in a pseudo-terminal. When it ends, another one takes its place. */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #listeners = new Set<(data: string) => void>();
  #shell: IPty;
  #written = '';
  #size: { cols: number; rows: number } = SIZE;
  #isClosed = false;

  constructor(options: TerminalOptions) {
    this.#options = options;
    this.#take(options.greeting.replaceAll('\n', '\r\n'));
    this.#shell = this.#start();
  }

  /** Process id of the shell. */
  get pid(): number {
    return this.#shell.pid;
  }

  /** What was written so far, with the terminal's control characters. */
  get written(): string {
    return this.#written;
  }

  /** What was written so far, as text. */
  get text(): string {
    return stripVTControlCharacters(this.#written).replaceAll('\r', '');
  }

  /** Types; a line ends with `\r`. */
  type(keys: string): void {
    this.#shell.write(keys);
  }

  resize(cols: number, rows: number): void {
    this.#size = { cols, rows };
    this.#shell.resize(cols, rows);
  }

  /** Calls `listener` with everything that is written from now on. Returns how to stop. */
  on(_event: 'data', listener: (data: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The first match of `pattern` in the text that is written after character `from` of `text`, now or later.
   * @throws after `deadlineMs`, showing the end of what was written
   */
  async waitFor(pattern: RegExp, { from = 0, deadlineMs = 60_000 } = {}): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
    const look = () => {
      const found = pattern.exec(this.text.slice(from));
      if (found !== null) resolve(found);
    };
    const stop = this.on('data', look);
    const late = () =>
      reject(
        new Error(`The terminal did not show ${pattern} in ${deadlineMs} ms:\n${this.text.slice(-2000)}`),
      );
    const timer = setTimeout(late, deadlineMs);
    try {
      look();
      return await promise;
    } finally {
      stop();
      clearTimeout(timer);
    }
  }

  /** Ends the shell and what runs in it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const ended = new Promise<void>((resolve) => this.#shell.onExit(() => resolve()));
    this.#shell.kill('SIGHUP');
    const force = setTimeout(() => this.#shell.kill('SIGKILL'), 2000);
    await ended;
    clearTimeout(force);
  }

  #start(): IPty {
    const { folder: cwd, env } = this.#options;
    const shell = spawn('bash', ['--norc', '--noprofile'], {
      name: 'xterm-256color',
      cwd,
      env,
      ...this.#size,
    });
    shell.onData((data) => this.#take(data));
    shell.onExit(() => {
      if (this.#isClosed) return;
      this.#take('\r\nThe shell has ended. Here is another one.\r\n');
      this.#shell = this.#start();
    });
    return shell;
  }

  #take(data: string): void {
    this.#written = (this.#written + data).slice(-KEPT);
    for (const listener of [...this.#listeners]) listener(data);
  }
}
