import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  buildTinyInstallation,
  resetTinyTarget,
  type TinyInstallation,
} from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { describeTree } from '../helpers/digest.ts';
import { normalisedHome } from '../helpers/normalised-home.ts';
import { useTempFolder } from '../helpers/temp.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;
const BY_HAND = ['recover', '--issue', 'partial_migration', '--option', '3'];

describe('a migration that was killed while it put the new home into place', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let env: Record<string, string>;
  let migrated: string[];

  /** Leaves one that has announced its renames and done none of them. */
  function killed(): void {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    env = { MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups };
    const migrate = ['migrate-from-git', tiny.clone, '--automated', '--yes'];
    expect(runAgent(tiny.home, migrate, env)).toMatchObject({ exit: 0 });
    migrated = normalisedHome(tiny.target);
    const [run = ''] = readdirSync(join(tiny.agentHome, 'runs'));
    const lines = readFileSync(join(tiny.agentHome, 'runs', run, 'journal.ndjson'), 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"step":"place:plan"')) + 1;
    resetTinyTarget(tiny, 'existing');
    const kill = { NODE_OPTIONS: `--import ${PRELOAD}`, AWM_KILL_AT: `${at} after SIGKILL` };
    expect(runAgent(tiny.home, migrate, { ...env, ...kill })).toMatchObject({ exit: -1 });
  }

  function commands(): readonly string[] {
    const { exit, result } = askAgent<{ commands: string[] }>(tiny.home, BY_HAND, env);
    expect(exit).toBe(0);
    return result.commands;
  }

  function type(lines: readonly string[]): void {
    const { status, stderr } = spawnSync('sh', ['-e', '-c', lines.join('\n')], {
      env: { PATH: '/usr/bin:/bin', HOME: tiny.home },
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
  }

  it('is finished by hand with the commands that recover shows, and resuming accepts it', () => {
    killed();
    const before = describeTree(tiny.target);
    const lines = commands();
    expect(describeTree(tiny.target)).toEqual(before);
    expect(lines.length).toBeGreaterThan(3);
    type(lines);
    expect(commands()).toEqual([]);
    expect(runAgent(tiny.home, ['migrate-resume'], env)).toMatchObject({ exit: 0 });
    expect(normalisedHome(tiny.target)).toEqual(migrated);
  });

  it('accepts copies that are the same, and refuses one that is not', () => {
    killed();
    const lines = commands().map((line) => line.replace(/^mv (\S+\.staging\/)/, 'cp -a $1'));
    expect(lines.some((line) => line.startsWith('cp -a'))).toBe(true);
    type([...lines, 'echo "my own: 1" >> ~/.agent-workflow/config.yaml']);
    const { exit, stderr } = runAgent(tiny.home, ['migrate-resume'], env);
    expect(exit).toBe(1);
    expect(stderr).toContain('AWM-1205');

    killed();
    type(commands().map((line) => line.replace(/^mv (\S+\.staging\/)/, 'cp -a $1')));
    expect(runAgent(tiny.home, ['migrate-resume'], env)).toMatchObject({ exit: 0 });
    expect(normalisedHome(tiny.target)).toEqual(migrated);
  });
});
