import { basename } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { System } from '../system.ts';
import { type BackupRecord, RESTORE_SCRIPT, SEALED_PART, SUMS_FILE } from './format.ts';
import type { BackupIdentity } from './identity.ts';
import { memberName, pathKey } from './names.ts';
import { Pause } from './pause.ts';
import { type Backup, readIndex, sums } from './read.ts';
import { isSealed, readSealedTar } from './sealed-records.ts';
import { EntryCheck } from './verify-entries.ts';
import { PartCheck } from './verify-part.ts';

/** The mission's four checks of a backup (its §3.3), in this order. */
export const BACKUP_CHECKS = [
  'file_checksums',
  'required_files',
  'project_state_consistency',
  'credential_encryption',
] as const;

export interface BackupCheck {
  readonly name: (typeof BACKUP_CHECKS)[number];
  /** `warning`: the backup is exact, but something was already wrong in what it was taken of. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  /** False only for `failed`. */
  readonly ok: boolean;
  readonly done: number;
  readonly of: number;
  /** Bytes of what is done. */
  readonly bytes: number;
  readonly reason?: string;
}

export interface VerifyReport {
  readonly id: string;
  readonly path: string;
  /** No check failed. A skipped check leaves it true. */
  readonly ok: boolean;
  readonly checks: readonly BackupCheck[];
}

export interface VerifyOptions {
  /**
   * Hashes each file by itself too, not only the part that holds it: after a backup was made, this shows that its records
   * tell of what its parts hold. From then on the hash of a part says so, since both are as they were written.
   */
  readonly isEachHashed?: boolean;
}

/**
 * Reads every byte of a backup and compares it with its records. What is wrong is reported, naming the part; only a
 * folder that is not there at all throws (BACKUP_NOT_FOUND). Without an identity the sealed part is checked from the
 * outside only and `credential_encryption` is skipped.
 */
export async function verifyBackup(
  system: System,
  path: string,
  identity?: BackupIdentity,
  { isEachHashed = false }: VerifyOptions = {},
): Promise<VerifyReport> {
  let backup: Backup;
  try {
    backup = readIndex(system, path);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'BACKUP_NOT_FOUND') throw error;
    return indexFailure(path, error.message);
  }
  const check = new EntryCheck(backup.records.filter((record) => record.part !== SEALED_PART));
  const problems = await checkParts(system, backup, check, isEachHashed);
  const sealed = await checkSealed(system, backup, identity, check);
  const checks = [
    checksums(check, problems),
    required(backup, check),
    stateConsistency(backup, check, sealed.entries),
    sealed.check,
  ];
  return { id: backup.manifest.id, path, ok: checks.every(({ ok }) => ok), checks };
}

async function checkParts(
  system: System,
  backup: Backup,
  check: EntryCheck,
  isEachHashed: boolean,
): Promise<string[]> {
  const { manifest, path } = backup;
  const parts = new PartCheck(system, path, new Pause(system));
  const problems: string[] = [];
  const known = sums(system, path);
  for (const entry of [...manifest.parts, ...manifest.shards, ...manifest.files])
    if (known.get(entry.name) !== entry.sha256)
      problems.push(`${SUMS_FILE} tells another hash for ${entry.name}`);
  for (const part of manifest.parts) {
    const problem =
      part.name === SEALED_PART ? await parts.file(part) : await parts.tar(part, check, isEachHashed);
    if (problem) problems.push(problem);
  }
  for (const file of manifest.files) {
    const problem = await parts.file(file);
    if (problem) problems.push(problem);
  }
  if (!manifest.files.some(({ name }) => name === RESTORE_SCRIPT))
    problems.push(`${RESTORE_SCRIPT} is missing from the manifest`);
  return problems;
}

function checksums(check: EntryCheck, problems: readonly string[]): BackupCheck {
  const all = [...problems, ...check.problems()];
  return result('file_checksums', check.good, check.expected, check.bytes, all);
}

function required(backup: Backup, check: EntryCheck): BackupCheck {
  const sealed = new Set(backup.records.filter(({ part }) => part === SEALED_PART).map(keyOf));
  const missing = backup.manifest.requiredFiles.filter(({ root, rel }) => {
    const key = pathKey(memberName(root, rel));
    return !sealed.has(key) && !check.isGood(key);
  });
  const of = backup.manifest.requiredFiles.length;
  const problems = missing.map(({ root, rel }) => `${root}/${rel} is missing or damaged`);
  return result('required_files', of - missing.length, of, 0, problems);
}

