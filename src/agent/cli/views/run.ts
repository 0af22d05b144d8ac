import { counted } from '../../../shared/words.ts';
import { type PhaseState, type Standing, standsAt } from '../../run/phase-states.ts';
import { PHASES } from '../../run/phases.ts';
import type { Run } from '../../run/run-record.ts';
import { facts } from './table.ts';

export function phaseLines(phases: readonly PhaseState[]): string[] {
  return facts(
    phases.map(({ phase, state, done, of }) => [
      PHASES[phase],
      `${state} (${done} of ${counted(of, 'step')})`,
    ]),
  );
}

const OUTCOMES: Readonly<Record<Exclude<Standing, 'paused'>, string>> = {
  complete: 'complete',
  'not-yet-usable': 'moved, not yet usable',
  'nothing-to-do': 'there was nothing to do',
  undone: 'taken back: everything is as it was before',
  'rolled-back': 'rolled back',
  failed: 'failed',
  unfinished: 'interrupted, not finished',
  running: 'running now',
};

/** How a run stands, in words for people. */
export function inWords(run: Run, standing: Standing): string {
  return standing === 'paused' ? standsAt(run) : OUTCOMES[standing];
}
