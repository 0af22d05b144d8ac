import type { RunOutcome } from './journal.ts';
import { MIGRATION_STEPS } from './migration-steps.ts';
import { PHASES, type Phase } from './phases.ts';
import type { Run, RunState } from './run-record.ts';

export interface PhaseState {
  readonly phase: Phase;
  readonly state: 'complete' | 'incomplete' | 'failed' | 'not started';
  /** Steps done, of all steps of the phase. */
  readonly done: number;
  readonly of: number;
}

/** Where each phase of a migration stands, from its journal alone. */
export function phaseStates({ done, open, failure }: RunState): PhaseState[] {
  return (Object.keys(PHASES) as Phase[]).map((phase) => {
    const steps = MIGRATION_STEPS.filter((step) => step.phase === phase).map(({ id }) => id);
    const finished = steps.filter((id) => done.has(id)).length;
    const begun = finished > 0 || steps.some((id) => open.includes(id));
    const failed = failure !== undefined && steps.includes(failure.step);
    const state =
      finished === steps.length ? 'complete' : failed ? 'failed' : begun ? 'incomplete' : 'not started';
    return { phase, state, done: finished, of: steps.length };
  });
}

export type Standing = RunOutcome | 'running' | 'paused' | 'unfinished';

/** What a run is now, in one word. `isWorking`: a process is at it. */
export function standing({ outcome, paused }: RunState, isWorking: boolean): Standing {
  if (outcome !== undefined) return outcome;
  if (isWorking) return 'running';
  return paused === undefined ? 'unfinished' : 'paused';
}

/** Where a run stands, in words for people: `stopped at "Creating backup"`. */
export function standsAt({ record, state }: Pick<Run, 'record' | 'state'>): string {
  if (record.kind === 'rollback') return 'stopped while rolling back';
  if (state.paused !== undefined) return `paused after "${PHASES[state.paused]}"`;
  const phase = MIGRATION_STEPS.find(({ id }) => id === state.lastStep)?.phase;
  return phase === undefined ? 'stopped at its start' : `stopped at "${PHASES[phase]}"`;
}
