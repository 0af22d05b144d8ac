import type { Secret } from '../../shared/secret.ts';
import type { Work } from './conversion.ts';

/** A variable of an env file that `sh` and python-dotenv may read differently. */
interface Reading {
  /** As in the ledger. */
  readonly item: string;
  readonly file: string;
  readonly line: number | undefined;
  /** What python-dotenv reads. */
  readonly value: Secret;
  /** What `sh` reads where that is something else; null where it sets no such variable. */
  readonly inShell?: Secret | null | undefined;
}

/**
 * The reading that counts: python-dotenv's, which the legacy project names as its reader, unless the person answered that
 * `sh` is right. `value` undefined: the variable is not set. The note is for the ledger.
 */
export function chooseReading(
  work: Work,
  { item, file, line, value, inShell }: Reading,
): { readonly value: Secret | undefined; readonly note?: string } {
  if (inShell === undefined) return { value };
  const option = work.decisions.ask({
    id: `reading:${item}`,
    question: `sh and python-dotenv read ${value.name} differently. Whose reading is right?`,
    options: [
      { id: 'dotenv', outcome: "Take python-dotenv's reading." },
      {
        id: 'sh',
        outcome: inShell === null ? 'Leave it out: sh sets no such variable.' : 'Take the reading of sh.',
      },
    ],
    safe: 'dotenv',
    file,
    line,
  });
  if (option !== 'sh') return { value, note: "python-dotenv's reading; sh has another" };
  return { value: inShell ?? undefined, note: 'the reading of sh, as you decided' };
}
