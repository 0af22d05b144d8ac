import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AgentRun, askAgent, runAgent } from '../helpers/agent.ts';
import { treeDigest } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';
import { installUpstream, must } from '../helpers/upstream-package.ts';

const UPSTREAM = process.env['UPSTREAM_CLONE'];

describe.skipIf(UPSTREAM === undefined)('the real agent-workflow tree (UPSTREAM_CLONE)', () => {
  const folder = useTempFolder('file');
  let home: string;
  let clone: string;
  let path: string;
  let agentOrch: string;
  let before: string;
  let run: AgentRun;

  beforeAll(() => {
    home = join(folder(), 'home');
    clone = join(home, 'agent-workflow');
    mkdirSync(home);
    must('git', ['clone', '-q', '--no-hardlinks', UPSTREAM as string, clone]);
    agentOrch = installUpstream(clone, join(folder(), 'upstream'));
    path = `${dirname(agentOrch)}:/usr/bin:/bin`;
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
    spawnSync(agentOrch, args, {
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
