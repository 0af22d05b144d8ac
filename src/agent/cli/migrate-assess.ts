import { assessInstallation } from '../surroundings.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { migrateFromGit } from './migrate-from-git.ts';
import type { Verb } from './verb.ts';
import { assessmentLines } from './views/assessment.ts';

export const migrateAssess: Verb = {
  name: 'migrate-assess',
  summary: 'look at an installation; changes nothing',
  usage: '[SOURCE] [--from-environment] [--target DIR]',
  options: {
    'from-environment': {
      type: 'boolean',
      about: 'also take the tokens that are set in this environment; without it they are only reported',
    },
    target: {
      type: 'string',
      value: 'DIR',
      about: 'the configuration home (default: where the package looks)',
    },
  },
  arguments: 1,
  async run({ system, settings, args, flags }) {
    const source = locateSource(system, args[0], 'migrate-assess');
    const target = targetPath(system, settings.target);
    const { plan, around, assessment } = assessInstallation(system, settings, {
      source,
      target,
      backups: settings.backups,
      answers: new Map(),
      fromEnvironment: flags['from-environment'] === true,
    });
    try {
      const isThere = (way: string) => Object.hasOwn(migrateFromGit.options, way);
      const text = assessmentLines(assessment, plan.content, around, system.home, isThere);
      return { exit: 0, result: assessment, text };
    } finally {
      closeSurvey(plan.survey);
    }
  },
};
