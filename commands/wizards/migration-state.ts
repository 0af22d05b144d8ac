import type { JobFacts } from '../../services/job-facts.ts';
import type { JobProgress, JobState, JobType } from '../../services/services.ts';
import type { Goal, Method } from '../../services/story-wizard.ts';
import type { PausedRun, RunResult } from '../../src/protocol/facts.ts';

type FactsOf<Type extends JobType> = Extract<JobFacts, { type: Type }>['facts'];
export type Assessment = FactsOf<'assess'>;
export type PlanSummary = FactsOf<'plan'>;
export type { PausedRun, RunResult };
export type RollbackSummary = FactsOf<'rollback-preview'>;
export type RollbackResult = FactsOf<'rollback'>;
type Offers = RollbackSummary['choices'];
/** What was chosen about a rollback, by the ids that the computer offered. */
export type RollbackChoices = {
  readonly [Choice in keyof Offers]: NonNullable<Offers[Choice]>['chosen'] | undefined;
};

/**
 * Where a migration stands:
 *
 * assessing → assessed → planning → plan → running → result → previewing → preview → rolling-back → rolled-back
 *
 * and from anywhere in it: failed, cancelled; paused and interrupted (then running again, or undoing → undone).
 */
export const STEPS = [
  'assessing',
  'assessed',
  'planning',
  'plan',
  'running',
  'result',
  'previewing',
  'preview',
  'rolling-back',
  'rolled-back',
  'undoing',
  'undone',
  'paused',
  'interrupted',
  'failed',
  'cancelled',
] as const;
export type Step = (typeof STEPS)[number];

/** What a person can press under the card. Approve buttons have ids of their own, one for each plan. */
export const PRESSES = [
  'guided',
  'automated',
  'outline',
  'cancel',
  'stop',
  'again',
  'rollback',
  'keep',
  'look',
  'carry-newer',
  'leave-newer',
  'keep-newer',
  'conflicts-before',
  'conflicts-now',
  'stop-orchestrator',
  'wait-orchestrator',
] as const;
export type Press = (typeof PRESSES)[number];

/** A plan that waits for approval. */
export interface ShownPlan<Summary> {
  readonly digest: string;
  readonly words: readonly string[];
  readonly summary: Summary;
}

export interface ShownFailure {
  readonly code: string;
  readonly name: string;
  /** The step in which it happened. */
  readonly during: Step;
  readonly left: 'unchanged' | 'undone' | 'resumable' | 'paused' | 'unknown';
  /** Files that the plan was made from and that have changed. */
  readonly changed?: number | undefined;
}

/** Everything that the card is drawn from. Stored as JSON; `v` changes when its meaning does. */
export interface MigrationState {
  readonly v: 1;
  readonly step: Step;
  readonly goal: Goal;
  /** Undefined until somebody chooses. */
  readonly method?: Method | undefined;
  readonly machineName: string;
  readonly root?: string | undefined;
  readonly backup?: number | undefined;
  readonly buttons: Readonly<Record<string, string>>;
  readonly isPlaced: boolean;
  readonly job?: { readonly id: string; readonly type: JobType; readonly state: JobState } | undefined;
  readonly progress?: JobProgress | undefined;
  readonly isCancelling?: boolean | undefined;
  readonly assessment?: Assessment | undefined;
  readonly plan?: ShownPlan<PlanSummary> | undefined;
  /** Approve buttons of what is shown now, by the job that each starts. */
  readonly slots: Readonly<Partial<Record<string, string>>>;
  /** What is behind a run that waits, or that goes on from there. */
  readonly paused?: PausedRun | undefined;
  readonly result?: RunResult | undefined;
  readonly preview?: ShownPlan<RollbackSummary> | undefined;
  /** What the preview is asked for with; of another rollback none. */
  readonly choices?: RollbackChoices | undefined;
  readonly rollback?: RollbackResult | undefined;
  readonly failure?: ShownFailure | undefined;
  /** The last approval did not count, and why; `late`: the run waited before it could be stopped. */
  readonly note?: 'gone' | 'stale' | 'busy' | 'late' | undefined;
}

/** A stored state, if this version wrote it. */
export function readState(state: unknown): MigrationState | undefined {
  if (typeof state !== 'object' || state === null || !('v' in state) || !('step' in state)) return undefined;
  const isKnown = state.v === 1 && STEPS.some((step) => step === state.step);
  return isKnown ? (state as MigrationState) : undefined;
}

/** Steps in which a person may begin again with a look at the installation. */
export const RESTARTABLE: readonly Step[] = ['assessed', 'plan', 'failed', 'preview', 'result'];
/** Steps in which nothing has been written yet, so that stopping is all there is to it. */
export const BEFORE_WRITING: readonly Step[] = ['assessing', 'assessed', 'planning', 'plan'];
/** Steps at whose end nothing more happens by itself. */
export const ENDS: readonly Step[] = ['result', 'rolled-back', 'undone', 'failed', 'cancelled'];

/** Where a run waits for somebody to say what becomes of it: the steps that offer to go on with it or take it back. */
export const UNFINISHED: readonly Step[] = ['paused', 'interrupted'];

/** How the run stands that a write goes on with or takes back; undefined where the write would begin one. */
export function runBehind({ failure, paused }: MigrationState): 'paused' | 'interrupted' | undefined {
  if (failure?.left === 'resumable') return 'interrupted';
  return paused === undefined ? undefined : 'paused';
}

/** A rollback, or the look before it, did not come to its end: it can be begun again. */
export function failedInRollback({ step, failure }: MigrationState): boolean {
  return step === 'failed' && (failure?.during === 'previewing' || failure?.during === 'rolling-back');
}

/** A rollback was begun and is not at its end, as far as is known here: looking again goes on with it. */
export function isRollbackUnfinished(state: MigrationState): boolean {
  const { during, left } = state.failure ?? {};
  return failedInRollback(state) && during === 'rolling-back' && left !== 'unchanged';
}
