import { assess } from '../plan/assessment.ts';
import { planMigration } from '../run/migrate.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import type { Verb } from './verb.ts';
import { assessmentLines } from './views/assessment.ts';

export const migrateAssess: Verb = {
  name: 'migrate-assess',
  summary: 'look at an installation; changes nothing',
  usage: '[SOURCE] [--target DIR]',
  options: {
    target: {
      type: 'string',
      value: 'DIR',
      about: 'the configuration home (default: where the package looks)',
    },
  },
  arguments: 1,
  async run({ system, settings, args }) {
    const source = locateSource(system, args[0], 'migrate-assess');
    const target = targetPath(system, settings.target);
    const plan = planMigration(system, { source, target, backups: settings.backups, answers: new Map() });
    try {
      const assessment = assess(plan.survey, plan.content);
      return { exit: 0, result: assessment, text: assessmentLines(assessment, plan.content, system.home) };
    } finally {
      closeSurvey(plan.survey);
    }
  },
};
