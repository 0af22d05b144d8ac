import { join } from 'node:path';
import type { VerifyReport } from '../../../src/agent/backup/verify.ts';
import type { Check, CheckResult, CheckWork } from '../../../src/agent/checks/check.ts';
import type { Plan } from '../../../src/agent/plan/plan.ts';
import { lines, put } from '../../fixtures/write-files.ts';
import { makeClone, planOf, systemAt, writeHome } from '../../helpers/plan.ts';

export interface PreparedHome {
  readonly plan: Plan;
  /** Of the new home, written as a run would have left it. */
  readonly target: string;
}

/** A clone with a bit of everything below `folder`, its plan, and the new home as it should be. */
export function prepareHome(folder: string, files: Readonly<Record<string, string>> = {}): PreparedHome {
  put(folder, 'work/api/.orch-state/status.json', '{"current_state": "IDLE"}');
  put(folder, 'work/api/.orch-state/backlog.json', '[]');
  const clone = makeClone(join(folder, 'clone'), {
    'config.yml': lines('orchestrator: {mode: partial}', 'discord: {guild_id: 5}', 'other: {a: [1, 2]}'),
    'projects/api.yaml': 'path: ~/work/api\ntags: [x]\n',
    '.env': 'GITHUB_TOKEN=abcdefghijkl\nDEBUG=1\n',
    'agent-writer.yaml': 'name: writer\n',
    ...files,
  });
  const plan = planOf(clone);
  return { plan, target: writeHome(plan) };
}

export const GOOD_BACKUP: VerifyReport = {
  id: 'migration-backup-20250601-120000',
  path: '/backups/migration-backup-20250601-120000',
  ok: true,
  checks: [{ name: 'file_checksums', status: 'ok', ok: true, done: 9, of: 9, bytes: 100 }],
};

export async function lookAt(
  check: Check,
  { plan, target }: PreparedHome,
  backup: VerifyReport = GOOD_BACKUP,
): Promise<CheckResult> {
  const work: CheckWork = { system: systemAt(target), plan, backup, locate: (rel) => join(target, rel) };
  return await check.check(work);
}
