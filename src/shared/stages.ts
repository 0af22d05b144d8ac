/** What people know as the phases of a migration (mission §4.1); the conversion is three phases of the run. */
export interface Stage {
  readonly name: string;
  readonly phases: readonly string[];
  /** Told to the run so that it waits at the stage's end; the last one ends by itself. */
  readonly pauseAfter: 'analyze' | 'backup' | 'register' | 'validate' | undefined;
}

export const STAGES = [
  { name: 'Analysis', phases: ['analyze'], pauseAfter: 'analyze' },
  { name: 'Backup', phases: ['backup'], pauseAfter: 'backup' },
  { name: 'Conversion', phases: ['convert', 'credentials', 'register'], pauseAfter: 'register' },
  { name: 'Validation', phases: ['validate'], pauseAfter: 'validate' },
  { name: 'Final setup', phases: ['finalize'], pauseAfter: undefined },
] as const satisfies readonly Stage[];

export type StageName = (typeof STAGES)[number]['name'];

/** How many stages are wholly behind a run that has finished this phase. */
export function stagesDone(after: string | undefined): number {
  if (after === undefined) return 0;
  const at = STAGES.findIndex(({ phases }: Stage) => phases.includes(after));
  return STAGES[at]?.pauseAfter === after ? at + 1 : at;
}

/** The stage that begins, or goes on, after this phase. */
export function nextStage(after: string | undefined): (typeof STAGES)[number] {
  return STAGES[stagesDone(after)] as (typeof STAGES)[number];
}
