import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildTinyInstallation, type TinyInstallation } from '../fixtures/tiny-installation.ts';
import { put } from '../fixtures/write-files.ts';
import { runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { chooseInAgent, ENTER, type Line, option, type Press } from '../helpers/chosen-agent.ts';
import { makeGitClone } from '../helpers/git-clone.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { describeHome } from '../helpers/tiny-migration.ts';
import { makeWheel } from '../helpers/wheel.ts';

const GUIDED = ['migrate-from-git', 'clone', '--guided', '--offline'];
const RESUME = ['migrate-resume', '--offline'];
const KILL_AT = join(import.meta.dirname, '../helpers/kill-at.ts');
const APPROVE: Press = ['Nothing was written yet', option(1)];
const NO_KIT: Press = ['Make a recovery kit now?', ENTER];
const NO_PACKAGE: Press = ['The package is not installed here', ENTER];

describe('a guided migration in which something is the matter', () => {
  const folder = useTempFolder();
  let tiny: TinyInstallation;

  beforeEach(() => {
    tiny = buildTinyInstallation(folder(), 'none');
  });

  const env = () => ({ MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups });
  const choose = (steps: readonly (Press | Line)[], args = GUIDED, more: Record<string, string> = {}) =>
    chooseInAgent(tiny.home, args, steps, { ...env(), ...more });

  it('waits for a running orchestrator to be stopped, and looks again', async () => {
    const python = spawn('/usr/bin/python3', ['-c', 'import sys; print("up", flush=True); sys.stdin.read()']);
    await once(python.stdout, 'data');
    put(tiny.clone, '.orchestrator.pid', String(python.pid));
    const { exit, screen } = await choose([
      ['must be put right first', ENTER, () => rmSync(join(tiny.clone, '.orchestrator.pid'))],
      ['Nothing was written yet', option(6)],
    ]);
    python.stdin.end();
    await once(python, 'exit');

    expect(exit).toBe(0);
    expect(screen).toContain(`✗ Orchestrator         one is running, process ${python.pid}`);
    expect(screen).toMatch(/✓ Orchestrator +none is running/);
  });

  it('names a project with changes that are not committed, and goes on once that was read', async () => {
    rmSync(tiny.project, { recursive: true });
    makeGitClone(tiny.project, { 'a.txt': 'a\n' });
    put(tiny.project, 'a.txt', 'b\n');

    const { screen } = await choose([
      ['The checklist has 1 remark. Go on?', ENTER],
      ['Nothing was written yet', option(6)],
    ]);

    expect(screen).toMatch(
      /! Git of the projects +0 of 1 without uncommitted changes\n +shop: 1 file not committed/,
    );
  });

  it('rehearses on the way, then goes on with the same plan', async () => {
    const { exit, screen } = await choose([
      ['Nothing was written yet', option(4)],
      ['The rehearsal is over.', option(1)],
      NO_KIT,
      ['Go on with "Conversion"', option(2)],
    ]);

    expect(exit).toBe(5);
    expect(screen).toMatch(/Rollback +exact/);
  });

  it('makes the recovery kit right after the backup, where it is wanted', async () => {
    const words = (screen: string) =>
      [...screen.matchAll(/^ {2}[1-7] {2}([a-z]+)$/gm)].map((match) => match[1] as string);
    const asked = (screen: string) =>
      words(screen)[Number([...screen.matchAll(/Word (\d):/g)].at(-1)?.[1]) - 1] as string;
    const { exit, screen } = await choose([
      APPROVE,
      ['Make a recovery kit now?', option(2)],
      { after: 'Press Enter', line: '' },
      { after: 'Word ', line: asked },
      { after: 'Word ', line: asked },
      ['Go on with "Conversion"', option(2)],
    ]);

    expect(exit).toBe(5);
    expect(screen).toMatch(/Recovery kit: .*recovery-kit\.age/);
    expect(existsSync(join(tiny.backups, 'recovery-kit.age'))).toBe(true);
  });

  it('does not go on with a plan whose source was changed meanwhile, stays paused, and can be cancelled', async () => {
    const before = describeHome(tiny);
    const { exit, screen } = await choose([
      APPROVE,
      NO_KIT,
      [
        'Go on with "Conversion"',
        ENTER,
        () => put(tiny.clone, 'config.yml', 'orchestrator: {log_level: INFO}\n'),
      ],
      ['It waits before "Conversion"', option(3)],
      ['Take everything back?', option(2)],
    ]);

    expect(exit).toBe(0);
    expect(screen).toMatch(/Error AWM-\d{4}: .*changed/i);
    expect(describeHome(tiny).filter((line) => !line.includes('clone'))).toEqual(
      before.filter((line) => !line.includes('clone')),
    );
  });

  it('begun a second time goes on with the run that waits', async () => {
    await choose([APPROVE, NO_KIT, ['Go on with "Conversion"', option(2)]]);

    const { exit, screen } = await choose([
      ['A migration to this home has begun already', ENTER],
      ['Go on with "Conversion"', ENTER],
      ['Go on with "Validation"', ENTER],
      ['Go on with "Final setup"', ENTER],
      NO_PACKAGE,
    ]);
    expect(exit).toBe(0);
    expect(screen).toContain('Moved, not yet usable');

    const again = await choose([]);
    expect(again.exit).toBe(0);
    expect(again.screen).toContain('Nothing to do: everything is in its place already');
  });

  it('begun a second time where nobody can be asked names the run that waits', async () => {
    await choose([APPROVE, NO_KIT, ['Go on with "Conversion"', option(2)]]);

    expect(runAgent(tiny.home, [...GUIDED, '--yes'], env()).stderr).toMatch(
      /Error AWM-1504: Run run-\S+ is not finished/,
    );
  });

  it('killed in the middle of a phase goes on there, and asks after it', async () => {
    const killed = await choose([APPROVE, NO_KIT, ['Go on with "Conversion"', ENTER]], GUIDED, {
      NODE_OPTIONS: `--import ${KILL_AT}`,
      AWM_KILL_AT: '11 after SIGKILL',
    });
    expect(killed.exit).toBe(-1);
    expect(existsSync(tiny.target)).toBe(false);

    const { exit, screen } = await choose(
      [['Go on with "Validation"', ENTER], ['Go on with "Final setup"', ENTER], NO_PACKAGE],
      RESUME,
    );

    expect(exit).toBe(0);
    expect(screen).toMatch(/next +Phase 3 of 5: Conversion/);
    expect(canariesIn(screen, tiny.canaries)).toEqual([]);
  });

  it('goes to its end at once where it is resumed with --yes', async () => {
    await choose([APPROVE, NO_KIT, ['Go on with "Conversion"', option(2)]]);

    const { exit, stdout } = runAgent(tiny.home, [...RESUME, '--yes'], env());

    expect(exit).toBe(0);
    expect(stdout).toContain('Putting everything in place');
  });

  it('installs the package at its end after a yes, and is complete then', async () => {
    const wheels = join(folder(), 'wheels');
    const wheel = makeWheel(wheels);
    const bin = join(tiny.home, '.local/bin');
    const { exit, screen } = await choose(
      [
        APPROVE,
        NO_KIT,
        ['Go on with "Conversion"', ENTER],
        ['Go on with "Validation"', ENTER],
        ['Go on with "Final setup"', ENTER],
        ['The package is not installed here', option(2)],
      ],
      [...GUIDED, '--wheels', wheels, '--install-with', 'venv'],
      { PATH: `${bin}:/usr/bin:/bin`, PACKAGE_SPEC: wheel.pin },
    );

    expect(exit).toBe(0);
    expect(screen).toMatch(/\nComplete\n/);
    expect(screen).toMatch(/Command: agent-orch 1\.2\.0/);
    expect(existsSync(join(bin, 'agent-orch'))).toBe(true);
  });
});
