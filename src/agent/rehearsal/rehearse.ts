import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { AgentHome } from '../agent-home.ts';
import { isInside } from '../paths.ts';
import { blockedBy } from '../plan/decision.ts';
import { checkPreconditions } from '../plan/preconditions.ts';
import { previewRollback } from '../rollback/preview.ts';
import { rollBack } from '../rollback/rollback.ts';
import { evidenceOf } from '../run/journal.ts';
import { type RunHooks, runMigration } from '../run/migrate.ts';
import { PHASES, type Phase, type RunEvent } from '../run/phases.ts';
import { type MigrationRequest, planMigration } from '../run/plan-migration.ts';
import { loadRun } from '../run/run-record.ts';
import { checksFromJson } from '../run/step.ts';
import { realPathSoFar } from '../survey/reachable.ts';
import { closeSurvey } from '../survey/survey.ts';
import type { ReadSystem, System } from '../system.ts';
import { copyHome } from './copy-home.ts';
import { makeScratchFolder, removeLeftScratch } from './scratch-folder.ts';
import { differing, factsOf } from './tree-facts.ts';

/** What was measured while a whole migration and its rollback were tried on a copy, with the person's real data. */
export interface Rehearsal {
  readonly source: string;
  readonly target: string;
  readonly outcome: 'complete' | 'not-yet-usable' | 'undone' | 'interrupted';
  /** Milliseconds of each part, in order. */
  readonly times: readonly { readonly part: Part; readonly milliseconds: number }[];
  readonly milliseconds: number;
  readonly disk: DiskNeed;
  readonly checks: { readonly ok: number; readonly of: number; readonly errors: readonly string[] };
  readonly rollback: RolledBack | undefined;
  /** Entries of the home that could not be copied, and so were not rehearsed. */
  readonly notCopied: readonly string[];
  readonly error?: AppError;
}

export type Part = Phase | 'copy' | 'plan' | 'rollback';

export const PARTS: Readonly<Record<Part, string>> = {
  copy: 'Copying the home to a scratch folder',
  plan: 'Planning',
  ...PHASES,
  rollback: 'Rolling back',
};

export interface DiskNeed {
  /** Bytes of the backup, and what is free where backups are kept. */
  readonly backup: number;
  readonly freeForBackup: number;
  /** Bytes by which the home grows, and what is free where it lies. */
  readonly home: number;
  readonly freeForHome: number;
  /** False where one of the two does not fit. */
  readonly fits: boolean;
}

export interface RolledBack {
  /** True when nothing of the home differs from what it was, to the last byte, mode, owner and time. */
  readonly exact: boolean;
  readonly before: string;
  readonly after: string;
  /** The first entries that differ. */
  readonly differing: readonly string[];
  /** False when a file of the installation changed meanwhile; a run writes to none of them. */
  readonly sourceUnchanged: boolean;
}

const MOST_NAMED = 20;

/**
 * Runs a whole migration and takes it back in a scratch folder below the agent's home: on the real data, with a copy of
 * the home. The installation and the home are only read. Nothing stays behind, and what a rehearsal that was ended left
 * is removed first.
 * @throws what planning throws; BACKUP_PLACE where the agent's home lies in the installation; an open decision's error
 */
export async function rehearse(
  system: System,
  home: AgentHome,
  request: MigrationRequest,
  hooks: RunHooks,
): Promise<Rehearsal> {
  const target = realPathSoFar(system, request.target);
  for (const [folder, name] of [
    [request.source, 'the installation'],
    [target, 'the configuration home'],
  ] as const)
    if (isInside(home.path, folder))
      throw new AppError('BACKUP_PLACE', { path: home.path, reason: `it lies inside ${name}` });
  removeLeftScratch(system, home);
  const scratch = makeScratchFolder(system, home);
  try {
    return await rehearseIn(system, scratch.path, { ...request, target }, hooks);
  } finally {
    scratch.remove();
  }
}

