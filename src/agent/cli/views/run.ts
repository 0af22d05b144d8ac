import type { PhaseState } from '../../run/phase-states.ts';
import { PHASES } from '../../run/phases.ts';
import { facts } from './table.ts';

export function phaseLines(phases: readonly PhaseState[]): string[] {
  return facts(
    phases.map(({ phase, state, done, of }) => [PHASES[phase], `${state} (${done} of ${of} steps)`]),
  );
}
