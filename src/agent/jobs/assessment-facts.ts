import type { Assessment as AssessmentFacts } from '../../protocol/facts.ts';
import { ASSESSMENT, INTEGRATIONS } from '../../protocol/facts.ts';
import { fits } from '../../protocol/schema.ts';
import { STOP_CODES, STOPS } from '../../shared/recommendation.ts';
import type { Assessment } from '../plan/assessment.ts';
import type { Assessed } from '../surroundings.ts';
import type { Finding } from '../survey/finding.ts';
import type { ReadSystem } from '../system.ts';
import { Pseudonyms } from './pseudonyms.ts';

/** Projects and findings that are told one by one; of more only the numbers. */
const MOST_PROJECTS = 20;
const MOST_FINDINGS = 16;
const MOST_PLACES = 2;

/**
 * The facts of an assessment that may leave the machine: only what the protocol's list has room for. No name, no path, no
 * text of a file; places have pseudonyms.
 * @throws Error if they are not of the protocol's form, which would be our fault
 */
export function assessmentFacts(
  { assessment, plan: { survey, content } }: Pick<Assessed, 'assessment' | 'plan'>,
  system: Pick<ReadSystem, 'home' | 'now'>,
): AssessmentFacts {
  const { installation_type: type, version, configuration_complexity: complexity } = assessment;
  const { projects, customizations: custom, data_volume: volume, findings } = assessment;
  const { recommended_path: recommended, migration_risk: risk } = assessment;
  const facts: AssessmentFacts = {
    method: type.method,
    layouts: type.layouts as AssessmentFacts['layouts'],
    compatible: version.compatible,
    ...versionOf(version.version),
    ...ageOf(type.installed, system.now()),
    complexity: { level: complexity.level, score: complexity.score },
    segment: complexity.segment.name,
    usage: type.usage.level,
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
      level: risk.level,
      open_decisions: content.decisions.open.length,
      warnings: findings.filter(({ level }) => level === 'warning').length,
      target_exists: survey.target.present,
      ready: risk.ready,
    },
    recommended: recommended.path,
    reasons: recommended.reasons,
    stops: STOP_CODES.filter((code) => recommended.stops.includes(STOPS[code])),
    estimate: {
      seconds: {
        from: Math.floor(recommended.estimate.seconds.from),
        to: Math.ceil(recommended.estimate.seconds.to),
      },
      disk_bytes: recommended.estimate.disk_bytes,
    },
    findings: findingCounts(findings, new Pseudonyms(system.home, survey.source, assessment, content)),
  };
  if (!fits(ASSESSMENT, facts)) throw new Error('the facts of an assessment are not of the agreed form');
  return facts;
}

/** Packaging files can say anything; only what looks like a version leaves. */
function versionOf(version: string | undefined): { readonly version?: string } {
  const isVersion = version !== undefined && /^\d{1,4}(\.\d{1,6}){1,3}([a-z]{1,4}\d{0,4})?$/.test(version);
  return isVersion && version.length <= 24 ? { version } : {};
}

const MONTH_MS = 30.44 * 86_400_000;

function ageOf(installed: Assessment['installation_type']['installed'], now: Date): { age_months?: number } {
  if (installed === undefined) return {};
  const months = Math.floor((now.getTime() - Date.parse(installed.at)) / MONTH_MS);
  return months < 0 || months > 1200 ? {} : { age_months: months };
}

const LEVELS = ['error', 'decision', 'warning', 'info'] as const satisfies readonly Finding['level'][];

/** How often each kind was found, the gravest first. */
function findingCounts(findings: readonly Finding[], pseudonyms: Pseudonyms): AssessmentFacts['findings'] {
  const groups = [...Map.groupBy(findings, ({ code, level }) => `${code} ${level}`).values()];
  const first = (group: readonly Finding[]) => LEVELS.indexOf(group[0]?.level ?? 'info');
  return groups
    .sort((a, b) => first(a) - first(b))
    .slice(0, MOST_FINDINGS)
    .flatMap((group) => {
      const [one] = group;
      if (one === undefined) return [];
      const places = [
        ...new Set(group.flatMap(({ file }) => (file === undefined ? [] : pseudonyms.of(file)))),
      ];
      return [
        { code: one.code, level: one.level, times: group.length, places: places.slice(0, MOST_PLACES) },
      ];
    });
}
