import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { settleTimes } from '../fixtures/settle.ts';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

describe('a migration with --zstd', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let before: string[];
  let backup: string;

  const backups = () =>
    askAgent<{ backups: { path: string; kind: string }[] }>(tiny.home, ['backups', 'list']).result.backups;
  const tars = (path: string) => readdirSync(path).filter((name) => name.includes('.tar'));

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = describeTree(tiny.target);
    const args = ['migrate-from-git', tiny.clone, '--automated', '--zstd', '--yes'];
    expect(runAgent(tiny.home, args)).toMatchObject({ exit: 0, stderr: '' });
    backup = backups()[0]?.path ?? '';
  });

  it('makes a compressed backup, and its run remembers that for the next process', () => {
    expect(tars(backup).length).toBeGreaterThan(2);
    expect(tars(backup).filter((name) => !name.endsWith('.tar.zst'))).toEqual([]);
    const runs = join(tiny.home, '.local/state/migration-agent/runs');
    const record = readFileSync(join(runs, readdirSync(runs)[0] ?? '', 'run.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ zstd: true });
    expect(runAgent(tiny.home, ['backups', 'verify'])).toMatchObject({ exit: 0, stderr: '' });
    const mirror = join(tiny.home, 'mirror');
    expect(runAgent(tiny.home, ['backups', 'export', '--mirror', mirror])).toMatchObject({ exit: 0 });
    expect(readFileSync(join(mirror, 'target/config.yaml'))).not.toHaveLength(0);
  });

  it('is taken back byte for byte, and the rollback too, from a compressed backup of its own', () => {
    settleTimes(tiny.target);
    const migrated = describeTree(tiny.target);
    const back = ['restore-migration-backup', '--zstd', '--yes'];
    expect(runAgent(tiny.home, back)).toMatchObject({ exit: 0, stderr: '' });
    expect(describeTree(tiny.target)).toEqual(before);
    const saved = backups().find(({ kind }) => kind === 'before-rollback')?.path ?? '';
    expect(tars(saved).filter((name) => !name.endsWith('.tar.zst'))).toEqual([]);
    expect(dirname(saved)).toBe(dirname(backup));
    expect(runAgent(tiny.home, [...back, '--undo'])).toMatchObject({ exit: 0, stderr: '' });
    expect(describeTree(tiny.target)).toEqual(migrated);
  });

  it('gives one file out of it', () => {
    const out = join(tiny.home, 'out');
    mkdirSync(out);
    const args = ['restore-migration-backup', '--file', 'target/config.yaml', '--to', out, '--yes'];
    expect(runAgent(tiny.home, args)).toMatchObject({ exit: 0, stderr: '' });
    expect(readdirSync(out)).toEqual(['config.yaml']);
  });
});
