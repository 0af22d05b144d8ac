import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { describeHome } from '../helpers/tiny-migration.ts';

const PRELOAD = pathToFileURL(join(import.meta.dirname, '..', 'helpers', 'kill-at.ts')).href;
/** The record of the journal after which the staged home waits to be checked. */
const STAGED = '12 after SIGKILL';

describe('a migration whose process was killed', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;
  let before: string[];

  beforeEach(() => {
    tiny = buildTinyInstallation(join(folder(), 'tiny'), 'existing');
    before = describeHome(tiny);
    const killed = agent(['migrate-from-git', tiny.clone, '--automated', '--yes'], {
      NODE_OPTIONS: `--import ${PRELOAD}`,
      AWM_KILL_AT: STAGED,
    });
    expect(killed.exit).toBe(-1);
  });

  const places = () => ({ MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });
  const agent = (args: readonly string[], env: Readonly<Record<string, string>> = {}): AgentRun =>
    runAgent(tiny.home, args, { ...places(), ...env });

  it('is told by status and migrate-status, with the commands that end it', () => {
    for (const verb of ['status', 'migrate-status']) {
      const { stdout } = agent([verb]);
      expect(stdout, verb).toContain('interrupted, not finished');
      expect(stdout, verb).toContain('npm run -s agent -- migrate-resume');
      expect(stdout, verb).toContain('npm run -s agent -- recover --issue partial_migration --option 2');
    }
  });

  it('is named by recover with each phase and the ways out, and blocks a second one', () => {
    const answer = askAgent<{ phases: { phase: string; state: string }[]; options: { number: number }[] }>(
      tiny.home,
      ['recover'],
      places(),
    );
    expect(answer).toMatchObject({ exit: 3, result: { issue: 'partial_migration' } });
    expect(answer.result.phases[0]).toMatchObject({ phase: 'analyze', state: 'complete' });
    expect(answer.result.phases.at(-1)).toMatchObject({ phase: 'finalize', state: 'not started' });
    expect(answer.result.options.map(({ number }) => number)).toEqual([1, 2, 3]);
    const second = agent(['migrate-from-git', tiny.clone, '--automated', '--yes']);
    expect(second).toMatchObject({ exit: 1, stderr: expect.stringContaining('AWM-1504') });
    expect(agent(['recover', '--option', '4']).stderr).toContain('AWM-1604');
  });

  it('is gone after the second way out: every byte is as before, and no phase is said to stand', () => {
    const none = agent(['recover', '--issue', 'config_corruption']);
    expect(none.stderr).toContain('Nothing to recover: the configuration home is whole or not there.');
    expect(agent(['recover', '--issue', 'partial_migration', '--option', '2'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('-- migrate-from-git ~/clone --automated\n'),
    });
    expect(describeHome(tiny)).toEqual(before);
    const { stdout } = agent(['migrate-status']);
    expect(stdout).toContain('taken back: everything is as it was before');
    expect(stdout).not.toContain('steps)');
    expect(agent(['recover'])).toMatchObject({ exit: 1, stderr: expect.stringContaining('AWM-1603') });
  });

  it('is finished after the first way out, and can still be rolled back', () => {
    expect(agent(['recover', '--option', '1'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('Moved, not yet usable'),
    });
    expect(agent(['restore-migration-backup', '--type', 'full', '--yes'])).toMatchObject({ exit: 0 });
    expect(describeHome(tiny)).toEqual(before);
  });
});
