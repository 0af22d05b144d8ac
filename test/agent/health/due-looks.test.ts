import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ProbationLooks } from '../../../src/agent/channel/probation-looks.ts';
import { doDueLooks, nextLookIn } from '../../../src/agent/health/due-looks.ts';
import { looksOf, problemsOf } from '../../../src/agent/health/looks.ts';
import { previewRollback } from '../../../src/agent/rollback/preview.ts';
import { rollBack } from '../../../src/agent/rollback/rollback.ts';
import { loadRun } from '../../../src/agent/run/run-record.ts';
import { refuseRetiring } from '../../../src/agent/setup/retire.ts';
import type { System } from '../../../src/agent/system.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { systemError, withOverrides } from '../../helpers/faulty-system.ts';
import { ManualClock } from '../../helpers/manual-clock.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, migrateTiny, newestBackup } from '../../helpers/tiny-migration.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('the looks after a migration', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let run: string;

  beforeEach(async () => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
    ({ run } = await migrateTiny(freshSystem(tiny), tiny));
  });

  const settings = () => ({
    home: homeOf(tiny),
    backups: tiny.backups,
    target: undefined,
    packageSpec: undefined,
  });
  const later = (ms: number, overrides: Partial<System> = {}): System =>
    withOverrides(freshSystem(tiny), { now: () => new Date(Date.now() + ms), ...overrides });
  const told = async (system: System) => (await doDueLooks(system, settings())).map(({ look }) => look.name);
  const recorded = () => {
    const system = later(0);
    return looksOf(system, homeOf(tiny), loadRun(system, homeOf(tiny), run)).map(({ record }) => record);
  };

  it('say that the record of one is damaged, and do it again once that is removed', async () => {
    expect(await told(later(HOUR + 1000))).toEqual(['1h']);
    const record = join(homeOf(tiny).run(run), 'looks', '1h.json');
    writeFileSync(record, '{"checks": [');
    const [damaged] = recorded();
    expect(damaged && problemsOf(damaged)).toMatchObject([{ name: 'look_record', status: 'error' }]);
    expect(await told(later(HOUR + 2000))).toEqual([]);
    rmSync(record);
    expect(await told(later(HOUR + 3000))).toEqual(['1h']);
  });

  it('are done after 1 hour, 24 hours and 7 days, each once, the last with everything', async () => {
    expect(await told(later(HOUR - 60_000))).toEqual([]);
    expect(await told(later(HOUR + 1000))).toEqual(['1h']);
    expect(await told(later(HOUR + 2000))).toEqual([]);
    expect(await told(later(DAY + 1000))).toEqual(['24h']);
    expect(await told(later(8 * DAY))).toEqual(['7d']);
    expect(await told(later(30 * DAY))).toEqual([]);

    const checked = recorded().map((record) => record?.checks.map(({ name }) => name) ?? []);
    expect(checked.map((names) => names.includes('backup_integrity'))).toEqual([false, false, true]);
    expect(recorded().map((record) => record && problemsOf(record))).toEqual([[], [], []]);
    expect(readdirSync(join(homeOf(tiny).run(run), 'looks')).sort()).toEqual([
      '1h.json',
      '24h.json',
      '7d.json',
    ]);
  });

  it('that were due while no agent ran are done as one, and told once', async () => {
    expect(await told(later(9 * DAY))).toEqual(['7d']);

    const [first, ...others] = recorded();
    expect(first?.checks.map(({ name }) => name)).toContain('backup_integrity');
    expect(others.map((record) => record?.at)).toEqual([first?.at, first?.at]);
  });

  it('record and tell what they find, and are told by one of two processes', async () => {
    appendFileSync(join(tiny.target, 'config.yaml'), '"open: [\n');
    const quicker = () => {
      throw systemError('EEXIST', 'link');
    };
    expect(await told(later(2 * HOUR, { hardLink: quicker }))).toEqual([]);
    expect(recorded()[0]).toBeUndefined();

    const [done] = await doDueLooks(later(2 * HOUR), settings());

    expect(done?.look.record && problemsOf(done.look.record).map(({ name }) => name)).toEqual([
      'config_syntax',
      'config_completeness',
    ]);
    expect(recorded()[0]).toEqual(done?.look.record);
  });

  it('end with a rollback', async () => {
    const system = freshSystem(tiny);
    const preview = await previewRollback(system, homeOf(tiny), newestBackup(tiny));
    await rollBack(system, homeOf(tiny), tiny.backups, preview);

    expect(await told(later(9 * DAY))).toEqual([]);
    expect(nextLookIn(later(0), settings())).toBeUndefined();
  });

  it('have to be fine before the clone may go: what was mended since is, what is still broken is not', async () => {
    const config = join(tiny.target, 'config.yaml');
    const text = readFileSync(config, 'utf8');
    const retiring = () => {
      const system = later(9 * DAY);
      return refuseRetiring(system, settings(), tiny.clone, loadRun(system, homeOf(tiny), run));
    };
    appendFileSync(config, '"open: [\n');
    await expect(retiring()).rejects.toMatchObject({
      code: 'RETIRE_UNWELL',
      message: expect.stringContaining('config_syntax'),
    });
    expect(recorded().every((record) => record !== undefined)).toBe(true);
    writeFileSync(config, text);
    await expect(retiring()).resolves.toBeUndefined();
  });

  it('are done in time by an agent that is connected, one line for each', async () => {
    const clock = new ManualClock(Date.now());
    const lines: string[] = [];
    const system = withOverrides(freshSystem(tiny), { now: () => new Date(clock.now()) });
    const notices = { notice: (line: string) => void lines.push(line) };
    const looks = new ProbationLooks({ system, settings: settings(), notices, timers: clock });
    looks.plan();
    await clock.move(HOUR - 60_000);
    expect(lines).toEqual([]);
    await clock.move(120_000);
    await clock.move(DAY);
    await looks.stop();

    expect(lines).toEqual([
      expect.stringMatching(
        /^looked at the new home after 1 hour, on .*: \d checks, none found anything wrong$/,
      ),
      expect.stringMatching(/after 24 hours/),
    ]);
    await clock.move(30 * DAY);
    expect(lines).toHaveLength(2);
    expect(existsSync(join(homeOf(tiny).run(run), 'looks/7d.json'))).toBe(false);
  });
});
