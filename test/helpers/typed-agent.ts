import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';

const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');

export interface TypedRun {
  /** -1 where a signal ended it. */
  readonly exit: number;
  /** All that the terminal showed, as text. */
  readonly screen: string;
  /** The same with what moves the cursor. */
  readonly raw: string;
}

/** What is typed when the text before it is shown; it may follow from what the terminal has shown until then. */
type Typed = readonly [after: string, typed: string | ((screen: string) => string)];

/**
 * Runs the real program on a terminal of its own. Each answer is typed, with Enter, when the text before it has been
 * shown for the first time after the answer before; a function is called then, and gives it.
 */
export function typeToAgent(
  home: string,
  args: readonly string[],
  answers: readonly Typed[],
  env: Readonly<Record<string, string>> = {},
): Promise<TypedRun> {
  return typeTo(home, process.execPath, [ENTRY, ...args], answers, env);
}

/** The same for any program. */
export function typeTo(
  home: string,
  program: string,
  args: readonly string[],
  answers: readonly Typed[],
  env: Readonly<Record<string, string>> = {},
): Promise<TypedRun> {
  const terminal = spawn(program, [...args], {
    cwd: home,
    cols: 200,
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
  });
  const waiting = [...answers];
  let written = '';
  let from = 0;
  terminal.onData((data) => {
    written += data;
    const [next] = waiting;
    if (next === undefined || !written.slice(from).includes(next[0])) return;
    waiting.shift();
    from = written.length;
    const typed = typeof next[1] === 'string' ? next[1] : next[1](asText(written));
    terminal.write(`${typed}\r`);
  });
  return new Promise((resolve) => {
    terminal.onExit(({ exitCode, signal }) =>
      resolve({ exit: signal ? -1 : exitCode, screen: asText(written), raw: written }),
    );
  });
}

function asText(written: string): string {
  return stripVTControlCharacters(written).replaceAll('\r', '');
}