async function rehearseIn(
  system: System,
  folder: string,
  request: MigrationRequest,
  hooks: RunHooks,
): Promise<Rehearsal> {
  const started = system.elapsed();
  const times = new Stopwatch(system);
  const home = new AgentHome(join(folder, 'agent'));
  const inScratch = {
    ...request,
    target: join(folder, 'home'),
    backups: join(folder, 'backups'),
    withoutTimers: true,
  };
  const notCopied = times.of('copy', () => copyHome(system, request.target, inScratch.target));
  const before = factsOf(system, inScratch.target);
  const plan = times.of('plan', () => planMigration(system, inScratch));
  try {
    const { open } = plan.content.decisions;
    if (open.length > 0) throw blockedBy(open, plan.survey.unreadable.length);
    const report = await runMigration(system, home, inScratch, plan, {
      ...hooks,
      emit: (event) => {
        times.hear(event);
        hooks.emit(event);
      },
    });
    const entries = loadRun(system, home, report.run).entries;
    const checks = checksFromJson(evidenceOf(entries, 'check-staged'));
    const backup = evidenceOf(entries, 'make-backup') as { path: string } | undefined;
    const backupBytes = factsOf(system, inScratch.backups).bytes;
    const grown = Math.max(0, factsOf(system, inScratch.target).bytes - before.bytes);
    const facts = {
      source: plan.content.source,
      target: request.target,
      outcome: report.outcome as Rehearsal['outcome'],
      disk: diskNeed(system, request, backupBytes, grown),
      checks: {
        ok: checks.filter(({ status }) => status !== 'error').length,
        of: checks.length,
        errors: checks.flatMap(({ name, status, reason }) =>
          status === 'error' ? [`${name}: ${reason ?? ''}`] : [],
        ),
      },
      notCopied,
    };
    const end = () => ({ times: times.list, milliseconds: Math.round(system.elapsed() - started) });
    if (report.error !== undefined || backup === undefined)
      return { ...facts, ...end(), rollback: undefined, ...(report.error && { error: report.error }) };
    await times.during('rollback', async () => {
      const preview = await previewRollback(system, home, backup.path);
      await rollBack(system, home, inScratch.backups, preview);
    });
    const after = factsOf(system, inScratch.target);
    const wrong = differing(before, after);
    const rollback = {
      exact: wrong.length === 0 && before.digest === after.digest,
      before: before.digest,
      after: after.digest,
      differing: wrong.slice(0, MOST_NAMED),
      sourceUnchanged: isUnchanged(system, plan.preconditions),
    };
    return { ...facts, ...end(), rollback };
  } finally {
    closeSurvey(plan.survey);
  }
}

/** Both may be on one file system; then it must hold the sum. */
function diskNeed(system: ReadSystem, request: MigrationRequest, backup: number, home: number): DiskNeed {
  const [backups, target] = [nearest(system, request.backups), nearest(system, dirname(request.target))];
  const freeForBackup = system.freeBytes(backups);
  const freeForHome = system.freeBytes(target);
  const isOne = system.stat(backups)?.dev === system.stat(target)?.dev;
  const fits = isOne ? backup + home <= freeForHome : backup <= freeForBackup && home <= freeForHome;
  return { backup, freeForBackup, home, freeForHome, fits };
}

function nearest(system: ReadSystem, path: string): string {
  return system.stat(path) === undefined ? nearest(system, dirname(path)) : path;
}

function isUnchanged(system: ReadSystem, preconditions: Parameters<typeof checkPreconditions>[1]): boolean {
  try {
    checkPreconditions(system, preconditions);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

/** Measures parts of the work on a clock that never jumps. */
class Stopwatch {
  readonly #system: Pick<ReadSystem, 'elapsed'>;
  readonly #times = new Map<Part, number>();
  readonly #begun = new Map<Part, number>();

  constructor(system: Pick<ReadSystem, 'elapsed'>) {
    this.#system = system;
  }

  get list(): Rehearsal['times'] {
    return [...this.#times].map(([part, milliseconds]) => ({ part, milliseconds: Math.round(milliseconds) }));
  }

  of<Result>(part: Part, work: () => Result): Result {
    this.#begin(part);
    try {
      return work();
    } finally {
      this.#end(part);
    }
  }

  async during(part: Part, work: () => Promise<void>): Promise<void> {
    this.#begin(part);
    try {
      await work();
    } finally {
      this.#end(part);
    }
  }

  hear(event: RunEvent): void {
    if (event.type !== 'phase') return;
    if (event.state === 'started') this.#begin(event.phase);
    if (event.state === 'done') this.#end(event.phase);
  }

  #begin(part: Part): void {
    this.#begun.set(part, this.#system.elapsed());
  }

  #end(part: Part): void {
    const begun = this.#begun.get(part);
    if (begun !== undefined) this.#times.set(part, this.#system.elapsed() - begun);
  }
}
