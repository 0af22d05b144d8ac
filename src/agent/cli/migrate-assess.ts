import { assessmentFacts } from '../jobs/assessment-facts.ts';
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
  usage: '[SOURCE] [--facts] [--from-environment] [--target DIR]',
  options: {
    facts: {
      type: 'boolean',
      about: 'print only what may leave this computer, exactly as a bot would get it: no names, no paths',
    },
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
    const assessed = assessInstallation(system, settings, {
      source,
      target,
      backups: settings.backups,
      answers: new Map(),
      fromEnvironment: flags['from-environment'] === true,
    });
    const { plan, around, assessment } = assessed;
    try {
      if (flags['facts'] === true) {
        const facts = assessmentFacts(assessed, system);
        return { exit: 0, result: { facts }, text: JSON.stringify(facts, undefined, 2).split('\n') };
      }
      const isThere = (way: string) => Object.hasOwn(migrateFromGit.options, way);
      const text = assessmentLines(assessment, plan.content, around, system.home, isThere);
      return { exit: 0, result: assessment, text };
    } finally {
      closeSurvey(plan.survey);
    }
  },
};
