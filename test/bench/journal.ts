import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bundle } from '../../scripts/build.ts';
import { buildMixedInstallation } from '../fixtures/mixed-installation.ts';
import { median } from './measure.ts';

const DIST = join(import.meta.dirname, '..', '..', 'dist', 'journal');

/** What the journal adds to a run: the time in it, of a whole automated migration of the generated installation. */
export async function journal(folder: string, rounds: number): Promise<string[]> {
  await bundle(DIST, 'journal-bench', 'test/bench/journal-program.ts');
  const all = Array.from({ length: rounds }, (_, n) => {
    const { home } = buildMixedInstallation(join(folder, `journal-${n}`));
    const command = ['migrate-from-git', join(home, 'agent-workflow'), '--automated', '--yes'];
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(DIST, 'migration-journal-bench.cjs'), ...command],
      { env: { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8' }, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(stderr);
    const [inJournal = 0, whole = 0] = stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
    return { inJournal, whole };
  });
  const inJournal = median(all.map((one) => one.inJournal));
  const whole = median(all.map((one) => one.whole));
  const share = median(all.map((one) => one.inJournal / (one.whole - one.inJournal)));
  return [
    [
      '### The journal of a migration (the generated installation)',
      '',
      '| in the journal, ms | the whole run, ms | what the journal adds |',
      '|---|---|---|',
      `| ${inJournal.toFixed(0)} | ${whole.toFixed(0)} | ${(share * 100).toFixed(1)} % |`,
      '',
    ].join('\n'),
  ];
}
