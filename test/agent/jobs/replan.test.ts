import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planAgain } from '../../../src/agent/jobs/replan.ts';
import type { MigrationFacts } from '../../../src/agent/jobs/stored-plans.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import { closeSurvey } from '../../../src/agent/survey/survey.ts';
import { buildTinyInstallation } from '../../fixtures/tiny-installation.ts';
import { withOverrides } from '../../helpers/faulty-system.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();

test('A plan that asked about cron comes out the same once its start is over, and only with what was found then', async () => {
  const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
  const { clone: source, target, backups } = tiny;
  const real = freshSystem(tiny);
  const at = (now: string) =>
    withOverrides(real, {
      now: () => new Date(now),
      realPath: (path) => (path === '/etc/localtime' ? '/usr/share/zoneinfo/Etc/UTC' : real.realPath(path)),
      run: (command, args, options) =>
        command === 'crontab'
          ? {
              status: 0,
              stdout: Buffer.from(`4 * * * * ${source}/run.sh\n`),
              stderr: Buffer.alloc(0),
              notFound: false,
            }
          : real.run(command, args, options),
    });
  const made = planMigration(at('2025-06-01T12:00:00.000Z'), { source, target, backups, answers: new Map() });
  closeSurvey(made.survey);
  expect(made.content.decisions.safe).toHaveLength(1);

  const { content, installationId, digest, timers } = made;
  const places = { root: 'r', source, target, backups };
  const facts = { ...places, run: content.run, installationId, engine: digest } as MigrationFacts;
  const later = at('2025-06-01T12:05:00.000Z');
  const again = (stored: MigrationFacts) => planAgain(later, stored, new Date(content.created));

  // As the record of a stored plan gives it back.
  const { plan } = await again(JSON.parse(JSON.stringify({ ...facts, timers })));
  closeSurvey(plan.survey);
  expect(plan.bytes.equals(made.bytes)).toBe(true);
  await expect(again(facts)).rejects.toMatchObject({ code: 'PLAN_STALE' });
});
