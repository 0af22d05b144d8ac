import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { buildTinyInstallation } from '../fixtures/tiny-installation.ts';
import { askAgent, runAgent } from '../helpers/agent.ts';
import { canariesIn } from '../helpers/canaries.ts';
import { describeTree } from '../helpers/digest.ts';
import { useTempFolder } from '../helpers/temp.ts';

const temp = useTempFolder();

it('rehearses a migration and its rollback, tells what was measured, and leaves every byte as it was', () => {
  const tiny = buildTinyInstallation(join(temp(), 'tiny'), 'existing');
  const env = { MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups };
  const before = describeTree(tiny.root).slice(1);

  const { ok, result } = askAgent(tiny.home, ['migrate-from-git', tiny.clone, '--rehearse'], env);
  const shown = runAgent(tiny.home, ['migrate-from-git', tiny.clone, '--rehearse'], env);

  expect(ok).toBe(true);
  expect(result).toMatchObject({ outcome: 'rehearsed', rehearsal: { rollback: { exact: true } } });
  expect(shown).toMatchObject({ exit: 0, stderr: '' });
  expect(shown.stdout).toContain('exact: every byte, mode, owner and time is as before');
  expect(canariesIn(shown.stdout + JSON.stringify(result), tiny.canaries)).toEqual([]);
  expect(describeTree(tiny.root).slice(1)).toEqual(before);
});

it('leaves nothing of a rehearsal that was killed once the next one begins', async () => {
  const tiny = buildTinyInstallation(join(temp(), 'tiny'), 'existing');
  const env = { MIGRATION_AGENT_HOME: tiny.agentHome, MIGRATION_BACKUP_DIR: tiny.backups };
  const before = describeTree(tiny.root).slice(1);
  const agent = join(import.meta.dirname, '../../src/agent.ts');
  const process_ = spawn(process.execPath, [agent, 'migrate-from-git', tiny.clone, '--rehearse'], {
    env: { PATH: '/usr/bin:/bin', HOME: tiny.home, ...env },
    stdio: 'ignore',
  });
  const gone = new Promise((resolve) => process_.once('exit', resolve));
  const rehearsals = join(tiny.agentHome, 'rehearsals');
  await vi.waitUntil(
    () =>
      existsSync(rehearsals) &&
      readdirSync(rehearsals).some((name) => existsSync(join(rehearsals, name, 'agent'))),
    { timeout: 60_000, interval: 5 },
  );
  process_.kill('SIGKILL');
  await gone;
  expect(readdirSync(rehearsals)).toHaveLength(1);

  const next = askAgent(tiny.home, ['migrate-from-git', tiny.clone, '--rehearse'], env);

  expect(next.ok).toBe(true);
  // The agent's own empty home was made by the one that was killed.
  expect(
    describeTree(tiny.root)
      .slice(1)
      .filter((line) => !line.startsWith('agent ')),
  ).toEqual(before);
});
