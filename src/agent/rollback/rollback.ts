import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { newRunId } from '../../shared/ids.ts';
import { TOOL } from '../../shared/tool.ts';
import type { AgentHome } from '../agent-home.ts';
import { restoreRecords } from '../backup/restore.ts';
import type { Consent } from '../orchestrator/consent.ts';
import type { Program } from '../orchestrator/program.ts';
import {
  type OrchestratorPlaces,
  type OrchestratorReport,
  StoppedOrchestrators,
} from '../orchestrator/stopped.ts';
import { displayPath } from '../paths.ts';
import { type TakenBack, takeBackForTarget } from '../references/take-back.ts';
import { isCrash, toldInWords } from '../run/in-words.ts';
import { Journal } from '../run/journal.ts';
import { lockTarget } from '../run/lock.ts';
import type { Kept } from '../run/phases.ts';
import { createRun, freeReserve, type RunRecord } from '../run/run-record.ts';
import { type SetupTakenBack, takeBackSetupFor } from '../setup/take-back.ts';
import { findRunning, isOfPackage } from '../survey/orchestrator.ts';
import type { System } from '../system.ts';
import { type CarriedOver, carryOver, keepForCarrying, NOTHING_CARRIED, removeKept } from './carry-over.ts';
import { moveAside } from './move-aside.ts';
import { OtherRuns } from './other-runs.ts';
import { destinationIn, verifyPlace, wantedIn } from './place.ts';
import { placesOf, previewRollback, type RollbackPreview } from './preview.ts';
import { savePresent } from './save-present.ts';
import { FULL, type Selection } from './selection.ts';

export interface RollbackReport {
  readonly run: string;
  readonly outcome: 'rolled-back' | 'failed';
  readonly selection: Selection;
  readonly restored: number;
  readonly unchanged: number;
  readonly movedAside: number;
  /** Where the moved things lie; undefined if nothing was moved. */
  readonly aside: string | undefined;
  /** The backup of the present that was taken first; undefined if there was nothing to back up. */
  readonly safetyBackup: string | undefined;
  readonly verified: { readonly done: number; readonly of: number };
  /** Newer projects and secrets that are in the restored home too, by name. */
  readonly carried: Pick<CarriedOver, 'projects' | 'secrets'>;
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
  /** What interrupted migrations had in the new home and beside it that is not their own: nothing of it was deleted. */
  readonly kept: readonly Kept[];
  /** Lines outside of the new home that had been made to start the package. */
  readonly references: TakenBack;
  /** What the final setup had installed and moved aside. */
  readonly setup: SetupTakenBack;
  /** Orchestrators that ran, and whether they run again. */
  readonly orchestrator: OrchestratorReport;
}

/** What a rollback is given besides what it does. */
export interface RollbackOptions {
  /** The rollback that is gone on with. */
  readonly resumed?: RunRecord | undefined;
  /** Whether what is newer than the migration is carried over, as the preview says. Default false. */
  readonly carry?: boolean | undefined;
  /** Projects that the migration and the person changed, by name, whose entries of now are carried over. */
  readonly mine?: readonly string[] | undefined;
  /** Undefined: a running orchestrator stands in the way. */
  readonly consent?: Consent | undefined;
}

/**
 * What was chosen becomes exactly what it was when the backup was taken. The present is backed up first; what is not in
 * the backup goes aside, and nothing is deleted. Goes on over a single failure and reports it; the
 * same command can be given again, and an interrupted one resumed.
 * @throws ORCHESTRATOR_RUNNING, ORCHESTRATOR_NOT_STOPPED, ORCHESTRATOR_RETURNS, LOCKED before anything is changed
 */
export async function rollBack(
  system: System,
  home: AgentHome,
  backups: string,
  seen: RollbackPreview,
  options: RollbackOptions = {},
): Promise<RollbackReport> {
  return toldInWords(seen.home.path, () => lockAndRollBack(system, home, backups, seen, options));
}

