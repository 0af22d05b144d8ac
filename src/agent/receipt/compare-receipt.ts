import { join } from 'node:path';
import type { CheckResult } from '../checks/check.ts';
import { HOME_CHECKS } from '../health/home-checks.ts';
import type { ReadSystem } from '../system.ts';
import { hashOf, homeHashes, manifestHash } from './file-hashes.ts';
import type { FileHash, Receipt } from './receipt.ts';
import type { ReceiptKey } from './receipt-key.ts';

/** What became of files since a receipt was signed. */
export interface Drift {
  readonly same: number;
  readonly of: number;
  readonly changed: readonly string[];
  readonly gone: readonly string[];
  /** Of the home only: the clone is not the migration's to account for. */
  readonly added: readonly string[];
}

export interface JudgedCheck extends CheckResult {
  /**
   * Why it is no longer, or never was, as it should be.
   * - `drift`: files that it looks at were changed since, or it looks at what lies outside of the home
   * - `defect`: they are as the migration left them, so that it left them wrong
   */
  readonly cause?: 'drift' | 'defect';
}

export interface Compared {
  readonly home: Drift;
  readonly source: Drift;
  /** Whether the backup is the one that was made then. */
  readonly backup: 'same' | 'changed' | 'gone';
  readonly checks: readonly JudgedCheck[];
  readonly verdict: 'as-finished' | 'drift' | 'defect';
}

/** Compares the present with a receipt that was proven, and tells drift from defect. Writes nothing. */
export function compareWithReceipt(
  system: ReadSystem,
  receipt: Receipt,
  { hashKey }: ReceiptKey,
  checks: readonly CheckResult[],
): Compared {
  const { after, before, target, source, backup } = receipt;
  const now = new Set(homeHashes(system, target, hashKey, () => false).map(({ path }) => path));
  const known = new Set(after.map(({ path }) => path));
  const home = {
    ...driftOf(system, target, after, hashKey),
    added: [...now].filter((path) => !known.has(path)),
  };
  const clone = { ...driftOf(system, source, before.source, hashKey), added: [] };
  const moved = new Set([...home.changed, ...home.gone]);
  const judged = checks.map((one) => judge(one, moved));
  const isDefect = judged.some(({ cause }) => cause === 'defect');
  const isDrift = moved.size + home.added.length > 0 || judged.some(({ cause }) => cause === 'drift');
  return {
    home,
    source: clone,
    backup: backupNow(system, backup.path, before.manifest),
    checks: judged,
    verdict: isDefect ? 'defect' : isDrift ? 'drift' : 'as-finished',
  };
}

function driftOf(
  system: ReadSystem,
  root: string,
  rows: readonly FileHash[],
  hashKey: Buffer,
): Omit<Drift, 'added'> {
  const changed: string[] = [];
  const gone: string[] = [];
  for (const { path, sha256, keyed, mode } of rows) {
    const now = hashOf(system, join(root, path), path, keyed === true ? hashKey : undefined);
    if (now.sha256 === sha256 && (mode === undefined || now.mode === mode)) continue;
    (system.lstat(join(root, path)) === undefined ? gone : changed).push(path);
  }
  return { same: rows.length - changed.length - gone.length, of: rows.length, changed, gone };
}

/** A check that looks at nothing of the home (the package, the backup, projects) can only have drifted. */
function judge(result: CheckResult, moved: ReadonlySet<string>): JudgedCheck {
  if (result.status !== 'error') return result;
  const of = HOME_CHECKS.find(({ name }) => name === result.name)?.of ?? /^$/;
  const isOutside = of.source === '^$';
  return { ...result, cause: isOutside || [...moved].some((path) => of.test(path)) ? 'drift' : 'defect' };
}

function backupNow(system: ReadSystem, path: string, manifest: string | null): Compared['backup'] {
  if (manifest === null || system.lstat(join(path, 'manifest.json')) === undefined) return 'gone';
  return manifestHash(system, path) === manifest ? 'same' : 'changed';
}
