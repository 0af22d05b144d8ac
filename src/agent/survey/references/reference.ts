/** What a place is that names the clone. */
export type ReferenceKind =
  | 'cron'
  | 'systemd'
  | 'shell'
  | 'script'
  | 'docker'
  | 'ci'
  | 'editor'
  | 'git-hook'
  | 'link'
  | 'note';

/** Where an edit is written: a file by its real path, or the person's crontab through its program. */
export type Editable =
  | { readonly how: 'file'; readonly path: string }
  | { readonly how: 'crontab' }
  /** `why` completes "It is not edited here: …". */
  | { readonly how: 'never'; readonly why: string };

/** A text that may name the clone. */
export interface Place {
  readonly kind: ReferenceKind;
  /** Absolute path as people know it, or `crontab`. */
  readonly file: string;
  readonly bytes: Buffer;
  /** Folders that relative paths in it start from, the likeliest first. */
  readonly bases: readonly string[];
  readonly edit: Editable;
  /** How its lines become commands; `words`: nobody here knows, so its lines are never edited. */
  readonly rules: 'cron' | 'unit' | 'shell' | 'json' | 'words';
}

/** A range of a place's bytes and what stands there instead; one character of `text` is one byte. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface PreviewLine {
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/**
 * A line that names the clone.
 * - `patch`: it can be replaced, and `preview` shows how
 * - `needs-you`: nobody but the person knows what it should say
 * - `listed`: nothing runs it (a note, a comment)
 */
export interface Reference {
  /** The same in every look at an unchanged line, wherever it moved in its file. */
  readonly id: string;
  readonly kind: ReferenceKind;
  readonly file: string;
  /** From 1; undefined for a link. */
  readonly line: number | undefined;
  /** The line as it can be shown: without secrets, on one line. */
  readonly text: string;
  readonly state: 'patch' | 'needs-you' | 'listed';
  /** Why it is not a patch. */
  readonly reason?: string;
  /** What the person can do. */
  readonly suggestion?: string;
  readonly preview?: readonly PreviewLine[];
}

/** A reference with what only this machine needs: where its edits go. */
export interface FoundReference extends Reference {
  readonly place?: Place;
  readonly edits: readonly Edit[];
}

/** What could not be looked at, and how the person looks there. */
export interface BlindSpot {
  readonly what: string;
  readonly why: string;
  /** A command to type. */
  readonly run: string;
}

/** The bytes after the edits. @throws Error if two of them overlap */
export function withEdits(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start < at) throw new Error('two edits of one file overlap');
    parts.push(bytes.subarray(at, start), Buffer.from(text, 'latin1'));
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