async function lockAndRollBack(
  system: System,
  home: AgentHome,
  backups: string,
  seen: RollbackPreview,
  { resumed, consent, carry = false, mine = [] }: RollbackOptions,
): Promise<RollbackReport> {
  const { backup, selection } = seen;
  const places = placesOfOrchestrator(seen);
  if (consent === undefined) {
    const running = findRunning(system, places.clone, places.target);
    if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
  }
  const lock = lockTarget(system, places.target);
  try {
    const others = new OtherRuns(system, home, places.target);
    const begun = resumed ?? others.rollbackTo(backup.path, selection);
    const record = begun ?? startRecord(system, seen, backups, carry, mine);
    const folder = begun === undefined ? createRun(system, home, record) : home.run(record.id);
    const journal = Journal.open(system, folder, record.id);
    try {
      journal.add({ type: begun === undefined ? 'begin' : 'resume' });
      const orchestrators = await StoppedOrchestrators.stop(system, journal, folder, places, consent).catch(
        (error: unknown) => {
          if (begun === undefined) journal.add({ type: 'end', outcome: 'failed' });
          throw error;
        },
      );
      try {
        const isUndone = others.undoMigrations();
        const preview = isUndone
          ? await previewRollback(system, home, backup.path, selection, seen.identity)
          : seen;
        return await carryOut(system, home, record, folder, journal, preview, others, orchestrators);
      } catch (error) {
        if (!isCrash(error) && !hasChanged(journal)) await orchestrators.start(() => undefined);
        throw error;
      }
    } finally {
      journal.close();
    }
  } finally {
    lock.release();
  }
}

/** Where the orchestrators work that a rollback would meet. */
export function placesOfOrchestrator({ backup, home }: RollbackPreview): OrchestratorPlaces {
  const clone = backup.manifest.roots.find(({ id }) => id === 'source')?.path ?? home.path;
  return { clone, target: home.path };
}

/** Whether anything of what the rollback writes to was touched. */
function hasChanged({ entries }: Journal): boolean {
  return entries.some((entry) => entry.type === 'intent' && /^(move-aside|restore)/.test(entry.step));
}

/** Goes on with an interrupted rollback: compares again and does what is left. */
export async function resumeRollback(
  system: System,
  home: AgentHome,
  record: RunRecord,
): Promise<RollbackReport> {
  const preview = await previewOf(system, home, record);
  return rollBack(system, home, record.backups, preview, { resumed: record });
}

/** What an interrupted rollback has left to do. */
export async function previewOf(
  system: System,
  home: AgentHome,
  record: RunRecord,
): Promise<RollbackPreview> {
  if (record.rollback === undefined) throw new Error(`run ${record.id} is no rollback`);
  const { backup, selection = FULL } = record.rollback;
  return previewRollback(system, home, backup, selection);
}

