import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const UPSTREAM = process.env['UPSTREAM_CLONE'];

/** Installs the real source tree as a package in an environment of its own, the way an editable install does. */
function installPackage(source: string, venv: string): string {
  must('/usr/bin/python3', ['-m', 'venv', '--without-pip', '--system-site-packages', venv]);
  const [python = ''] = readdirSync(join(venv, 'lib'));
  writeFileSync(join(venv, 'lib', python, 'site-packages', 'agent-workflow.pth'), `${source}\n`);
  const command = join(venv, 'bin', 'agent-orch');
  writeFileSync(
    command,
    `#!${join(venv, 'bin', 'python3')}\nfrom agent_workflow.cli.main import main\nmain()\n`,
  );
  chmodSync(command, 0o755);
  return join(venv, 'bin');
}

function must(command: string, args: string[], cwd?: string): string {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${result.stderr}`);
  return result.stdout;
}

describe.skipIf(UPSTREAM === undefined)('the real agent-workflow tree (UPSTREAM_CLONE)', () => {
  const folder = useTempFolder('file');
  let home: string;
  let clone: string;
  let path: string;
  let before: string;
  let run: AgentRun;

  beforeAll(() => {
    home = join(folder(), 'home');
    clone = join(home, 'agent-workflow');
    mkdirSync(home);
    must('git', ['clone', '-q', '--no-hardlinks', UPSTREAM as string, clone]);
    cpSync(clone, join(folder(), 'package'), { recursive: true, verbatimSymlinks: true });
    path = `${installPackage(join(folder(), 'package'), join(folder(), 'venv'))}:/usr/bin:/bin`;
    must('/usr/bin/python3', ['-c', 'import click, rich']);
    mkdirSync(join(home, 'shop/.orch-state'), { recursive: true });
    writeFileSync(join(home, 'shop/.orch-state/status.json'), '{"current_state": "SPRINT_ACTIVE"}\n');
    writeFileSync(
      join(clone, '.env'),
      'ANTHROPIC_API_KEY=sk-ant-api03-abcdefghij0123456789klmnop\nDEBUG=true\n',
      { mode: 0o600 },
    );
    writeFileSync(
      join(clone, 'config.yml'),
      `orchestrator:\n  mode: partial\n  project_name: shop\n  project_path: ${join(home, 'shop')}\ndiscord:\n  guild_id: 1234567890123456789\n`,
    );
    before = treeDigest(clone);
    run = runAgent(home, ['migrate-from-git', clone, '--automated', '--yes'], { PATH: path });
  });

  const ask = (...args: string[]) =>
    spawnSync(join(folder(), 'venv/bin/agent-orch'), args, {
      env: { PATH: path, HOME: home, COLUMNS: '200' },
      encoding: 'utf8',
    });

  it('is migrated although its repository holds a dangling link, and left as it was', () => {
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect(treeDigest(clone)).toBe(before);
  });

  it('is probed: the package of June 2025 does not read the store, so the result is not called complete', () => {
    const status = askAgent(home, ['status'], { PATH: path });
    expect(status.result).toMatchObject({
      usable: false,
      package: { installed: true, version: '1.0.0', readsStore: 'no' },
    });
    expect(run.stdout).toContain('Moved, not yet usable');
    expect(run.stdout).toContain('does not read the stored secrets by itself');
    expect(run.stdout).not.toMatch(/error: |command_functionality/);
  });

  it('imports no value of the example files', () => {
    const dry = askAgent<{ ledger: { item: string }[] }>(home, ['migrate-from-git', clone, '--dry-run'], {
      PATH: path,
    });
    expect(dry.result.ledger.filter(({ item }) => /example/.test(item))).toEqual([]);
  });

  it('is accepted by the package’s own health, status, projects list and configure --validate', () => {
    expect(ask('health')).toMatchObject({ status: 0 });
    expect(ask('status')).toMatchObject({ status: 0, stdout: expect.stringContaining('shop') });
    expect(ask('projects', 'list')).toMatchObject({ status: 0, stdout: expect.stringContaining('shop') });
    expect(ask('configure', '--validate').stdout).toContain('Configuration validation passed');
  });
});
