import { createInterface } from 'node:readline/promises';
import { safeText } from '../../shared/safe-text.ts';

/** One line that is typed at the terminal, without white space around it; empty where the terminal was closed. */
export async function ask(question: string): Promise<string> {
  return (await askOrEnd(question)) ?? '';
}

/** The same; undefined where the terminal was closed or the question was broken off, which no bare Enter is. */
export async function askOrEnd(question: string, signal?: AbortSignal): Promise<string | undefined> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<undefined>((resolve) => prompt.once('close', () => resolve(undefined)));
    return (await Promise.race([prompt.question(`${safeText(question)} `, { signal }), closed]))?.trim();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined;
    throw error;
  } finally {
    prompt.close();
  }
}
