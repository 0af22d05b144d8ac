import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clockFindings } from '../../../../src/agent/survey/machine/clock.ts';
import { installDate } from '../../../../src/agent/survey/machine/install-date.ts';
import { usageOf } from '../../../../src/agent/survey/machine/usage.ts';
import { put } from '../../../fixtures/write-files.ts';
import { makeClone, NOW, surveyOf } from '../../../helpers/plan.ts';
import { useTempFolder } from '../../../helpers/temp.ts';

const temp = useTempFolder();
const daysBefore = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

describe('the date of the installation', () => {
  it('without git is that of its oldest file, not of what an archive left at 1970', () => {
    const clone = makeClone(join(temp(), 'clone'), { 'config.yml': 'a: 1\n', 'notes.md': 'x' });
    utimesSync(join(clone, 'config.yml'), NOW, daysBefore(400));
    utimesSync(join(clone, 'notes.md'), NOW, 0);
    const { git, inventory } = surveyOf(clone);
    expect(installDate(git, inventory)).toEqual({ at: daysBefore(400).toISOString(), from: 'file' });
  });

  it('with git is when it was cloned', () => {
    const { inventory } = surveyOf(makeClone(join(temp(), 'clone')));
    const git = { state: 'read', facts: { firstSeen: '2024-05-06T00:00:00.000Z' } } as Parameters<
      typeof installDate
    >[0];
    expect(installDate(git, inventory)).toEqual({ at: '2024-05-06T00:00:00.000Z', from: 'clone' });
  });
});

describe('the usage level', () => {
  it.each([
    [[], 'none', 0],
    [[200], 'idle', 0],
    [[60], 'light', 0],
    [[3, 200], 'light', 1],
    [[3, 20], 'regular', 2],
  ] as const)('with state last written %j days ago is %s', (ages, level, active) => {
    const files: Record<string, string> = {};
    for (const [n, age] of ages.entries()) {
      put(temp(), `work/p${n}/.orch-state/status.json`, '{}');
      utimesSync(join(temp(), `work/p${n}/.orch-state/status.json`), NOW, daysBefore(age));
      files[`projects/p${n}.yaml`] = `path: ~/work/p${n}\n`;
    }
    const { states } = surveyOf(makeClone(join(temp(), 'clone'), files));
    expect(usageOf(states, NOW)).toMatchObject({ level, active_projects: active });
  });
});

describe('the clock', () => {
  const ns = (date: Date) => BigInt(date.getTime()) * 1_000_000n;

  it('is doubted where files are from its future, or where it is before this program', () => {
    expect(clockFindings(NOW, ns(daysBefore(-1)))).toMatchObject([{ code: 'clock', level: 'warning' }]);
    expect(clockFindings(new Date('2001-01-01'), 0n)).toHaveLength(1);
    expect(clockFindings(NOW, ns(daysBefore(1)))).toEqual([]);
    expect(clockFindings(NOW, ns(NOW))).toEqual([]);
  });
});
