import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resumeMigration, runMigration } from '../../../src/agent/run/migrate.ts';
import { type MigrationRequest, planMigration } from '../../../src/agent/run/plan-migration.ts';
import { loadRun } from '../../../src/agent/run/run-record.ts';
import { closeSurvey } from '../../../src/agent/survey/survey.ts';
import type { System } from '../../../src/agent/system.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { fernetToken } from '../../fixtures/fernet-token.ts';
import { buildTinyInstallation, type TinyInstallation } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { python } from '../../helpers/python.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, QUIET } from '../../helpers/tiny-migration.ts';

const temp = useTempFolder();
const PASSWORD = 'of the whole team, 1987';
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

describe('a run that took what is kept nowhere', () => {
  it('needs the master password again to go on, and goes on with it', async () => {
    const tiny = buildTinyInstallation(join(temp(), 'tiny'), 'none');
    const key = Buffer.alloc(32, ' ');
    Buffer.from(PASSWORD).copy(key);
    const token = fernetToken(key.toString('base64url'), 'vpn-secret-0815');
    put(
      tiny.clone,
      '.orch-global/security/secrets.json',
      JSON.stringify({ s1: { name: 'vpn', encrypted_value: token } }),
    );
    const masterPassword = new Secret('MASTER_PASSWORD', PASSWORD);

    const id = await stopped(tiny, freshSystem(tiny), { masterPassword });

    const open = loadRun(freshSystem(tiny), homeOf(tiny), id);
    expect(readFileSync(join(open.folder, 'run.json'), 'utf8')).not.toContain(PASSWORD);
    await expect(resumeMigration(freshSystem(tiny), homeOf(tiny), open, QUIET)).rejects.toMatchObject({
      code: 'STORE_PASSWORD_NEEDED',
    });
    expect(loadRun(freshSystem(tiny), homeOf(tiny), id).entries).toEqual(open.entries);
    const report = await resumeMigration(freshSystem(tiny), homeOf(tiny), open, QUIET, { masterPassword });
    expect(report.error).toBeUndefined();
    expect(storedIn(tiny)).toMatchObject({ vpn: 'vpn-secret-0815' });
  });

  it('needs the variables that it took from the environment again', async () => {
    const tiny = buildTinyInstallation(join(temp(), 'tiny'), 'none');
    const withToken = () => withEnv(tiny, { GITHUB_TOKEN: TOKEN });

    const id = await stopped(tiny, withToken(), { fromEnvironment: true });

    const open = loadRun(freshSystem(tiny), homeOf(tiny), id);
    expect(open.record.migrate?.environment).toEqual(['GITHUB_TOKEN']);
    await expect(resumeMigration(freshSystem(tiny), homeOf(tiny), open, QUIET)).rejects.toMatchObject({
      code: 'ENVIRONMENT_CHANGED',
      params: { names: 'GITHUB_TOKEN' },
    });
    const report = await resumeMigration(withToken(), homeOf(tiny), open, QUIET);
    expect(report.error).toBeUndefined();
    expect(storedIn(tiny)).toMatchObject({ github_token: TOKEN });
  });
});

/** Starts a migration and stops it after its first step. */
async function stopped(
  tiny: TinyInstallation,
  system: System,
  more: Partial<MigrationRequest>,
): Promise<string> {
  const { clone: source, target, backups } = tiny;
  const request = { source, target, backups, answers: new Map<string, string>(), ...more };
  const plan = planMigration(system, request);
  let looked = 0;
  try {
    const hooks = { emit: () => {}, stopAsked: () => ++looked > 1 };
    const report = await runMigration(system, homeOf(tiny), request, plan, hooks);
    expect(report.outcome).toBe('interrupted');
    return report.run;
  } finally {
    closeSurvey(plan.survey);
  }
}

function withEnv(tiny: TinyInstallation, env: Record<string, string>): System {
  const system = freshSystem(tiny);
  return withOverrides(system, { env: { ...system.env, ...env } });
}

function storedIn({ target }: TinyInstallation): unknown {
  const code =
    'import json,sys\nfrom cryptography.fernet import Fernet\nhome=json.load(sys.stdin)\nf=Fernet(open(home+"/credentials.key","rb").read())\nprint(json.dumps({k: f.decrypt(v["encrypted_value"].encode()).decode() for k,v in json.load(open(home+"/credentials.enc"))["credentials"].items()}))';
  return python(code, target);
}
