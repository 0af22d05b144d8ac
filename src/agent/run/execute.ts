import { AppError } from '../../shared/errors.ts';
import { inWords, isCrash } from './in-words.ts';
import type { RunOutcome } from './journal.ts';
import { isLater, type Kept, PHASES, type Phase } from './phases.ts';
import { freeReserve, stateOf } from './run-record.ts';
import type { Step, StepWork } from './step.ts';
import { removeWorkFolders } from './work-folders.ts';

export interface StepReport {
  readonly id: string;
  readonly phase: Phase;
  readonly status: 'done' | 'failed' | 'not-started' | 'undone';
}

/** How a run ended, or that it waits for its person. `error` is there for `undone` and `interrupted`; nothing half-done is ever left behind unnamed. */
export interface RunReport {
  readonly run: string;
  readonly outcome: RunOutcome | 'interrupted' | 'paused';
  readonly steps: readonly StepReport[];
  /** What is not the run's own and was not deleted. */
  readonly kept: readonly Kept[];
  readonly error?: AppError;
}

/** Asked between two steps: true stops the run there, resumable. */
export type StopAsked = () => boolean;

/** Where a run stops although nothing is wrong. */
export interface Stops {
  readonly stopAsked: StopAsked;
  /** The run waits, resumable, once this phase is done; it never waits in the middle of one. */
  readonly pauseAfter?: Phase | undefined;
}

/**
 * Does every step that the journal does not call done. A failure takes the run back, unless taking back is what failed:
 * then the run stays open and resumable. Never throws for what the operating system refuses to a step.
 */
export async function executeSteps(
  steps: readonly Step[],
  work: StepWork,
  { stopAsked, pauseAfter }: Stops,
): Promise<RunReport> {
  const { journal } = work;
  let phase: Phase | undefined;
  for (const step of steps) {
    const before = phase;
    const isNewPhase = step.phase !== before;
    phase = step.phase;
    const state = stateOf(journal.entries);
    if (state.done.has(step.id)) continue;
    await turn();
    if (stopAsked()) return interrupted(steps, work, state.lastStep);
    if (isNewPhase && before !== undefined && pauseAfter !== undefined && isLater(phase, pauseAfter))
      return paused(steps, work, before);
    if (isNewPhase) work.emit({ type: 'phase', phase, state: 'started' });
    try {
      journal.add({ type: 'intent', step: step.id });
      const { data, summary } = await step.run(work);
      journal.add({ type: 'done', step: step.id, ...(data === undefined ? {} : { data }) });
      if (isLastOfPhase(steps, step))
        work.emit({ type: 'phase', phase, state: 'done', summary: summary ?? {} });
    } catch (error) {
      const told = inWords(error, work.record.target);
      return told.code === 'INTERRUPTED' ? stopped(steps, work, told) : fail(steps, work, step, told);
    }
  }
  const outcome: RunOutcome =
    work.content.package.installed && work.content.package.readsStore === 'yes'
      ? 'complete'
      : 'not-yet-usable';
  try {
    journal.add({ type: 'end', outcome });
    finish(work);
  } catch (error) {
    return stopped(steps, work, inWords(error, work.record.target));
  }
  return { run: work.record.id, outcome, steps: reports(steps, work), kept: work.kept };
}

/**
 * Removes what a run that is at its end kept for taking it back. Until this is done the run counts as open, since only
 * before its last record can it be taken back by renaming.
 */
export function finish(work: StepWork): void {
  removeWorkFolders(work);
  freeReserve(work.system, work.folder);
}

/** Takes back whatever was begun, the last step first, and ends the run. @throws what a step's undo throws */
export function undoSteps(steps: readonly Step[], work: StepWork): void {
  const { journal } = work;
  const before = stateOf(journal.entries);
  freeReserve(work.system, work.folder);
  if (!before.undoing) journal.add({ type: 'undo' });
  work.emit({ type: 'undoing' });
  for (const step of [...steps].reverse()) {
    const { done, open } = stateOf(journal.entries);
    if (!done.has(step.id) && !open.includes(step.id)) continue;
    step.undo?.(work);
    journal.add({ type: 'undone', step: step.id });
  }
  removeWorkFolders(work);
}

async function fail(steps: readonly Step[], work: StepWork, step: Step, error: AppError): Promise<RunReport> {
  try {
    freeReserve(work.system, work.folder);
    work.journal.add({ type: 'failed', step: step.id, code: error.code, reason: error.message });
    undoSteps(steps, work);
    work.journal.add({ type: 'end', outcome: 'undone' });
    const ended = { outcome: 'undone', steps: reports(steps, work), kept: work.kept } as const;
    return { run: work.record.id, ...ended, error };
  } catch (second) {
    if (isCrash(second)) throw second;
    return stopped(steps, work, error);
  }
}

function stopped(steps: readonly Step[], work: StepWork, error: AppError): RunReport {
  const ended = { outcome: 'interrupted', steps: reports(steps, work), kept: work.kept } as const;
  return { run: work.record.id, ...ended, error };
}

function paused(steps: readonly Step[], work: StepWork, after: Phase): RunReport {
  try {
    work.journal.add({ type: 'pause', after });
  } catch (error) {
    return stopped(steps, work, inWords(error, work.record.target));
  }
  return { run: work.record.id, outcome: 'paused', steps: reports(steps, work), kept: work.kept };
}

function interrupted(steps: readonly Step[], work: StepWork, lastStep: string | undefined): RunReport {
  const phase = steps.find(({ id }) => id === lastStep)?.phase;
  const where = phase === undefined ? 'at its start' : `after "${PHASES[phase]}" had begun`;
  return stopped(steps, work, new AppError('INTERRUPTED', { step: where }));
}

export function reports(steps: readonly Step[], work: StepWork): StepReport[] {
  const { done, open, undoing } = stateOf(work.journal.entries);
  return steps.map(({ id, phase }) => {
    const status = done.has(id) ? 'done' : open.includes(id) ? 'failed' : undoing ? 'undone' : 'not-started';
    return { id, phase, status };
  });
}

function isLastOfPhase(steps: readonly Step[], step: Step): boolean {
  return steps.findLast(({ phase }) => phase === step.phase) === step;
}

/** Lets signals and timers in between two steps. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
