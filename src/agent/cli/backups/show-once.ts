import { askOrEnd } from '../ask.ts';

/** The terminal's other screen: what is shown there is gone with it, and never in the lines one can scroll back to. */
const OTHER_SCREEN = '\u001b[?1049h\u001b[H\u001b[2J';
const WIPE = '\u001b[H\u001b[2J';
const BACK = '\u001b[?1049l';

/** Shows lines until Enter, on a screen that is wiped and left. False where the person broke off. */
export async function showOnce(lines: readonly string[], question: string): Promise<boolean> {
  process.stdout.write(`${OTHER_SCREEN}${lines.join('\n')}\n`);
  try {
    return (await askOrEnd(question)) !== undefined;
  } finally {
    process.stdout.write(`${WIPE}${BACK}`);
  }
}
