import type { Assessment as AssessmentFacts } from '../../protocol/facts.ts';
import { INTEGRATIONS } from '../../protocol/facts.ts';
import type { Assessment } from '../plan/assessment.ts';
import { rootOfJob } from '../roots.ts';
import { assessInstallation } from '../surroundings.ts';
import type { Finding } from '../survey/finding.ts';
import { closeSurvey } from '../survey/survey.ts';
import { targetPath } from '../survey/target.ts';
import type { JobFunction } from './job.ts';

/** Projects and findings that are told one by one; of more only the numbers. */
const MOST_PROJECTS = 20;
const MOST_FINDINGS = 24;

export const assess: JobFunction<'assess'> = async ({ params }, { system, settings }) => {
  const { path: source } = rootOfJob(system, settings.home, params.root);
  const target = targetPath(system, settings.target);
  const request = { source, target, backups: settings.backups, answers: new Map() };
  const { plan, assessment } = assessInstallation(system, settings, request);
  try {
    const open = plan.content.decisions.open.length;
    return { end: 'done', result: assessmentFacts(assessment, open, plan.survey.target.present) };
  } finally {
    closeSurvey(plan.survey);
  }
};

/** Only what the protocol's list of facts has room for: no name, no path, no text of a file. */
export function assessmentFacts(
  assessment: Assessment,
  open: number,
  targetExists: boolean,
): AssessmentFacts {
  const {
    installation_type: type,
    version,
    configuration_complexity: complexity,
    projects,
    customizations: custom,
    data_volume: volume,
    findings,
  } = assessment;
  return {
    method: type.method,
    layouts: type.layouts as AssessmentFacts['layouts'],
    compatible: version.compatible,
    ...versionOf(version.version),
    complexity: { level: complexity.level, score: complexity.score },
    projects: {
      total: projects.length,
      existing: projects.filter(({ exists }) => exists).length,
      shown: projects.slice(0, MOST_PROJECTS).map(({ exists, state_files, state_bytes }, index) => ({
        name: `project-${index + 1}`,
        exists,
        state_files,
        state_bytes,
      })),
    },
    integrations: INTEGRATIONS.filter((name) =>
      assessment.integrations.some((used) => used.toLowerCase() === name),
    ),
    own: {
      agents: custom.custom_agents.length,
      changed_files: custom.changed_files.length,
      files: custom.own_files.length,
      settings_files: custom.settings_files.length,
      commits: custom.own_commits,
    },
    volume: {
      state_files: volume.state_files,
      state_bytes: volume.state_bytes,
      own_bytes: volume.own_bytes,
    },
    risk: {
      level: assessment.migration_risk.level,
      open_decisions: open,
      warnings: findings.filter(({ level }) => level === 'warning').length,
      target_exists: targetExists,
    },
    recommended: assessment.recommended_path.path,
    findings: findingCounts(findings),
  };
}

/** Packaging files can say anything; only what looks like a version leaves. */
function versionOf(version: string | undefined): { readonly version?: string } {
  const isVersion = version !== undefined && /^\d{1,4}(\.\d{1,6}){1,3}([a-z]{1,4}\d{0,4})?$/.test(version);
  return isVersion && version.length <= 24 ? { version } : {};
}

function findingCounts(findings: readonly Finding[]): AssessmentFacts['findings'] {
  const groups = Map.groupBy(findings, ({ code, level }) => `${code} ${level}`);
  return [...groups.values()].slice(0, MOST_FINDINGS).flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ code: first.code, level: first.level, times: group.length }];
  });
}