function stateConsistency(backup: Backup, plain: EntryCheck, sealed: EntryCheck | undefined): BackupCheck {
  const { manifest, records } = backup;
  const projects = manifest.roots.filter(({ id, present }) => present && id.startsWith('project-'));
  const held = new Set(records.filter(({ rel }) => rel.length > 0).map(({ root }) => root));
  for (const gap of manifest.gaps) held.add(gap.root);
  const empty = projects.filter(({ id }) => !held.has(id));
  const files = plain.state.files + (sealed?.state.files ?? 0);
  const odd = [...plain.state.notJson, ...(sealed?.state.notJson ?? [])];
  const lost = plain.state.expected + (sealed?.state.expected ?? 0) - files;
  const problems = empty.map(({ id, path }) => `${id} (${path}) has no state in the backup`);
  if (lost > 0) problems.push(`${lost} state files are missing or damaged`);
  const done = files - odd.length + projects.length - empty.length;
  const of = files + lost + projects.length;
  const bytes = plain.state.bytes + (sealed?.state.bytes ?? 0);
  if (problems.length > 0 || odd.length === 0)
    return result('project_state_consistency', done, of, bytes, problems);
  const reason = inShort(odd.map((name) => `${name} was already not valid JSON when it was copied`));
  return { name: 'project_state_consistency', status: 'warning', ok: true, done, of, bytes, reason };
}

async function checkSealed(
  system: System,
  backup: Backup,
  identity: BackupIdentity | undefined,
  plain: EntryCheck,
): Promise<{ check: BackupCheck; entries?: EntryCheck }> {
  const name = 'credential_encryption';
  const stubs = backup.records.filter(({ part }) => part === SEALED_PART);
  const leaked = stubs.filter((stub) => !stub.withheld && plain.sawMember(keyOf(stub)));
  const leaks = leaked.map((stub) => `${String(stub.rel)} also lies in a plain part`);
  if (!isSealed(backup)) {
    const lost = stubs.length > 0 ? [`${SEALED_PART} is missing from the manifest`] : [];
    return { check: result(name, 0, stubs.length, 0, lost) };
  }
  if (!identity) {
    if (leaks.length > 0) return { check: result(name, 0, stubs.length, 0, leaks) };
    const reason = 'there is no identity to open it with';
    return { check: { name, status: 'skipped', ok: true, done: 0, of: stubs.length, bytes: 0, reason } };
  }
  try {
    const collected = new EntryCheck(undefined);
    const records = await readSealedTar(system, backup, identity, collected.events(SEALED_PART, true));
    const entries = collected.against(records);
    const problems = [...leaks, ...entries.problems()];
    if (records.length !== stubs.length)
      problems.push(`it holds ${records.length} records where the manifest names ${stubs.length}`);
    for (const record of records)
      if (plain.sawMember(keyOf(record))) problems.push(`${String(record.rel)} also lies in a plain part`);
    const others = records.length - entries.expected;
    return { check: result(name, entries.good + others, stubs.length, entries.bytes, problems), entries };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error.code === 'BACKUP_DAMAGED' ? String(error.params['reason']) : error.message;
    return { check: result(name, 0, stubs.length, 0, [...leaks, reason]) };
  }
}

function keyOf(record: BackupRecord): string {
  return pathKey(memberName(record.root, record.rel));
}

function result(
  name: BackupCheck['name'],
  done: number,
  of: number,
  bytes: number,
  problems: readonly string[],
): BackupCheck {
  const ok = problems.length === 0;
  return {
    name,
    status: ok ? 'ok' : 'failed',
    ok,
    done,
    of,
    bytes,
    ...(!ok && { reason: inShort(problems) }),
  };
}

function inShort(problems: readonly string[]): string {
  const shown = problems.slice(0, 3).join('; ');
  return problems.length > 3 ? `${shown}; and ${problems.length - 3} more` : shown;
}

function indexFailure(path: string, reason: string): VerifyReport {
  const checks = BACKUP_CHECKS.map((name, at): BackupCheck => {
    if (at === 0) return result(name, 0, 0, 0, [reason]);
    return {
      name,
      status: 'skipped',
      ok: true,
      done: 0,
      of: 0,
      bytes: 0,
      reason: 'the index cannot be read',
    };
  });
  return { id: basename(path), path, ok: false, checks };
}
