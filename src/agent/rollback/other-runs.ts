import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { JOURNAL_FILE, Journal } from '../run/journal.ts';
import { undoMigrationUnderLock } from '../run/migrate.ts';
import type { Kept } from '../run/phases.ts';
import { workFolders } from '../run/placement.ts';
import { damagedRecords, loadPlan, type Run, type RunRecord, readRecords, runOf } from '../run/run-record.ts';
import { keepFolder } from '../run/work-folders.ts';
import type { System } from '../system.ts';
import { removeKept } from './carry-over.ts';
import { FULL, type Selection } from './selection.ts';

/** What a rollback has to do with the other runs of its target, so that none of them is in its way or stays open. */
export class OtherRuns {
  readonly #system: System;
  readonly #home: AgentHome;
  readonly #open: Run[] = [];
  readonly #damaged: RunRecord[] = [];
  /** Runs without a whole record that left folders beside this target. */
  readonly #unknown: Pick<RunRecord, 'id' | 'target'>[] = [];
  readonly #kept: Kept[] = [];
  /** Folders of rollbacks that carried something over and are at their end. */
  readonly #carried: string[] = [];

  /** Looks at all unfinished runs of `target`, the newest first. */
  constructor(system: System, home: AgentHome, target: string) {
    this.#system = system;
    this.#home = home;
    for (const record of readRecords(system, home)) {
      if (record.target !== target) continue;
      try {
        const run = runOf(system, home, record);
        if (run.state.outcome === undefined && record.kind === 'migrate') loadPlan(system, run);
        if (run.state.outcome === undefined) this.#open.push(run);
        else if (record.rollback?.carry === true || record.rollback?.mine !== undefined)
          this.#carried.push(run.folder);
      } catch (error) {
        // A damaged journal or plan sends the person here: it must not stop what mends it.
        if (!(error instanceof AppError) || !/^(JOURNAL|PLAN)_DAMAGED$/.test(error.code)) throw error;
        this.#damaged.push(record);
      }
    }
    for (const { id } of damagedRecords(system, home)) {
      const isLeft = workFolders(target, id).some((path) => system.lstat(path) !== undefined);
      if (isLeft) this.#unknown.push({ id, target });
    }
  }

  /** An unfinished rollback of the same things to the same backup: the same command given again goes on with it. */
  rollbackTo(backup: string, selection: Selection): RunRecord | undefined {
    return this.#open.find(
      ({ record: { rollback } }) =>
        rollback?.backup === backup && isDeepStrictEqual(rollback.selection ?? FULL, selection),
    )?.record;
  }

  /** What is not the runs' own and was not deleted. */
  get kept(): readonly Kept[] {
    return this.#kept;
  }

  /** Takes interrupted migrations back, so that their own files cannot be in the way. True if there was one. The caller holds the lock. */
  undoMigrations(): boolean {
    const migrations = this.#open.filter(({ record }) => record.kind === 'migrate');
    for (const run of migrations) {
      try {
        const hooks = { emit: () => {}, stopAsked: () => false };
        this.#kept.push(...undoMigrationUnderLock(this.#system, this.#home, run, hooks));
      } catch (error) {
        // It had come to its end and only left folders behind, which are gone now.
        if (!(error instanceof AppError) || error.code !== 'RUN_NOT_RESUMABLE') throw error;
      }
    }
    return migrations.length > 0;
  }

  /** Once everything is as in the backup, nothing is left to go on with. A damaged journal is kept under another name. */
  close(own: string): void {
    // What was ended right behind its last record had no time to remove this.
    for (const folder of this.#carried) removeKept(this.#system, folder);
    for (const { record, folder } of this.#open) {
      if (record.kind === 'rollback' && record.id !== own) this.#end(record, folder);
    }
    for (const record of [...this.#unknown, ...this.#damaged])
      for (const path of workFolders(record.target, record.id)) this.#keep(record, path);
    for (const record of this.#damaged) {
      const folder = this.#home.run(record.id);
      this.#system.rename(join(folder, JOURNAL_FILE), join(folder, `damaged-${JOURNAL_FILE}`));
      this.#end(record, folder);
    }
  }

  /** Nobody can tell any more what of it is whose. */
  #keep(record: Pick<RunRecord, 'id' | 'target'>, path: string): void {
    if (this.#system.lstat(path) === undefined) return;
    const name = `left-${path.slice(path.lastIndexOf('.') + 1)}`;
    const to = keepFolder(this.#system, record, this.#home.run(record.id), path, name);
    this.#kept.push({ path: to, what: `what run ${record.id} left beside the new home` });
  }

  #end(record: RunRecord, folder: string): void {
    const journal = Journal.open(this.#system, folder, record.id);
    try {
      journal.add({ type: 'end', outcome: record.kind === 'migrate' ? 'rolled-back' : 'failed' });
    } finally {
      journal.close();
    }
  }
}
