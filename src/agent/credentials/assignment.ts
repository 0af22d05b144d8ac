/** A variable that a file sets for programs, as text: nothing was run to find it. */
export interface Assignment {
  readonly name: string;
  /** Undefined where only running the file would tell, or where it is no UTF-8. */
  readonly value: string | undefined;
  /** From 1. */
  readonly line: number;
}

/** Start-up files, units and their like are short; what is longer is none. */
export const LONGEST_FILE = 1 << 20;

/** The last definition of each name, in the order of their first. */
export function lastAssignments(assignments: readonly Assignment[]): Assignment[] {
  const last = new Map<string, Assignment>();
  for (const assignment of assignments) last.set(assignment.name, assignment);
  return [...last.values()];
}

/** Text of one character for each byte, as UTF-8; undefined where it is none. */
export function utf8Of(latin1: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Counts the lines of a text up to places that only grow. */
export class LineCounter {
  readonly #text: string;
  #line = 1;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  lineAt(position: number): number {
    for (let next = this.#text.indexOf('\n', this.#at); next !== -1 && next < position; ) {
      this.#line += 1;
      this.#at = next + 1;
      next = this.#text.indexOf('\n', this.#at);
    }
    return this.#line;
  }
}
