import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { diskNeed } from '../../../src/agent/plan/disk-need.ts';
import { estimate } from '../../../src/agent/plan/estimate.ts';
import { measureThroughput } from '../../../src/agent/plan/throughput.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { makeClone, planOf, systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();

describe('the estimate', () => {
  it('grows with what there is to back up and with how slow this computer was', () => {
    const need = diskNeed(planOf(makeClone(join(temp(), 'clone'))));
    const more = {
      ...need,
      entries: need.entries * 100,
      backups: { from: need.backups.from + 1e8, to: 2e8 },
    };
    const sample = { files: 10, bytes: 100_000, milliseconds: 10 };
    const [small, large] = [estimate(100, sample, need), estimate(100, sample, more)];
    expect(large.seconds.to).toBeGreaterThan(small.seconds.to);
    expect(large.seconds.from).toBeGreaterThanOrEqual(small.seconds.from);
    expect(estimate(100, { ...sample, milliseconds: 1000 }, more).seconds.to).toBeGreaterThan(
      large.seconds.to,
    );
    for (const { seconds, disk_bytes: disk } of [small, large]) {
      expect(seconds.from).toBeLessThanOrEqual(seconds.to);
      expect(disk.from).toBeLessThanOrEqual(disk.to);
    }
  });

  it('is made of a sample that stays small, however much there is', () => {
    for (let n = 0; n < 200; n++) put(temp(), `work/.orch-state/f${n}`, 'x'.repeat(100));
    const { survey } = planOf(makeClone(join(temp(), 'clone'), { 'projects/a.yaml': 'path: ~/work\n' }));
    let reads = 0;
    const base = systemAt(temp());
    const system = withOverrides(base, {
      readFile: (path, most) => {
        reads += 1;
        return base.readFile(path, most);
      },
    });
    const sample = measureThroughput(system, survey);
    expect(sample.files).toBe(64);
    expect(reads).toBe(64);
    expect(sample.bytes).toBeGreaterThan(6000);
    expect(sample.milliseconds).toBeGreaterThan(0);
  });
});
