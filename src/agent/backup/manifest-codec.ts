import * as field from './fields.ts';
import { pathFields } from './fields.ts';
import {
  ATTRIBUTES,
  type BackupRoot,
  CATEGORIES,
  type Category,
  type Counts,
  type FileEntry,
  FORMAT_VERSIONS,
  type FormatVersion,
  GAP_KINDS,
  type Gap,
  KINDS,
  type Manifest,
  type RootedPath,
  type ZstdTar,
} from './format.ts';
import { isRootId, isSafeRel } from './names.ts';
import { areFrames, type Frame } from './zstd-frames.ts';

const { count, list, object, oneOf, optional, ShapeError, text } = field;
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/;

/** The bytes of `manifest.json`. */
export function manifestText(manifest: Manifest): string {
  const gaps = manifest.gaps.map(({ rel, ...rest }) => ({ ...rest, ...pathFields('path', rel) }));
  const requiredFiles = manifest.requiredFiles.map(({ root, rel }) => ({ root, path: rel }));
  return `${JSON.stringify({ ...manifest, gaps, requiredFiles }, null, 2)}\n`;
}

/** The `formatVersion` of any manifest, also of one that this program does not know otherwise. */
export function manifestVersion(from: field.JsonObject): unknown {
  return from['formatVersion'];
}

/** True for a version that this program knows. */
export function isFormatVersion(version: unknown): version is FormatVersion {
  return FORMAT_VERSIONS.some((one) => one === version);
}

/** The manifest in a parsed `manifest.json` of a known version. Throws ShapeError naming the field that is wrong. */
export function readManifest(from: field.JsonObject): Manifest {
  const tool = object(from['tool'], 'tool');
  const version = manifestVersion(from);
  if (!isFormatVersion(version)) throw new ShapeError('formatVersion is none that is known');
  return {
    formatVersion: version,
    id: text(from['id'], 'id'),
    kind: oneOf(from['kind'], KINDS, 'kind'),
    created: time(from['created'], 'created'),
    tool: { name: text(tool['name'], 'tool.name'), version: text(tool['version'], 'tool.version') },
    roots: list(from['roots'], 'roots', root),
    counts: counts(object(from['counts'], 'counts')),
    bytes: count(from['bytes'], 'bytes'),
    categories: categories(object(from['categories'], 'categories')),
    parts: list(from['parts'], 'parts', (part) => ({
      ...file(part),
      category: oneOf(part['category'], [...CATEGORIES, 'folders', 'secrets'] as const, 'parts.category'),
      ino: optional(part['ino'], 'parts.ino', text),
      mtimeNs: optional(part['mtimeNs'], 'parts.mtimeNs', text),
      zstd: optional(part['zstd'], 'parts.zstd', (value, key) => zstd(object(value, key), part['size'])),
    })),
    shards: list(from['shards'], 'shards', (shard) => ({
      ...file(shard),
      records: count(shard['records'], 'shards.records'),
    })),
    files: list(from['files'], 'files', file),
    gaps: list(from['gaps'], 'gaps', gap),
    requiredFiles: list(from['requiredFiles'], 'requiredFiles', rootedPath),
    recipient: optional(from['recipient'], 'recipient', text),
    otherRecipients: optional(from['otherRecipients'], 'otherRecipients', texts),
    searched: optional(from['searched'], 'searched', field.sha256),
    attributes: optional(from['attributes'], 'attributes', (value, key) => oneOf(value, ATTRIBUTES, key)),
    run: optional(from['run'], 'run', text),
    note: optional(from['note'], 'note', text),
  };
}

function root(from: field.JsonObject): BackupRoot {
  return {
    id: rootId(from['id'], 'roots.id'),
    path: text(from['path'], 'roots.path'),
    present: field.flag(from['present'], 'roots.present'),
  };
}

function file(from: field.JsonObject): FileEntry {
  const name = text(from['name'], 'name');
  if (!FILE_NAME.test(name)) throw new ShapeError('name is not the name of a part');
  return { name, size: count(from['size'], 'size'), sha256: field.sha256(from['sha256'], 'sha256') };
}

function zstd(from: field.JsonObject, size: unknown): ZstdTar {
  const tarSize = count(from['tarSize'], 'parts.zstd.tarSize');
  const { frames } = from;
  if (!Array.isArray(frames)) throw new ShapeError('parts.zstd.frames is not a list');
  const read = frames.map((frame): Frame => {
    if (!Array.isArray(frame) || frame.length !== 2) throw new ShapeError('parts.zstd.frames are not pairs');
    return [count(frame[0], 'parts.zstd.frames'), count(frame[1], 'parts.zstd.frames')];
  });
  if (!areFrames(read, tarSize, count(size, 'size')))
    throw new ShapeError('parts.zstd.frames do not make up their part');
  return { tarSize, frames: read };
}

function gap(from: field.JsonObject): Gap {
  const rel = field.readPath(from, 'path');
  if (rel === undefined || !isSafeRel(rel)) throw new ShapeError('gaps.path is missing or leaves its root');
  return {
    kind: oneOf(from['kind'], GAP_KINDS, 'gaps.kind'),
    root: rootId(from['root'], 'gaps.root'),
    rel,
    reason: text(from['reason'], 'gaps.reason'),
  };
}

function texts(value: unknown, key: string): string[] {
  if (!Array.isArray(value)) throw new ShapeError(`${key} is not a list`);
  return value.map((item) => text(item, key));
}

function rootedPath(from: field.JsonObject): RootedPath {
  const rel = text(from['path'], 'requiredFiles.path');
  if (!isSafeRel(rel)) throw new ShapeError('requiredFiles.path leaves its root');
  return { root: rootId(from['root'], 'requiredFiles.root'), rel };
}

function rootId(value: unknown, key: string): string {
  const id = text(value, key);
  if (!isRootId(id)) throw new ShapeError(`${key} is not a root id`);
  return id;
}

function counts(from: field.JsonObject): Counts {
  return {
    files: count(from['files'], 'counts.files'),
    folders: count(from['folders'], 'counts.folders'),
    links: count(from['links'], 'counts.links'),
    specials: count(from['specials'], 'counts.specials'),
    sealed: count(from['sealed'], 'counts.sealed'),
  };
}

function categories(from: field.JsonObject): Manifest['categories'] {
  const result: Partial<Record<Category, { files: number; bytes: number }>> = {};
  for (const category of CATEGORIES) {
    if (from[category] === undefined) continue;
    const figures = object(from[category], 'categories');
    result[category] = {
      files: count(figures['files'], 'files'),
      bytes: count(figures['bytes'], 'bytes'),
    };
  }
  return result;
}

function time(value: unknown, key: string): string {
  const iso = text(value, key);
  if (Number.isNaN(Date.parse(iso))) throw new ShapeError(`${key} is not a time`);
  return iso;
}
