import type { AgentHome } from '../agent-home.ts';
import type { CheckResult } from '../checks/check.ts';
import type { Plan, PlanContent } from '../plan/plan.ts';
import type { System } from '../system.ts';
import type { Journal, Json } from './journal.ts';
import type { Kept, Phase, PhaseSummary, RunEvent } from './phases.ts';
import type { PlacementFolders } from './placement.ts';
import type { RunRecord } from './run-record.ts';

/**
 * One step of a run. Steps are done in order; each can be done again after a crash in its middle, and taken back whether
 * it was finished or not. What `run` returns is written to the journal as its evidence.
 */
export interface Step {
  readonly id: string;
  readonly phase: Phase;
  run(work: StepWork): StepResult | Promise<StepResult>;
  /** Takes back what the step did outside of its staging folder; nothing to do where it is absent. */
  undo?(work: StepWork): void;
}

export interface StepResult {
  readonly data?: Json;
  readonly summary?: PhaseSummary;
}

export interface StepWork {
  readonly system: System;
  readonly home: AgentHome;
  readonly record: RunRecord;
  readonly folder: string;
  readonly journal: Journal;
  /** Where the new home is prepared, and where what it replaces goes aside. */
  readonly folders: PlacementFolders;
  /** The same for the run's own records, which come last. */
  readonly recordFolders: PlacementFolders;
  readonly content: PlanContent;
  /**
   * The plan with its content; made again from the source after a crash, and refused if anything changed meanwhile.
   * @throws PLAN_STALE
   */
  plan(): Plan;
  emit(event: RunEvent): void;
  /** What the run has told so far that it kept. */
  readonly kept: readonly Kept[];
  /** True once somebody asked to stop; a long step may then throw INTERRUPTED, and is done again later. */
  stopAsked(): boolean;
  /** Data that a step left in the journal when it was done. */
  evidence(step: string): Json | undefined;
}

/** Check results as the journal keeps them. */
export function checksFromJson(data: Json | undefined): CheckResult[] {
  return Array.isArray(data) ? (data as unknown as CheckResult[]) : [];
}
