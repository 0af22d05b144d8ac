import { hash } from 'node:crypto';
import { VERSION } from '../../shared/tool.ts';
import { writeNewFile } from '../files.ts';
import type { System } from '../system.ts';
import type { Collect } from './collect.ts';
import {
  type FileEntry,
  isCompressed,
  MANIFEST_FILE,
  type Manifest,
  README_FILE,
  RESTORE_SCRIPT,
  SEALED_PART,
  type ShardEntry,
  SUMS_FILE,
} from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { manifestText } from './manifest-codec.ts';
import { PartWriter } from './part-writer.ts';
import type { PartialBackup } from './partial.ts';
import { readmeText } from './readme.ts';
import { recipientsOf } from './recipient.ts';
import type { BackupRequest } from './request.ts';
import { restoreScript } from './restore-script.ts';
import { searchMark } from './reuse.ts';

const RECORDS_PER_SHARD = 100_000;
const LINES_AT_ONCE = 2000;

/**
 * Writes what tells about the parts, each durable before the one that holds its hash: the shards, `restore.sh` and
 * `README.txt`, `manifest.json`, `SHA256SUMS`. Returns the SHA-256 of `manifest.json`.
 */
export function writeIndex(
  system: System,
  partial: PartialBackup,
  request: BackupRequest,
  collect: Collect,
  identity: BackupIdentity,
): string {
  const rootsOf = new Map<string, Set<string>>();
  const shards = writeShards(system, partial.path, collect, rootsOf);
  const sealed = collect.parts.some(({ name }) => name === SEALED_PART);
  const zstd = isCompressed(collect.parts);
  const [, ...others] = recipientsOf(request, identity);
  const created = system.now().toISOString();
  const target = request.roots.find(({ id }) => id === 'target');
  const put = (name: string, text: string): FileEntry => {
    const bytes = Buffer.from(text, 'utf8');
    writeNewFile(system, `${partial.path}/${name}`, bytes);
    return { name, size: bytes.length, sha256: hash('sha256', bytes) };
  };
  const script = restoreScript({
    id: partial.id,
    parts: collect.parts.map(({ name }) => ({
      name,
      holdsTarget: rootsOf.get(name)?.has('target') ?? false,
    })),
    target,
    identityPath: identity.path,
    home: system.home,
    hasAttributes: collect.hasAttributes,
    zstd,
  });
  const files = [
    put(RESTORE_SCRIPT, script),
    put(
      README_FILE,
      readmeText({
        id: partial.id,
        created,
        sealed,
        zstd,
        kind: request.kind,
        attributes: collect.attributes,
        identityPath: identity.path,
        home: system.home,
      }),
    ),
  ];
  const manifest: Manifest = {
    formatVersion: zstd ? 2 : 1,
    id: partial.id,
    kind: request.kind,
    created,
    tool: { name: 'migration-agent', version: VERSION },
    roots: request.roots.map(({ id, path, present }) => ({ id, path, present })),
    counts: collect.counts,
    bytes: collect.plainBytes,
    categories: collect.categories,
    parts: collect.parts,
    shards,
    files,
    gaps: collect.gaps,
    requiredFiles: request.requiredFiles,
    recipient: sealed ? identity.recipient : undefined,
    otherRecipients: sealed && others.length > 0 ? others : undefined,
    searched: searchMark(request, identity),
    attributes: collect.attributes,
    run: request.run,
    note: request.note,
  };
  const main = put(MANIFEST_FILE, manifestText(manifest));
  const all = [main, ...files, ...shards, ...collect.parts];
  put(SUMS_FILE, all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
  return main.sha256;
}

function writeShards(
  system: System,
  folder: string,
  collect: Collect,
  rootsOf: Map<string, Set<string>>,
): ShardEntry[] {
  const shards: ShardEntry[] = [];
  let writer: PartWriter | undefined;
  let lines: string[] = [];
  let records = 0;
  const flush = () => {
    writer?.append(Buffer.from(lines.join(''), 'utf8'));
    lines = [];
  };
  const finish = () => {
    if (!writer) return;
    flush();
    shards.push({ ...writer.finish(), records });
    writer = undefined;
    records = 0;
  };
  try {
    for (const { root, part, line } of collect.lines()) {
      writer ??= new PartWriter(system, folder, `manifest-${shards.length + 1}.ndjson`);
      lines.push(`${line}\n`);
      records += 1;
      if (part !== undefined) addTo(rootsOf, part, root);
      if (lines.length >= LINES_AT_ONCE) flush();
      if (records >= RECORDS_PER_SHARD) finish();
    }
    finish();
  } finally {
    writer?.close();
  }
  return shards;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set();
  map.set(key, set.add(value));
}
