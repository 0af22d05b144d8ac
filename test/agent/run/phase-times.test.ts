import { expect, it } from 'vitest';
import type { Entry } from '../../../src/agent/run/journal.ts';
import { phaseTimes } from '../../../src/agent/run/phase-times.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

it('adds the time of each step to its phase; a wait and a step that never ended count nothing', () => {
  const entries = [
    { type: 'begin', n: 1, at: at(0) },
    { type: 'intent', step: 'make-backup', n: 2, at: at(1) },
    { type: 'done', step: 'make-backup', n: 3, at: at(4) },
    { type: 'intent', step: 'verify-backup', n: 4, at: at(4) },
    { type: 'done', step: 'verify-backup', n: 5, at: at(6) },
    { type: 'pause', after: 'backup', n: 6, at: at(6) },
    { type: 'resume', n: 7, at: at(50) },
    { type: 'intent', step: 'stage-config', n: 8, at: at(50) },
    { type: 'done', step: 'place:plan', n: 9, at: at(51) },
  ] satisfies Entry[];

  expect([...phaseTimes(entries)]).toEqual([['backup', 5000]]);
});
