import { type Attributes, isKept } from '../attributes.ts';
import { bytesOf } from '../paths.ts';
import type { FileKind } from '../system.ts';
import {
  big,
  count,
  flag,
  object,
  oneOf,
  parseObject,
  pathFields,
  readPath,
  ShapeError,
  sha256,
  text,
} from './fields.ts';
import { type BackupRecord, CATEGORIES } from './format.ts';
import { isRootId, isSafeRel } from './names.ts';

const TYPES: readonly FileKind[] = ['file', 'folder', 'link', 'fifo', 'socket', 'device'];
const PART_NAME = /^(?:[a-z]+-\d{1,6}\.tar(?:\.zst)?|credentials\.age)$/;

/** One line of a manifest, without the line end. */
export function recordLine(record: BackupRecord): string {
  const { root, rel, linkTarget, hardlink, mtimeNs, ctimeNs, ino, mode, ...rest } = record;
  return JSON.stringify({
    root,
    ...pathFields('path', rel),
    ...rest,
    mode: mode?.toString(8).padStart(4, '0'),
    mtimeNs: mtimeNs?.toString(),
    ctimeNs: ctimeNs?.toString(),
    ino: ino?.toString(),
    ...(linkTarget && pathFields('target', asText(linkTarget))),
    ...(hardlink && pathFields('hardlink', hardlink)),
  });
}

/**
 * The record in one line. Unknown fields are passed over (a later version of this format may add some). Throws
 * ShapeError for anything that is wrong, also for a path that would leave its root.
 */
export function parseRecord(line: string): BackupRecord {
  const from = parseObject(line);
  const root = text(from['root'], 'root');
  const rel = readPath(from, 'path');
  if (!isRootId(root)) throw new ShapeError('root is not a root id');
  if (rel === undefined || !isSafeRel(rel)) throw new ShapeError('path is missing or leaves its root');
  const record: Record<string, unknown> = { root, rel, type: oneOf(from['type'], TYPES, 'type') };
  // What the line does not name stays absent, not undefined: a record that was read equals the one that was written.
  for (const key in from) {
    const read = FIELDS.get(key);
    if (read !== undefined) record[key] = read(from[key], key);
  }
  const target = readPath(from, 'target');
  if (target !== undefined) record['linkTarget'] = bytesOf(target);
  const hardlink = readPath(from, 'hardlink');
  if (hardlink !== undefined) record['hardlink'] = hardlink;
  return record as unknown as BackupRecord;
}

/** How each field is read that a record may have, by its name in the line and in the record. */
const FIELDS = new Map<string, (value: unknown, key: string) => unknown>(
  Object.entries({
    category: (value: unknown, key: string) => oneOf(value, CATEGORIES, key),
    size: count,
    sizeClass: count,
    mode: octal,
    mtimeNs: big,
    ctimeNs: big,
    ino: big,
    uid: count,
    gid: count,
    sha256,
    part: partName,
    offset: count,
    attributes,
    sparse: flag,
    changed: flag,
    cut: flag,
    withheld: flag,
  }),
);

function partName(value: unknown, key: string): string {
  const name = text(value, key);
  if (!PART_NAME.test(name)) throw new ShapeError('part is not the name of a part');
  return name;
}

function attributes(value: unknown, key: string): Attributes {
  const entries = Object.entries(object(value, key));
  const isWhole = (one: unknown) => Buffer.from(text(one, key), 'base64').toString('base64') === one;
  if (!entries.every(([name, one]) => isKept(name) && isWhole(one)))
    throw new ShapeError(`${key} are not kept names with base64`);
  return Object.fromEntries(entries) as Attributes;
}

function octal(value: unknown, key: string): number {
  if (typeof value !== 'string' || !/^[0-7]{4}$/.test(value))
    throw new ShapeError(`${key} is not four octal digits`);
  return Number.parseInt(value, 8);
}

function asText(bytes: Buffer): string | Buffer {
  const plain = bytes.toString('utf8');
  return Buffer.from(plain, 'utf8').equals(bytes) ? plain : bytes;
}
