import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { AppError, hasErrno } from '../../shared/errors.ts';
import { VERSION } from '../../shared/tool.ts';
import { SEARCH_RULES } from '../credentials/looks-secret.ts';
import type { FileStat, System } from '../system.ts';
import type { CopyItem } from './copy.ts';
import { type BackupRecord, CATEGORIES, isCompressed, type Manifest, type PartEntry } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { listBackups } from './list.ts';
import { memberName, pathKey } from './names.ts';
import { Pause } from './pause.ts';
import { type Backup, presenceProblem, readIndex, readManifestFile } from './read.ts';
import type { BackupRequest, Prepared } from './request.ts';
import { linkKey } from './sealed-tar.ts';
import { secretFiles } from './secret-items.ts';
import { SecretSearch } from './secret-search.ts';
import { checkFile } from './verify-part.ts';

/** A file that was changed this shortly before a backup began may have been changed again without another time. */
const UNSURE_NS = 2_000_000_000n;

/** Parts of an earlier backup that stand in this one too, and the records of what they hold. */
export interface Reuse {
  readonly parts: readonly PartEntry[];
  readonly records: ReadonlyMap<CopyItem, BackupRecord>;
}

export const NOTHING: Reuse = { parts: [], records: new Map() };

/**
 * Tells that the same values were looked for by the same program and the same rules, without telling which: keyed with the
 * identity, so that nobody can try values against it.
 */
export function searchMark(request: BackupRequest, identity: BackupIdentity, rules = SEARCH_RULES): string {
  const mark = createHmac('sha256', identity.identity.reveal());
  const values = request.knownSecrets.map((secret) => secret.reveal().toString('base64'));
  return mark.update([VERSION, rules, ...new Set(values.sort())].join('\n')).digest('hex');
}

/**
 * Gives each part of the newest fitting backup in which nothing changed a second name in `folder`. A part is the file that
 * was written then, untouched since, or is read and has its hash, or it is not taken; where no second name can be given,
 * its files are copied as ever. Whoever verifies the new backup reads it all, and calls `distrustParts` if that fails.
 */
export async function reuseParts(
  system: System,
  folder: string,
  request: BackupRequest,
  { items, attributes }: Prepared,
  identity: BackupIdentity,
): Promise<Reuse> {
  const earlier = earlierBackup(system, request, searchMark(request, identity));
  if (earlier === undefined) return NOTHING;
  const byMember = new Map(items.map((item) => [memberOf(item.root.id, item.rel), item]));
  const begun = beginning(earlier.manifest);
  const tools = { search: new SecretSearch(request.knownSecrets), patterns: request.patterns };
  const secret = secretFiles(tools, items);
  const isSame = (item: CopyItem, record: BackupRecord) =>
    isUnchanged(item, record, begun) &&
    !secret.has(linkKey(item.stat) ?? '') &&
    // Setting one changes ctime, too; but either backup may have been made without the tools that read them.
    (attributes !== 'kept' || isDeepStrictEqual(item.attributes, record.attributes));
  const parts: PartEntry[] = [];
  const records = new Map<CopyItem, BackupRecord>();
  for (const part of earlier.manifest.parts) {
    if (!CATEGORIES.some((category) => category === part.category)) continue;
    const held = earlier.records.filter((record) => record.part === part.name);
    const pairs = held.map((record) => [byMember.get(memberOf(record.root, record.rel)), record] as const);
    if (!pairs.every(([item, record]) => item && isSame(item, record))) continue;
    const taken = await takePart(system, earlier.path, folder, part);
    if (taken === undefined) continue;
    parts.push(taken);
    for (const [item, record] of pairs) if (item) records.set(item, record);
  }
  return { parts, records };
}

function memberOf(root: string, rel: BackupRecord['rel']): string {
  return pathKey(memberName(root, rel));
}

/** The newest complete backup of the same roots, by the same program, in which the same secrets were looked for, compressed or not as asked. */
function earlierBackup(system: System, request: BackupRequest, mark: string): Backup | undefined {
  const rootsOf = (roots: Manifest['roots']) => JSON.stringify(roots.map(({ id, path }) => [id, path]));
  for (const { path, complete } of listBackups(system, request.parent)) {
    if (!complete) continue;
    try {
      const { manifest } = readManifestFile(system, path);
      if (isCompressed(manifest.parts) !== (request.zstd === true)) continue;
      if (manifest.searched !== mark || rootsOf(manifest.roots) !== rootsOf(request.roots)) continue;
      return readIndex(system, path);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return undefined;
}

/** When its folder was made: the name tells it in whole seconds, rounded down. */
function beginning({ id }: Manifest): bigint {
  const [, year, month, day, hour, minute, second] =
    /(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)/.exec(id)?.map(Number) ?? [];
  const at = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  return Number.isNaN(at) ? 0n : BigInt(at) * 1_000_000n;
}

function isUnchanged(item: CopyItem, record: BackupRecord, begun: bigint): boolean {
  if (item.secret || item.category !== record.category || record.changed || record.cut) return false;
  const keys = ['mode', 'uid', 'gid', 'mtimeNs', 'ctimeNs', 'ino'] as const satisfies (keyof FileStat)[];
  if (item.stat.kind !== record.type || keys.some((key) => item.stat[key] !== record[key])) return false;
  if (record.type === 'file' && item.stat.size !== record.size) return false;
  return item.stat.ctimeNs < begun - UNSURE_NS;
}

/**
 * Lets the next backup read the parts of this one before it shares any: one of them was found damaged, though it may look
 * untouched. What cannot be marked is left.
 */
export function distrustParts(system: System, path: string): void {
  const now = BigInt(system.now().getTime()) * 1_000_000n;
  try {
    for (const { name } of readManifestFile(system, path).manifest.parts)
      system.setTimes(`${path}/${name}`, now);
  } catch {
    // The backup is reported as damaged by the caller.
  }
}

/** The part as it stands in `folder` too, or undefined if it is not taken. */
async function takePart(
  system: System,
  from: string,
  folder: string,
  part: PartEntry,
): Promise<PartEntry | undefined> {
  if (presenceProblem(system, from, part) !== undefined) return undefined;
  const stat = system.lstat(`${from}/${part.name}`);
  const ino = stat?.ino.toString();
  const mtimeNs = stat?.mtimeNs.toString();
  const isAsWritten = part.ino !== undefined && part.ino === ino && part.mtimeNs === mtimeNs;
  if (!isAsWritten && (await checkFile(system, from, part, new Pause(system))) !== undefined)
    return undefined;
  try {
    system.hardLink(`${from}/${part.name}`, `${folder}/${part.name}`);
    return { ...part, ino, mtimeNs };
  } catch (error) {
    // ENOENT: it was pruned after it was read.
    if (hasErrno(error, 'EPERM', 'EMLINK', 'EXDEV', 'ENOSYS', 'EOPNOTSUPP', 'EACCES', 'ENOENT'))
      return undefined;
    throw error;
  }
}
