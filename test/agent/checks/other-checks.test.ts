import { appendFileSync, chmodSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { agentPermissions } from '../../../src/agent/checks/agent-permissions.ts';
import { backupIntegrity } from '../../../src/agent/checks/backup-integrity.ts';
import { credentialMigration } from '../../../src/agent/checks/credential-migration.ts';
import { projectDiscovery } from '../../../src/agent/checks/project-discovery.ts';
import { statePreservation } from '../../../src/agent/checks/state-preservation.ts';
import { newFernetKey } from '../../../src/agent/credentials/fernet.ts';
import { sealVault } from '../../../src/agent/credentials/vault.ts';
import { NOW, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { GOOD_BACKUP, lookAt, prepareHome } from './prepared-home.ts';

const temp = useTempFolder();

describe('project_discovery', () => {
  it.each([
    ['has another folder', (text: string) => text.replace(/path: .*/, 'path: /elsewhere')],
    ['is missing', (text: string) => text.replace('"api":', '"other":').replace(/^ {2}api:/m, '  other:')],
  ])('is an error where a project %s', async (_, change) => {
    const home = prepareHome(temp());
    const path = join(home.target, 'projects/registry.yaml');
    writeFileSync(path, change(readFileSync(path, 'utf8')));

    expect(await lookAt(projectDiscovery, home)).toMatchObject({
      status: 'error',
      done: 0,
      of: 1,
      reason: 'api is not registered',
    });
  });

  it('is a warning where a project’s folder is gone', async () => {
    const home = prepareHome(temp(), { 'projects/old.yaml': 'path: /nowhere/old\n' });

    expect(await lookAt(projectDiscovery, home)).toMatchObject({
      status: 'warning',
      done: 2,
      reason: 'the folder of old is not there',
    });
  });
});

describe('state_preservation', () => {
  const file = 'work/api/.orch-state/status.json';

  it.each([
    ['was written', () => appendFileSync(join(temp(), file), ' ')],
    ['has another time', () => utimesSync(join(temp(), file), 1, 1)],
    ['is gone', () => rmSync(join(temp(), file))],
  ])('is an error where a file %s', async (_, change) => {
    const home = prepareHome(temp());
    change();

    expect(await lookAt(statePreservation, home)).toMatchObject({
      status: 'error',
      done: 1,
      of: 2,
      reason: expect.stringContaining('status.json changed during the run'),
    });
  });
});

describe('credential_migration', () => {
  it('is an error where a secret has another value, and does not name it', async () => {
    const home = prepareHome(temp());
    const key = readFileSync(join(home.target, 'credentials.key'));
    writeFileSync(join(home.target, 'credentials.enc'), sealVault(undefined, key, [], NOW));

    const result = await lookAt(credentialMigration, home);

    expect(result).toMatchObject({ status: 'error', done: 0, of: 1 });
    expect(result.reason).toBe('github_token does not decrypt to its value');
    expect(JSON.stringify(result)).not.toContain('abcdefghijkl');
  });

  it.each(['credentials.key', 'credentials.enc'])('is an error where others can read %s', async (name) => {
    const home = prepareHome(temp());
    chmodSync(join(home.target, name), 0o640);

    expect(await lookAt(credentialMigration, home)).toMatchObject({
      status: 'error',
      reason: `${join(home.target, name)} can be read by other users`,
    });
  });

  it('is an error where the key does not open the store', async () => {
    const home = prepareHome(temp());
    writeFileSync(join(home.target, 'credentials.key'), newFernetKey(), { mode: 0o600 });

    expect(await lookAt(credentialMigration, home)).toMatchObject({
      status: 'error',
      done: 0,
      reason: expect.stringContaining('credentials.key does not open'),
    });
  });
});

describe('agent_permissions', () => {
  it('is an error where an agent lost its mode', async () => {
    const home = prepareHome(temp());
    chmodSync(join(home.target, 'agents/agent-writer.yaml'), 0o600);

    expect(await lookAt(agentPermissions, home)).toMatchObject({
      status: 'error',
      reason: 'agent-writer.yaml lost its mode',
    });
  });

  it('looks at nothing that the new home has already: its modes are the person’s own', async () => {
    const home = prepareHome(temp());
    chmodSync(join(home.target, 'agents/agent-writer.yaml'), 0o600);
    const again = { ...home, plan: planOf(home.plan.survey.source) };

    expect(await lookAt(agentPermissions, again)).toMatchObject({ status: 'ok', done: 0, of: 0 });
  });

  it('is a warning where the permission table was edited, and says where the edit is', async () => {
    const home = prepareHome(temp(), { 'lib/agent_tool_config.py': 'ALLOW = []\n' });

    expect(await lookAt(agentPermissions, home)).toMatchObject({
      status: 'warning',
      reason: 'your edit of lib/agent_tool_config.py is not in effect in the package; it stays in the clone',
    });
  });
});

describe('backup_integrity', () => {
  it('is an error with the reason of the check that failed', async () => {
    const failed = {
      name: 'required_files',
      status: 'failed',
      ok: false,
      done: 0,
      of: 1,
      bytes: 0,
      reason: 'gone',
    } as const;
    const report = { ...GOOD_BACKUP, ok: false, checks: [...GOOD_BACKUP.checks, failed] };

    expect(await lookAt(backupIntegrity, prepareHome(temp()), report)).toMatchObject({
      status: 'error',
      done: 9,
      of: 9,
      reason: 'gone',
    });
  });
});
