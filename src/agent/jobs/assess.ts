import { rootOfJob } from '../roots.ts';
import { assessInstallation } from '../surroundings.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import { assessmentFacts } from './assessment-facts.ts';
import type { JobFunction } from './job.ts';

export const assess: JobFunction<'assess'> = async ({ params }, { system, settings }) => {
  const { path: source } = rootOfJob(system, settings.home, params.root);
  const target = targetPath(system, settings.target);
  const request = { source, target, backups: settings.backups, answers: new Map() };
  const assessed = assessInstallation(system, settings, request);
  try {
    return { end: 'done', result: assessmentFacts(assessed, system) };
  } finally {
    closeSurvey(assessed.plan.survey);
  }
};
