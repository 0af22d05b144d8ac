import { join } from 'node:path';
import type { ListedBackup } from '../backup/list.ts';
import { presenceProblem, readManifestFile } from '../backup/read.ts';
import { evidenceOf } from '../run/journal.ts';
import { refuseDamaged } from '../run/record-folders.ts';
import { damagedRecords, type Run, readRecords, runOf } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import { PROBATION_MS, probationOf } from '../setup/probation.ts';
import type { ReadSystem } from '../system.ts';

/** A complete backup, and by which rule it stays; undefined: none keeps it. */
export interface JudgedBackup {
  readonly backup: ListedBackup;
  readonly why: string | undefined;
}

/**
 * What keeps each complete backup, newest first: it is one of the newest; a rollback of its home, or taking one back,
 * would take it; a run that is not at its end needs it; or it is the first of its home and the probation of the old clone is
 * not over. Those that were not made for the key `own` of this machine stay: a folder of backups may be shared with other
 * machines. So do damaged ones, which never stand in the place of a whole one.
 * @throws RUN_RECORD_DAMAGED where a run may need a backup that nobody can tell
 */
export function judgeBackups(
  system: ReadSystem,
  { home }: Pick<AgentSettings, 'home'>,
  backups: readonly ListedBackup[],
  keep: number,
  own: string | undefined,
): JudgedBackup[] {
  const all = backups.filter((one) => one.complete);
  const isForeign = ({ path }: ListedBackup) => {
    const { recipient } = readManifestFile(system, path).manifest;
    return recipient !== undefined && recipient !== own;
  };
  const foreign = new Set(all.filter(isForeign));
  const damaged = new Map(all.map((one) => [one, partProblem(system, one.path)]));
  const complete = all.filter((one) => !foreign.has(one) && damaged.get(one) === undefined);
  refuseDamaged(damagedRecords(system, home));
  const runs = readRecords(system, home).map((record) => runOf(system, home, record));
  const needed = new Set(runs.filter(({ state }) => state.outcome === undefined).flatMap(backupsOf));
  const target = new Map(complete.map(({ path }) => [path, targetOf(system, path)]));
  const sameHome = ({ kind, path }: ListedBackup) =>
    complete.filter((other) => other.kind === kind && target.get(other.path) === target.get(path));
  return all.map((backup) => {
    const why = () => {
      if (foreign.has(backup)) return 'made for another key, and so maybe by another machine';
      const problem = damaged.get(backup);
      if (problem !== undefined) return `damaged: ${problem}`;
      if (complete.indexOf(backup) < keep) return `one of the newest ${keep}`;
      if (needed.has(backup.path)) return 'a run that is not at its end needs it';
      if (backup.kind === 'manual') return undefined;
      const [newest] = sameHome(backup);
      if (backup.kind === 'before-rollback')
        return newest === backup ? 'taking the last rollback back would take it' : undefined;
      if (newest === backup) return 'a rollback would take it';
      if (sameHome(backup).at(-1) !== backup) return undefined;
      const ends = probationEnd(system, backup, runs);
      return ends > system.now()
        ? `the first backup of its home; probation ends ${ends.toISOString()}`
        : undefined;
    };
    return { backup, why: why() };
  });
}

function backupsOf({ record, entries }: Run): string[] {
  const made = evidenceOf([...entries], 'make-backup') as { path?: string } | null | undefined;
  const kept = evidenceOf([...entries], 'save-present') as { path?: string } | null | undefined;
  return [record.rollback?.backup, made?.path, kept?.path].filter((path) => path !== undefined);
}

/** A week after the clone was last used; where the clone is gone, a week after the backup. */
function probationEnd(system: ReadSystem, backup: ListedBackup, runs: readonly Run[]): Date {
  const run = runs.find((one) => backupsOf(one).includes(backup.path));
  const source = run?.record.migrate?.source;
  if (run !== undefined && source !== undefined && system.stat(join(source)) !== undefined)
    return probationOf(system, source, run).ends;
  return new Date(Date.parse(backup.created ?? '') + PROBATION_MS);
}

/** What is wrong with the size of a part, which shows without reading it. */
function partProblem(system: ReadSystem, path: string): string | undefined {
  const { parts } = readManifestFile(system, path).manifest;
  return parts.map((part) => presenceProblem(system, path, part)).find((problem) => problem !== undefined);
}

function targetOf(system: ReadSystem, path: string): string | undefined {
  return readManifestFile(system, path).manifest.roots.find(({ id }) => id === 'target')?.path;
}