async function carryOut(
  system: System,
  home: AgentHome,
  record: RunRecord,
  folder: string,
  journal: Journal,
  preview: RollbackPreview,
  others: OtherRuns,
  stopped: StoppedOrchestrators,
): Promise<RollbackReport> {
  const places = placesOf(preview);
  const safetyBackup = await savePresent(system, home, record, journal, preview);
  const { carry = false, mine = [] } = record.rollback ?? {};
  const items = preview.newerItems.filter(({ name, stays, isConflict }) =>
    isConflict ? mine.includes(name) : carry && stays === undefined,
  );
  keepForCarrying(system, journal, folder, preview.home.path, items);
  const { failures: moveFailures, moved, aside } = moveAside(system, journal, places, folder, record);
  journal.add({ type: 'intent', step: 'restore' });
  const wanted = new Map(places.map((place) => [place.root, { place, isWanted: wantedIn(place) }]));
  const result = await restoreRecords(system, preview.backup, preview.identity, (one) => {
    const { place, isWanted } = wanted.get(one.root) ?? {};
    return place !== undefined && isWanted?.(one) ? destinationIn(place, one.rel) : undefined;
  });
  const restoreFailures = [
    ...moveFailures,
    ...result.failed.map(({ record: { root, rel }, reason }) => ({
      path: displayPath(destinationIn(wanted.get(root)?.place ?? preview.home, rel)),
      reason,
    })),
  ];
  journal.add({ type: 'done', step: 'restore', data: { failures: restoreFailures } });
  const verified = sum(places.map((place) => verifyPlace(system, place)));
  const isRestored = restoreFailures.length === 0 && verified.done === verified.of;
  const carried = isRestored ? carryOver(system, journal, folder, preview.home.path) : NOTHING_CARRIED;
  const failures = [...restoreFailures, ...carried.failures];
  const outcome = isRestored && failures.length === 0 ? 'rolled-back' : 'failed';
  freeReserve(system, folder);
  const isFull = preview.selection.type === 'full';
  const isTakenBack =
    isFull && outcome === 'rolled-back' && preview.backup.manifest.kind === 'before-migration';
  const nothing = { takenBack: [], left: [] };
  const references = isTakenBack ? takeBackForTarget(system, home, preview.home.path) : nothing;
  const setup = isTakenBack ? takeBackSetupFor(system, home, preview.home.path) : nothing;
  const orchestrator =
    outcome === 'rolled-back'
      ? await stopped.start((program) => reasonToKeepDown(system, preview, references, program))
      : {
          stopped: stopped.names,
          started: [],
          left: stopped.names.map((program) => ({ program, reason: HALF_WAY })),
        };
  if (outcome === 'rolled-back') {
    if (isFull) others.close(record.id);
    journal.add({ type: 'end', outcome });
    // Not before: a run that is gone on with carries over again.
    removeKept(system, folder);
  }
  const differences = places.map(({ difference }) => difference);
  return {
    run: record.id,
    outcome,
    selection: preview.selection,
    restored: differences.reduce((total, { restore }) => total + restore.length, 0),
    unchanged: differences.reduce((total, { unchanged }) => total + unchanged, 0),
    movedAside: moved,
    aside: moved === 0 ? undefined : aside,
    safetyBackup,
    verified,
    carried: { projects: carried.projects, secrets: carried.secrets },
    failures,
    kept: others.kept,
    references,
    setup,
    orchestrator,
  };
}

const HALF_WAY = 'the rollback is not complete; the same command goes on with it';

/** The package would make itself a new home in the place of the one that just went. */
function reasonToKeepDown(
  system: System,
  { home }: RollbackPreview,
  { takenBack }: TakenBack,
  { command, unit }: Program,
): string | undefined {
  const isGone = isOfPackage(command) && system.lstat(home.path) === undefined;
  const startsOther = unit !== undefined && takenBack.some((file) => basename(file) === unit.name);
  return isGone && !startsOther ? 'the home that it reads is gone with the rollback' : undefined;
}

function sum(figures: readonly { readonly done: number; readonly of: number }[]): {
  done: number;
  of: number;
} {
  return figures.reduce((all, one) => ({ done: all.done + one.done, of: all.of + one.of }), {
    done: 0,
    of: 0,
  });
}

function startRecord(
  system: System,
  preview: RollbackPreview,
  backups: string,
  carry: boolean,
  mine: readonly string[],
): RunRecord {
  const now = system.now();
  return {
    schema: 'awm/run/1',
    id: newRunId(now),
    kind: 'rollback',
    started: now.toISOString(),
    tool: TOOL,
    target: preview.home.path,
    targetPresent: system.lstat(preview.home.path) !== undefined,
    backups,
    rollback: {
      backup: preview.backup.path,
      backupId: preview.backup.manifest.id,
      ...(isDeepStrictEqual(preview.selection, FULL) ? {} : { selection: preview.selection }),
      ...(carry ? { carry } : {}),
      ...(mine.length === 0 ? {} : { mine }),
    },
  };
}
