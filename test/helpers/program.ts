import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');
const PTY = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** The real agent, started and not waited for: what it says is awaited, and lines are typed to it. */
export class Program {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  output = '';
  #watchers: (() => void)[] = [];

  private constructor(
    home: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ) {
    this.child = spawn(command, args, {
      cwd: home,
      env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', USER: 'ada', ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (data: Buffer) => {
        this.output += data.toString('utf8');
        this.#wake();
      });
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    void this.ended.then(() => this.#wake());
  }

  static start(home: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    return new Program(home, process.execPath, [ENTRY, ...args], env);
  }

  /** On a terminal of its own. */
  static onTerminal(
    home: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Program {
    return new Program(home, '/usr/bin/python3', ['-c', PTY, process.execPath, ENTRY, ...args], env);
  }

  /** @throws when it ended without having said so */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`it ended without "${text}":\n${this.output}`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  type(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const look of watchers) look();
  }
}
