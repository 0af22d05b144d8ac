import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../shared/errors.ts';
import { removeTree } from '../files.ts';
import type { System } from '../system.ts';
import { inWords, isSystemError } from './in-words.ts';
import type { Phase } from './phases.ts';

/**
 * A run's memory. Rules:
 * - A line is added, and its bytes are on the disk, before what it announces is done.
 * - Each line ends with a checksum. A torn last line is what a crash leaves behind: it is cut off. A damaged line before
 *   the last is damage, and stops everything.
 * - A record that could not be written whole is cut off before the next one, so that nothing is ever added to a part.
 * - The state of a run is this file, never a guess from what lies around.
 */
export type JournalRecord =
  | { readonly type: 'begin' | 'resume' | 'undo' }
  | { readonly type: 'intent' | 'done' | 'undone'; readonly step: string; readonly data?: Json }
  /** The run waits for a person to say go on. */
  | { readonly type: 'pause'; readonly after: Phase }
  | { readonly type: 'failed'; readonly step: string; readonly code: string; readonly reason: string }
  | { readonly type: 'end'; readonly outcome: RunOutcome };

export type RunOutcome =
  | 'complete'
  | 'not-yet-usable'
  | 'nothing-to-do'
  | 'undone'
  | 'rolled-back'
  | 'failed';

export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

export type Entry = JournalRecord & {
  /** Counted from 1 without gaps. */
  readonly n: number;
  /** ISO 8601. */
  readonly at: string;
};

export const JOURNAL_FILE = 'journal.ndjson';

export class Journal {
  readonly #system: System;
  readonly #fd: number;
  readonly #entries: Entry[];
  /** Bytes of all records that are known to be on the disk. */
  #size: number;
  #mayBeTorn = false;

  private constructor(system: System, fd: number, entries: Entry[], size: number) {
    this.#system = system;
    this.#fd = fd;
    this.#entries = entries;
    this.#size = size;
  }

  /**
   * Opens the journal of a run's folder, made if missing. A torn last line is cut off first.
   * @throws JOURNAL_DAMAGED naming the record.
   */
  static open(system: System, folder: string, run: string): Journal {
    const path = join(folder, JOURNAL_FILE);
    const fd = system.openAppend(path, 0o600);
    try {
      const bytes = system.readFile(path, MAX_BYTES);
      const { entries, good } = parseJournal(bytes, run);
      if (good < bytes.length) {
        system.truncate(fd, good);
        system.syncData(fd);
      }
      system.syncFolder(folder);
      return new Journal(system, fd, entries, good);
    } catch (error) {
      system.close(fd);
      throw error;
    }
  }

  /** Opens the journal of a run that was just made. Where that fails, its folder goes: it has done nothing. */
  static openNew(system: System, folder: string, run: string): Journal {
    try {
      return Journal.open(system, folder, run);
    } catch (error) {
      inWords(error, folder);
      removeTree(system, folder);
      throw error;
    }
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Adds a record; its bytes are on the disk when this returns. */
  add(record: JournalRecord): void {
    const entry: Entry = { n: this.#entries.length + 1, at: this.#system.now().toISOString(), ...record };
    const bytes = Buffer.from(encodeEntry(entry));
    if (this.#mayBeTorn) this.#cutBack();
    this.#mayBeTorn = true;
    try {
      this.#system.write(this.#fd, bytes, null);
      this.#system.syncData(this.#fd);
    } catch (error) {
      if (isSystemError(error)) this.#tryCutBack();
      throw error;
    }
    this.#mayBeTorn = false;
    this.#size += bytes.length;
    this.#entries.push(entry);
  }

  close(): void {
    this.#system.close(this.#fd);
  }

  #cutBack(): void {
    this.#system.truncate(this.#fd, this.#size);
    this.#mayBeTorn = false;
  }

  /** What is said of a failed run must be what its journal says; where this fails, too, `add` tries it again. */
  #tryCutBack(): void {
    try {
      this.#cutBack();
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }
}

const MAX_BYTES = 64 << 20;

/** What a step left in the journal when it was done last; undefined if it never was. */
export function evidenceOf(entries: readonly Entry[], step: string): Json | undefined {
  for (const entry of [...entries].reverse()) {
    if (entry.type === 'done' && entry.step === step) return entry.data ?? null;
  }
  return undefined;
}

/** Entries of a journal that is only looked at. @throws JOURNAL_DAMAGED */
export function readJournal(
  system: Pick<System, 'readFile' | 'lstat'>,
  folder: string,
  run: string,
): readonly Entry[] {
  const path = join(folder, JOURNAL_FILE);
  if (system.lstat(path) === undefined) return [];
  return parseJournal(system.readFile(path, MAX_BYTES), run).entries;
}

export function encodeEntry(entry: Entry): string {
  const body = JSON.stringify(entry).slice(0, -1);
  return `${body},"crc":"${checksum(body)}"}\n`;
}

/** Entries, and how many bytes of the file are whole. @throws JOURNAL_DAMAGED */
export function parseJournal(bytes: Buffer, run: string): { entries: Entry[]; good: number } {
  const entries: Entry[] = [];
  let good = 0;
  while (good < bytes.length) {
    const end = bytes.indexOf(0x0a, good);
    const record = entries.length + 1;
    const entry = end < 0 ? undefined : decodeEntry(bytes.toString('utf8', good, end));
    if (entry?.n !== record) {
      const isLast = end < 0 || end === bytes.length - 1;
      if (isLast && !holdsWholeRecord(bytes.toString('utf8', good), record)) break;
      throw new AppError('JOURNAL_DAMAGED', { run, record });
    }
    entries.push(entry);
    good = end + 1;
  }
  return { entries, good };
}

/** True for a last line that is two: the end of the first one is damaged. A crash tears no more than one record. */
function holdsWholeRecord(line: string, n: number): boolean {
  const ends = [...line.matchAll(/,"crc":"[0-9a-f]{8}"\}(?=.?\{"n":)/gs)];
  return ends.some((end) => decodeEntry(line.slice(0, end.index + end[0].length))?.n === n);
}

function decodeEntry(line: string): Entry | undefined {
  const match = /^(.*),"crc":"([0-9a-f]{8})"\}$/s.exec(line);
  if (match === null || checksum(match[1] as string) !== match[2]) return undefined;
  try {
    return JSON.parse(`${match[1]}}`) as Entry;
  } catch {
    return undefined;
  }
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
