import type { Named } from '../orchestrator/consent.ts';
import { whyNotToStop } from '../orchestrator/not-to-stop.ts';
import { describeProgram } from '../orchestrator/program.ts';
import type { RollbackPreview } from '../rollback/preview.ts';
import { placesOfOrchestrator } from '../rollback/rollback.ts';
import { findAllRunning } from '../survey/orchestrator.ts';
import type { System } from '../system.ts';
import type { JobOf, SummaryOf } from './job.ts';

type Summary = SummaryOf<'rollback-preview'>;
type Given = JobOf<'rollback-preview'>['params'];
type Offered<Choice extends keyof Summary['choices']> = NonNullable<Summary['choices'][Choice]>;
type Newer = Offered<'newer'>['chosen'];

/** What is to become of newer work, out of what can. By itself what agrees is carried over, as at the terminal. */
export function chooseNewer({ newer, newerItems }: RollbackPreview, { newer: given }: Given) {
  const canCarry = newerItems.some(({ stays }) => stays === undefined);
  const options: Newer[] = [
    ...(canCarry ? (['carry'] as const) : []),
    'leave',
    ...(newer.length > 0 ? (['keep'] as const) : []),
  ];
  const [first = 'leave'] = options;
  const chosen = given !== undefined && options.includes(given) ? given : first;
  return { chosen, choice: options.length > 1 ? { newer: { options, chosen } } : {} };
}

/** Of which projects the entries of now win; asked about all of them at once, since their names do not leave the machine. */
export function chooseConflicts({ newerItems }: RollbackPreview, { conflicts: given }: Given, newer: Newer) {
  const names = newerItems.filter(({ isConflict }) => isConflict).map(({ name }) => name);
  // Their file is kept as it is then.
  if (names.length === 0 || newer === 'keep') return { names, mine: [], choice: {} };
  const chosen = given ?? 'before';
  const options: readonly ('before' | 'now')[] = ['before', 'now'];
  return { names, mine: chosen === 'now' ? names : [], choice: { conflicts: { options, chosen } } };
}

/**
 * What runs now, and whether it is stopped for the rollback. That is offered only where each is surely an orchestrator of
 * this installation: what may be another one's is asked about at the terminal, where its command can be shown.
 */
export function chooseOrchestrator(
  system: System,
  preview: RollbackPreview,
  { orchestrator: given }: Given,
): {
  readonly running: number;
  /** The programs that are stopped; undefined where none may be. */
  readonly stop: readonly Named[] | undefined;
  readonly choice: Pick<Summary['choices'], 'orchestrator'>;
} {
  const { clone, target } = placesOfOrchestrator(preview);
  const running = findAllRunning(system, clone, target);
  const programs = running.map((one) => describeProgram(system, one));
  const canStop = programs.every(
    (one) => one.isSurelyOurs && whyNotToStop(system, clone, running, one) === undefined,
  );
  if (running.length === 0 || !canStop) return { running: running.length, stop: undefined, choice: {} };
  const chosen = given ?? 'wait';
  return {
    running: running.length,
    stop: chosen === 'stop' ? programs.map(({ pid, start }) => ({ pid, start })) : undefined,
    choice: { orchestrator: { options: ['wait', 'stop'], chosen } },
  };
}
