import { createInterface } from 'node:readline/promises';
import { safeText } from '../../shared/safe-text.ts';

/** One line that is typed at the terminal, without white space around it; empty where the terminal was closed. */
export async function ask(question: string): Promise<string> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const closed = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    return (await Promise.race([prompt.question(`${safeText(question)} `), closed])).trim();
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return '';
    throw error;
  } finally {
    prompt.close();
  }
}
