import { counted } from '../../../shared/words.ts';
import type { RunOutcome } from '../../run/journal.ts';
import type { PhaseState } from '../../run/phase-states.ts';
import { PHASES } from '../../run/phases.ts';
import { facts } from './table.ts';

export function phaseLines(phases: readonly PhaseState[]): string[] {
  return facts(
    phases.map(({ phase, state, done, of }) => [
      PHASES[phase],
      `${state} (${done} of ${counted(of, 'step')})`,
    ]),
  );
}

/** How a run stands, in words for people. */
export const OUTCOMES: Readonly<Record<RunOutcome | 'unfinished' | 'running', string>> = {
  complete: 'complete',
  'not-yet-usable': 'moved, not yet usable',
  'nothing-to-do': 'there was nothing to do',
  undone: 'taken back: everything is as it was before',
  'rolled-back': 'rolled back',
  failed: 'failed',
  unfinished: 'interrupted, not finished',
  running: 'running now',
};
