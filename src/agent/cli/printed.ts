import { safeText } from '../../shared/safe-text.ts';

/**
 * Text as it goes to a terminal: names of files and projects cannot move the cursor or colour it, and commands work as
 * they are printed (from a checkout the program is started through npm).
 */
export function asTyped(lines: readonly string[]): string {
  const inCheckout = process.argv[1]?.endsWith('.ts') === true;
  return lines
    .map((line) => safeText(line, Number.POSITIVE_INFINITY))
    .map((line) =>
      inCheckout ? line.replaceAll(/\bmigration-agent (?=[A-Za-z-])/g, 'npm run -s agent -- ') : line,
    )
    .join('\n');
}

/** Prints an answer for people; the exit code of having done so. */
export function print(lines: readonly string[]): number {
  process.stdout.write(`${asTyped(lines)}\n`);
  return 0;
}
