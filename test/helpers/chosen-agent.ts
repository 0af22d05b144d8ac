import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { spawn } from '@lydell/node-pty';
import type { TypedRun } from './typed-agent.ts';

const ENTRY = join(import.meta.dirname, '..', '..', 'src', 'agent.ts');

/** The terminal window is closed in the middle of a question. */
export const CLOSE = Symbol('close the terminal');
export const ENTER = '\r';
export const CTRL_C = '\u0003';
export const CTRL_D = '\u0004';

/** The option with this number. */
export function option(number: number): string {
  return `${number}\r`;
}

/** What is pressed at a question that has this text in it. */
export type Press = readonly [question: string, keys: string | typeof CLOSE];

/**
 * Runs the real program on a terminal of its own and presses keys at its questions, each when it has been drawn whole.
 * @throws where the program ended before all was pressed
 */
export function chooseInAgent(
  home: string,
  args: readonly string[],
  presses: readonly Press[],
  env: Readonly<Record<string, string>> = {},
  /** What is typed first, with Enter, at lines that ask for text. */
  typed: readonly (readonly [after: string, line: string])[] = [],
): Promise<TypedRun> {
  const terminal = spawn(process.execPath, [ENTRY, ...args], {
    cwd: home,
    cols: 250,
    rows: 60,
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
  });
  const waiting = [...presses];
  const lines = [...typed];
  let written = '';
  let from = 0;
  terminal.onData((data) => {
    written += data;
    const [line] = lines;
    if (line !== undefined) {
      if (!written.includes(line[0])) return;
      lines.shift();
      terminal.write(`${line[1]}\r`);
      return;
    }
    const [next] = waiting;
    if (next === undefined) return;
    const fresh = stripVTControlCharacters(written.slice(from));
    // A question that was answered is drawn once more, with a tick.
    const answered = from === 0 ? 0 : fresh.indexOf('✔');
    const asked = answered < 0 ? -1 : fresh.indexOf(next[0], answered);
    if (asked < 0 || !fresh.slice(asked).includes('⏎ select')) return;
    waiting.shift();
    from = written.length;
    if (next[1] === CLOSE) terminal.kill('SIGHUP');
    else terminal.write(next[1]);
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(({ exitCode, signal }) => {
      const screen = stripVTControlCharacters(written).replaceAll('\r', '');
      const [unasked] = waiting;
      if (unasked === undefined) resolve({ exit: signal ? -1 : exitCode, screen, raw: written });
      else reject(new Error(`"${unasked[0]}" was never asked:\n${screen}`));
    });
  });
}
