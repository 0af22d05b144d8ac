import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { safeText } from '../../shared/safe-text.ts';
import { Secret } from '../../shared/secret.ts';

/** One line that is typed at the terminal and not shown; undefined where nothing was typed or the terminal was closed. */
export async function askHidden(question: string, name: string): Promise<Secret | undefined> {
  // With a terminal of its own and nowhere to write to, the line editor echoes nothing. It takes the terminal over before
  // the question is shown: what is typed at once would otherwise be echoed by the terminal itself.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  process.stdout.write(`${safeText(question)} `);
  try {
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    const interrupted = new Promise<never>((_, reject) =>
      prompt.once('SIGINT', () => reject(Object.assign(new Error('interrupted'), { name: 'AbortError' }))),
    );
    const typed = await Promise.race([prompt.question(''), closed, interrupted]);
    return typed === '' ? undefined : new Secret(name, typed);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined;
    throw error;
  } finally {
    prompt.close();
    process.stdout.write('\n');
  }
}
