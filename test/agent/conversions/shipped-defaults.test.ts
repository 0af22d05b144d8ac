import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeGitClone } from '../../helpers/git-clone.ts';
import { configOf, fatesOf, planOf } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

const temp = useTempFolder();
const UPSTREAM = { 'orch-config.yaml': 'global: {max_concurrent_projects: 3, backup_retention_days: 7}\n' };

describe('settings that are as upstream ships them', () => {
  it('stay defaults of the package', () => {
    const plan = planOf(makeGitClone(join(temp(), 'clone'), UPSTREAM));

    expect(configOf(plan)).toMatchObject({ global: { max_concurrent_projects: 5, data_retention_days: 30 } });
    expect(fatesOf(plan)).toEqual({
      'orch-config.yaml#global.max_concurrent_projects': 'default',
      'orch-config.yaml#global.backup_retention_days': 'default',
      'orch-config.yaml': 'default',
    });
  });

  it('are the person’s as soon as one byte differs', () => {
    const clone = makeGitClone(join(temp(), 'clone'), UPSTREAM);
    writeFileSync(join(clone, 'orch-config.yaml'), `${UPSTREAM['orch-config.yaml']}# mine\n`);

    expect(configOf(planOf(clone))).toMatchObject({
      global: { max_concurrent_projects: 3, data_retention_days: 7 },
    });
  });
});
