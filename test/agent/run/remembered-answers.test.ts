import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decisionLines } from '../../../src/agent/cli/views/plan.ts';
import { runMigration } from '../../../src/agent/run/migrate.ts';
import { planMigration } from '../../../src/agent/run/plan-migration.ts';
import { rememberAnswers, rememberedAnswers } from '../../../src/agent/run/remembered-answers.ts';
import { closeSurvey } from '../../../src/agent/survey/survey.ts';
import { buildTinyInstallation, resetTinyTarget } from '../../fixtures/tiny-installation.ts';
import { put } from '../../fixtures/write-files.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { freshSystem, homeOf, QUIET } from '../../helpers/tiny-migration.ts';

const folder = useTempFolder();

test('What was chosen in an earlier run is offered again, shown as such, and not taken by itself', async () => {
  const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
  put(tiny.clone, 'config.yml', 'orchestrator: {max_projects: 99}\n');
  const system = freshSystem(tiny);
  const id = 'value:global.max_concurrent_projects';
  const request = { source: tiny.clone, target: tiny.target, backups: tiny.backups };
  const answered = { ...request, answers: new Map([[id, 'nearest']]) };
  const plan = planMigration(system, answered);
  await runMigration(system, homeOf(tiny), answered, plan, QUIET);
  closeSurvey(plan.survey);

  const remembered = rememberedAnswers(system, homeOf(tiny), tiny.clone);
  const elsewhere = rememberedAnswers(system, homeOf(tiny), '/elsewhere');
  const { agentHome: _, ...places } = tiny;
  resetTinyTarget({ ...places, agentHome: join(folder(), 'none') }, 'none');
  const again = planMigration(system, { ...request, answers: new Map(), remembered });
  closeSurvey(again.survey);

  expect([remembered, elsewhere]).toEqual([new Map([[id, 'nearest']]), new Map()]);
  const { open, answered: taken } = again.content.decisions;
  expect(open).toMatchObject([{ id, remembered: 'nearest' }]);
  expect(taken).toEqual([]);
  expect(decisionLines(open).join('\n')).toMatch(/nearest: .*\(your choice last time\)/);
});

test('Answers that were given before the person left are remembered by installation; a damaged file is as good as none', () => {
  const tiny = buildTinyInstallation(join(folder(), 'tiny'), 'none');
  const system = freshSystem(tiny);
  const home = homeOf(tiny);
  rememberAnswers(system, home, tiny.clone, new Map([['a', 'one']]));
  rememberAnswers(system, home, '/elsewhere', new Map([['a', 'other']]));
  rememberAnswers(
    system,
    home,
    tiny.clone,
    new Map([
      ['a', 'two'],
      ['b', 'three'],
    ]),
  );

  expect(rememberedAnswers(system, home, tiny.clone)).toEqual(
    new Map([
      ['a', 'two'],
      ['b', 'three'],
    ]),
  );
  expect(rememberedAnswers(system, home, '/elsewhere')).toEqual(new Map([['a', 'other']]));
  expect(statSync(home.answers).mode & 0o777).toBe(0o600);
  put(tiny.agentHome, 'answers.json', '{"schema": "awm/answers/1", ');
  expect(rememberedAnswers(system, home, tiny.clone)).toEqual(new Map());
});
