import { asStartedHere } from '../../shared/own-command.ts';
import { safeText } from '../../shared/safe-text.ts';

/** Text as it goes to a terminal: names of files and projects cannot move the cursor or colour it. */
export function asTyped(lines: readonly string[]): string {
  return lines.map((line) => asStartedHere(safeText(line, Number.POSITIVE_INFINITY))).join('\n');
}

/** Prints an answer for people; the exit code of having done so. */
export function print(lines: readonly string[]): number {
  process.stdout.write(`${asTyped(lines)}\n`);
  return 0;
}
