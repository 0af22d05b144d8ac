import { expect, it } from 'vitest';
import { PHASES } from '../../src/agent/run/phases.ts';
import { nextStage, STAGES, stagesDone } from '../../src/shared/stages.ts';

it('stages are the phases of a run, in their order, each in one of them', () => {
  expect(STAGES.flatMap(({ phases }) => phases)).toEqual(Object.keys(PHASES));
});

it('each stage but the last one pauses after the last of its phases', () => {
  const last = STAGES.map(({ phases }) => phases.at(-1));
  expect(STAGES.map(({ pauseAfter }) => pauseAfter)).toEqual([...last.slice(0, -1), undefined]);
});

it('counts a stage as done only when its last phase is', () => {
  const phases = [undefined, 'analyze', 'backup', 'convert', 'register', 'validate'] as const;
  expect(phases.map(stagesDone)).toEqual([0, 1, 2, 2, 3, 4]);
});

it.each([
  [undefined, 'Analysis'],
  ['analyze', 'Backup'],
  ['backup', 'Conversion'],
  ['convert', 'Conversion'],
  ['register', 'Validation'],
  ['validate', 'Final setup'],
] as const)('after %s comes %s', (after, name) => {
  expect(nextStage(after).name).toBe(name);
});
