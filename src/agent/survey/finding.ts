/** Something noticed about the installation. `decision` means: it needs an answer before anything is written. */
export interface Finding {
  readonly code: string;
  readonly level: 'info' | 'warning' | 'decision' | 'error';
  /** One sentence without any value that could be a secret. */
  readonly message: string;
  /** Path relative to the clone, else absolute. */
  readonly file?: string | undefined;
  /** Counted from 1. */
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** What the person can do about it. */
  readonly fix?: string | undefined;
}

/** `file:line:column`, as far as known, for a sentence or an editor. */
export function placeOf(finding: Pick<Finding, 'file' | 'line' | 'column'>): string {
  return [finding.file, finding.line, finding.column].filter((part) => part !== undefined).join(':');
}
