import { safeText } from '../../../shared/safe-text.ts';

export interface Option<Value> {
  readonly value: Value;
  /** What happens, in a few words. */
  readonly name: string;
  /** What that means; shown while the option is the marked one. */
  readonly about?: string | undefined;
}

export interface Question<Value> {
  readonly text: string;
  readonly options: readonly Option<Value>[];
  /** What Enter takes; the first option where it is left out. */
  readonly enter?: Value | undefined;
}

/** Asks a person to choose one. @throws Left */
export type Choose = <Value>(question: Question<Value>) => Promise<Value>;

/** A question was left without an answer: Ctrl-C, Ctrl-D, a terminal that was closed, or a program that was told to stop. */
export class Left extends Error {
  constructor() {
    super('left without an answer');
    this.name = 'Left';
  }
}

const ROWS = 12;

/**
 * Questions at the terminal, answered with the arrow keys or a number. The library is loaded only now. `stopAsked`: true
 * once the program was told to stop while nothing was asked; then the next question is left.
 */
export async function terminalPrompts(stopAsked: () => boolean): Promise<Choose> {
  const { default: select } = await import('@inquirer/select');
  return async <Value>({ text, options, enter }: Question<Value>): Promise<Value> => {
    if (stopAsked()) throw new Left();
    const leaving = new AbortController();
    const end = watchEnd(() => leaving.abort());
    try {
      const chosen = await select<number>(
        {
          message: safeText(text, 1000),
          choices: options.map(({ name, about }, index) => ({
            value: index,
            name: safeText(name, 400),
            ...(about === undefined ? {} : { description: safeText(about, 600) }),
          })),
          default: Math.max(
            0,
            options.findIndex(({ value }) => value === enter),
          ),
          pageSize: ROWS,
          loop: false,
          theme: { indexMode: 'number' },
        },
        { signal: leaving.signal },
      );
      return (options[chosen] as Option<Value>).value;
    } catch (error) {
      if (error instanceof Error && /^(Exit|Abort|Cancel)PromptError$/.test(error.name)) throw new Left();
      throw error;
    } finally {
      end();
    }
  };
}

/** What the library does not see: the end of the input, and a request to stop. Returns what ends the watch. */
function watchEnd(onEnd: () => void): () => void {
  const { stdin } = process;
  const onKey = (_: unknown, key: { readonly ctrl?: boolean; readonly name?: string } | undefined) => {
    if (key?.ctrl === true && key.name === 'd') onEnd();
  };
  stdin.on('keypress', onKey);
  stdin.once('end', onEnd);
  process.once('SIGTERM', onEnd);
  return () => {
    stdin.off('keypress', onKey);
    stdin.off('end', onEnd);
    process.off('SIGTERM', onEnd);
  };
}
