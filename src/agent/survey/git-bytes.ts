import { sep } from 'node:path';
import { bytesOf, textOrBytes } from '../paths.ts';
import type { PathLike } from '../system.ts';

/**
 * The form of a path in `GitFacts.tracked`: its bytes, one character each (Latin-1), with `/` between folders. Two
 * different names never become equal, also where they are not UTF-8.
 */
export function trackedKey(rel: PathLike): string {
  const key = bytesOf(rel).toString('latin1');
  return sep === '/' ? key : key.replaceAll(sep, '/');
}

/** One line of `git ls-files -v -s -z`. */
export interface IndexEntry {
  /** Octal, as git prints it. */
  readonly mode: string;
  readonly id: string;
  readonly name: Buffer;
  /** Git was told to look away from this file (`--assume-unchanged`, `--skip-worktree`, sparse checkout). */
  readonly isHidden: boolean;
}

/** Reads `git ls-files -v -s -z`. Of a file in conflict only the first stage is kept. */
export function readIndexList(output: Buffer): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const record of nulRecords(output)) {
    const tab = record.indexOf(0x09);
    const match = /^(\S) (\d+) ([0-9a-f]+) ([0-3])$/.exec(record.toString('latin1', 0, tab));
    if (!match) continue;
    const [, tag = 'H', mode = '', id = ''] = match;
    const name = record.subarray(tab + 1);
    if (entries.at(-1)?.name.equals(name)) continue;
    entries.push({ mode, id, name, isHidden: tag !== 'H' && tag !== 'M' });
  }
  return entries;
}

/** Reads `git ls-tree -r -z --full-tree`, which stands in for an index that is missing or damaged. */
export function readTreeList(output: Buffer): IndexEntry[] {
  return nulRecords(output).flatMap((record) => {
    const tab = record.indexOf(0x09);
    const [mode = '', , id = ''] = record.toString('latin1', 0, tab).split(' ');
    return tab < 0 ? [] : [{ mode, id, name: record.subarray(tab + 1), isHidden: false }];
  });
}

/** Input for `git update-index -z --index-info`: the same files with no flag and no memory of times and sizes. */
export function indexInput(entries: readonly IndexEntry[]): Buffer {
  return Buffer.concat(
    entries.flatMap(({ mode, id, name }) => [Buffer.from(`${mode} ${id} 0\t`), name, Buffer.of(0)]),
  );
}

export interface RawChange {
  readonly status: string;
  readonly rel: PathLike;
}

/** Reads `git diff --raw -z --no-renames`. */
export function readRawDiff(output: Buffer): RawChange[] {
  const records = nulRecords(output);
  const changes: RawChange[] = [];
  for (let at = 0; at + 1 < records.length; at += 2) {
    const status = records[at]?.toString('latin1').split(' ')[4] ?? '';
    changes.push({ status: status.slice(0, 1), rel: textOrBytes(records[at + 1] as Buffer) });
  }
  return changes;
}

/** One line of `git diff-tree --raw -z`, with both sides. */
export interface TreeChange {
  readonly rel: PathLike;
  readonly status: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

/** Reads `git diff-tree -r --raw -z --no-renames --no-commit-id`. */
export function readTreeChanges(output: Buffer): TreeChange[] {
  const records = nulRecords(output);
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < records.length; at += 2) {
    const [, newMode = '', oldId = '', newId = '', status = ''] = (
      records[at]?.toString('latin1') ?? ''
    ).split(' ');
    changes.push({ rel: textOrBytes(records[at + 1] as Buffer), status, newMode, oldId, newId });
  }
  return changes;
}

/** A path as git quotes it: in double quotes, every byte that is not plain ASCII as an escape. */
export function quoteBytes(bytes: Uint8Array): string {
  let out = '"';
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) out += `\\${String.fromCharCode(byte)}`;
    else if (byte >= 7 && byte <= 13) out += `\\${'abtnvfr'[byte - 7]}`;
    else if (byte < 0x20 || byte >= 0x7f) out += `\\${byte.toString(8).padStart(3, '0')}`;
    else out += String.fromCharCode(byte);
  }
  return `${out}"`;
}

/** A `:(glob)` pathspec in ASCII that matches at least the file of this name. */
export function globFor(name: Uint8Array): string {
  let out = ':(top,glob)';
  for (const byte of name) {
    if (byte < 0x20 || byte >= 0x7f) out += '?';
    else
      out += '*?[]\\'.includes(String.fromCharCode(byte))
        ? `\\${String.fromCharCode(byte)}`
        : String.fromCharCode(byte);
  }
  return out;
}

/**
 * The parts of a patch, one for each file. `diff --git ` at the start of a line is always a header: lines of content have
 * a mark before them, and base 85 has no space.
 */
export function patchParts(patch: Buffer): Buffer[] {
  const mark = Buffer.from('\ndiff --git ');
  const parts: Buffer[] = [];
  for (let start = 0; start < patch.length; ) {
    const next = patch.indexOf(mark, start);
    const end = next < 0 ? patch.length : next + 1;
    parts.push(patch.subarray(start, end));
    start = end;
  }
  return parts;
}

/** The parts of a patch that are about one file whose name git quotes. */
export function patchPartsOf(patch: Buffer, name: Uint8Array): Buffer {
  const side = (prefix: string) => quoteBytes(Buffer.concat([Buffer.from(prefix), name]));
  const header = Buffer.from(`diff --git ${side('a/')} ${side('b/')}\n`);
  return Buffer.concat(patchParts(patch).filter((part) => part.subarray(0, header.length).equals(header)));
}

function nulRecords(output: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let start = 0; start < output.length; ) {
    const end = output.indexOf(0, start);
    const stop = end < 0 ? output.length : end;
    records.push(output.subarray(start, stop));
    start = stop + 1;
  }
  return records;
}
