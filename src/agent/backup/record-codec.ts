import type { Attributes } from '../attributes.ts';
import { bytesOf } from '../paths.ts';
import type { FileKind } from '../system.ts';
import {
  big,
  count,
  flag,
  type JsonObject,
  object,
  oneOf,
  optional,
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
const PART_NAME = /^(?:[a-z]+-\d{1,6}\.tar|credentials\.age)$/;

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
  const hardlink = readPath(from, 'hardlink');
  const target = readPath(from, 'target');
  const part = optional(from['part'], 'part', text);
  if (part !== undefined && !PART_NAME.test(part)) throw new ShapeError('part is not the name of a part');
  return withoutUndefined({
    root,
    rel,
    type: oneOf(from['type'], TYPES, 'type'),
    category: optional(from['category'], 'category', (value, key) => oneOf(value, CATEGORIES, key)),
    size: optional(from['size'], 'size', count),
    sizeClass: optional(from['sizeClass'], 'sizeClass', count),
    mode: optional(from['mode'], 'mode', octal),
    mtimeNs: optional(from['mtimeNs'], 'mtimeNs', big),
    ctimeNs: optional(from['ctimeNs'], 'ctimeNs', big),
    ino: optional(from['ino'], 'ino', big),
    uid: optional(from['uid'], 'uid', count),
    gid: optional(from['gid'], 'gid', count),
    sha256: optional(from['sha256'], 'sha256', sha256),
    part,
    offset: optional(from['offset'], 'offset', count),
    linkTarget: target === undefined ? undefined : bytesOf(target),
    hardlink,
    attributes: optional(from['attributes'], 'attributes', attributes),
    ...flags(from),
  });
}

function flags(from: JsonObject): Partial<BackupRecord> {
  return {
    sparse: optional(from['sparse'], 'sparse', flag),
    changed: optional(from['changed'], 'changed', flag),
    cut: optional(from['cut'], 'cut', flag),
    withheld: optional(from['withheld'], 'withheld', flag),
  };
}

function attributes(value: unknown, key: string): Attributes {
  const entries = Object.entries(object(value, key));
  const isWhole = (one: unknown) => Buffer.from(text(one, key), 'base64').toString('base64') === one;
  if (!entries.every(([name, one]) => /^[a-z]+\../s.test(name) && !name.includes('\0') && isWhole(one)))
    throw new ShapeError(`${key} are not names with base64`);
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

/** Absent rather than undefined: a record that was read equals the one that was written. */
function withoutUndefined(record: BackupRecord): BackupRecord {
  const entries = Object.entries(object(record, 'record')).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as unknown as BackupRecord;
}
