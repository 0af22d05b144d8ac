/** The phases of a migration, in order, with the words that people see (mission §4.1 and §4.2). */
export const PHASES = {
  analyze: 'Analyzing source',
  backup: 'Creating backup',
  convert: 'Converting configurations',
  credentials: 'Migrating credentials',
  register: 'Registering projects',
  validate: 'Validating migration',
  finalize: 'Putting everything in place',
} as const;

export type Phase = keyof typeof PHASES;

/** Whether a phase comes later in a run than another. */
export function isLater(phase: Phase, than: Phase): boolean {
  const order = Object.keys(PHASES);
  return order.indexOf(phase) > order.indexOf(than);
}

/** What a run tells while it works. Words for people are made of it elsewhere. */
export type RunEvent =
  | { readonly type: 'phase'; readonly phase: Phase; readonly state: 'started' | 'skipped' }
  | { readonly type: 'phase'; readonly phase: Phase; readonly state: 'done'; readonly summary: PhaseSummary }
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      readonly n: number;
      readonly of: number;
      readonly bytes: number;
    }
  | { readonly type: 'undoing' }
  | ({ readonly type: 'kept' } & Kept);

/** What a run did not delete, since it is not the run's own. */
export interface Kept {
  /** Where it lies now; absolute. */
  readonly path: string;
  /** In words for the person. */
  readonly what: string;
}

/** Figures of a phase that is done; which of them are there depends on the phase. */
export type PhaseSummary = Readonly<Record<string, number | string>>;
