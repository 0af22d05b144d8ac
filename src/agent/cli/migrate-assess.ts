import { assessmentFacts } from '../jobs/assessment-facts.ts';
import { type Assessed, assessInstallation } from '../surroundings.ts';
import { locateSource } from '../survey/locate.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { chooseWay } from './choose-way.ts';
import { migrateFromGit } from './migrate-from-git.ts';
import { FROM_ENVIRONMENT, TARGET } from './shared-options.ts';
import type { Answer, Call, Verb } from './verb.ts';
import { assessmentLines } from './views/assessment.ts';
import { type OfferedWay, offeredWays } from './views/recommendation.ts';

export const migrateAssess: Verb = {
  name: 'migrate-assess',
  summary: 'look at an installation; changes nothing',
  usage: '[SOURCE] [--facts] [--from-environment] [--target DIR]',
  options: {
    facts: {
      type: 'boolean',
      about: 'print only what may leave this computer, exactly as a bot would get it: no names, no paths',
    },
    'from-environment': FROM_ENVIRONMENT,
    target: TARGET,
  },
  arguments: 1,
  async run(call) {
    const { system, settings, args, flags } = call;
    const source = locateSource(system, args[0], 'migrate-assess');
    const target = targetPath(system, settings.target);
    const assessed = assessInstallation(system, settings, {
      source,
      target,
      backups: settings.backups,
      answers: new Map(),
      fromEnvironment: flags['from-environment'] === true,
    });
    const answer = answerOf(call, assessed);
    closeSurvey(assessed.plan.survey);
    const isAsked = call.terminal && !call.json && !call.yes && flags['facts'] !== true;
    if (!isAsked) return answer;
    for (const line of [...answer.text, '']) call.say(line);
    const chosen = await chooseWay(call, waysIn(assessed));
    if (chosen === undefined) return { ...answer, text: ['Nothing was changed.'] };
    return migrateFromGit.run({ ...call, args: [source], flags: { ...flags, ...chosen } });
  },
};

function answerOf({ system, flags }: Call, assessed: Assessed): Answer {
  const { plan, around, assessment } = assessed;
  try {
    if (flags['facts'] === true) {
      const facts = assessmentFacts(assessed, system);
      return { exit: 0, result: { facts }, text: JSON.stringify(facts, undefined, 2).split('\n') };
    }
    const text = assessmentLines(assessment, plan.content, around, system.home, waysIn(assessed));
    return { exit: 0, result: assessment, text };
  } catch (error) {
    closeSurvey(plan.survey);
    throw error;
  }
}

/** A way is there when the verb that carries it out has its flag. */
function waysIn({ assessment }: Assessed): readonly OfferedWay[] {
  return offeredWays(assessment, (way) => Object.hasOwn(migrateFromGit.options, way));
}
