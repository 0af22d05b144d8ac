import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type IPty, spawn } from '@lydell/node-pty';
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

/** What is pressed at a question that has this text in it, after something was done. */
export type Press = readonly [question: string, keys: string | typeof CLOSE, first?: () => void];

/** What is typed, with Enter, after a text that is no question with options; it may follow from what was shown. */
export interface Line {
  readonly after: string;
  readonly line: string | ((screen: string) => string);
}

/**
 * Runs the real program on a terminal of its own and presses keys at its questions, each when it has been drawn whole.
 * @throws where the program ended before all was pressed
 */
export function chooseInAgent(
  home: string,
  args: readonly string[],
  steps: readonly (Press | Line)[],
  env: Readonly<Record<string, string>> = {},
): Promise<TypedRun> {
  const terminal = spawn(process.execPath, [ENTRY, ...args], {
    cwd: home,
    cols: 250,
    rows: 60,
    env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
  });
  const waiting = [...steps];
  let written = '';
  let from = 0;
  let wasPress = false;
  terminal.onData((data) => {
    written += data;
    const [next] = waiting;
    if (next === undefined) return;
    const fresh = asText(written.slice(from));
    if (!isAsked(next, fresh, wasPress)) return;
    waiting.shift();
    from = written.length;
    wasPress = !('line' in next);
    if (!('line' in next)) next[2]?.();
    if ('line' in next)
      terminal.write(`${typeof next.line === 'string' ? next.line : next.line(asText(written))}\r`);
    else if (next[1] === CLOSE) closeWindow(terminal);
    else terminal.write(next[1]);
  });
  return new Promise((resolve, reject) => {
    terminal.onExit(({ exitCode, signal }) => {
      const screen = asText(written);
      const [unasked] = waiting;
      if (unasked === undefined) resolve({ exit: signal ? -1 : exitCode, screen, raw: written });
      else
        reject(new Error(`"${'line' in unasked ? unasked.after : unasked[0]}" was never asked:\n${screen}`));
    });
  });
}

/** As a window is closed: the system hangs up, and nobody sends a signal of his own. */
function closeWindow(terminal: IPty): void {
  Object.assign(terminal, { kill: () => {} });
  (terminal as unknown as { destroy(): void }).destroy();
}

/** A question that was answered is drawn once more, with a tick: only what comes after it is the next one. */
function isAsked(next: Press | Line, fresh: string, wasPress: boolean): boolean {
  const answered = wasPress ? fresh.indexOf('✔') : 0;
  if (answered < 0) return false;
  if ('line' in next) return fresh.includes(next.after, answered);
  const asked = fresh.indexOf(next[0], answered);
  return asked >= 0 && fresh.includes('⏎ select', asked);
}

function asText(written: string): string {
  return stripVTControlCharacters(written).replaceAll('\r', '');
}
