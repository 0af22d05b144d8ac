import { counted } from '../../shared/words.ts';
import type { Finding } from '../survey/finding.ts';
import type { LocalPatches } from '../survey/local-patches/find-local-patches.ts';
import { patchFindings } from '../survey/local-patches/finding.ts';
import type { PatchFate } from '../survey/local-patches/local-patch.ts';
import type { InstallDate } from '../survey/machine/install-date.ts';
import type { MachineFacts } from '../survey/machine/machine-facts.ts';
import { type RunningOrchestrator, runningFindings } from '../survey/orchestrator.ts';
import type { References } from '../survey/references/find-references.ts';
import { referenceFindings } from '../survey/references/finding.ts';
import type { Reference } from '../survey/references/reference.ts';
import type { Survey } from '../survey/survey.ts';
import { explain } from '../survey/version.ts';
import { type Complexity, complexityOf } from './complexity.ts';
import { type CredentialFacts, credentialFacts } from './credential-facts.ts';
import type { Estimate } from './estimate.ts';
import type { PlanContent } from './plan.ts';
import type { Readiness } from './readiness.ts';
import { type Recommendation, recommend } from './recommendation.ts';
import { type Segment, segmentOf } from './segment.ts';

/** The assessment in the mission's nine parts (its §3.1), and what was noticed. */
export interface Assessment {
  readonly installation_type: {
    readonly method: 'git clone' | 'folder';
    readonly layouts: readonly string[];
    readonly installed: InstallDate | undefined;
    readonly usage: MachineFacts['usage'];
    readonly running: RunningOrchestrator | undefined;
    readonly machine: MachineFacts['kind'];
    readonly foreign_owner: boolean;
    readonly python_environments: readonly {
      readonly path: string;
      readonly kind: string;
      readonly python: string | undefined;
      readonly version: string | undefined;
      readonly editable_from: string | undefined;
      readonly in_clone: boolean;
    }[];
    readonly commands: MachineFacts['commands'];
    readonly other_installations: readonly string[];
  };
  readonly version: Survey['version'] & { readonly explanation: string };
  readonly configuration_complexity: Complexity & { readonly segment: Segment };
  readonly projects: readonly ProjectFacts[];
  readonly integrations: readonly string[];
  readonly customizations: {
    readonly custom_agents: readonly string[];
    readonly changed_files: readonly string[];
    readonly own_files: readonly string[];
    readonly settings_files: readonly {
      readonly file: string;
      readonly state: string;
      readonly keys: number;
    }[];
    readonly own_commits: number;
    readonly credentials: readonly CredentialFacts[];
    readonly local_patches: readonly { readonly id: string; readonly fate: PatchFate }[];
    readonly references: readonly Pick<Reference, 'id' | 'kind' | 'file' | 'line' | 'state'>[];
  };
  readonly data_volume: {
    readonly state_bytes: number;
    readonly state_files: number;
    readonly own_bytes: number;
    /** Files of the person's own in the clone, by what a backup sorts them under. */
    readonly by_category: Readonly<Record<string, { readonly files: number; readonly bytes: number }>>;
  };
  readonly migration_risk: {
    readonly level: 'low' | 'medium' | 'high';
    readonly because: readonly string[];
    readonly rollback_available: true;
    readonly ready: boolean;
    readonly places: Readiness['places'];
  };
  readonly recommended_path: Recommendation & { readonly estimate: Estimate };
  readonly findings: readonly Finding[];
}

interface ProjectFacts {
  readonly name: string;
  readonly path: string | undefined;
  readonly exists: boolean;
  readonly state_files: number;
  readonly state_bytes: number;
}

/** What lies outside of the survey of the clone itself. */
export interface Surroundings {
  readonly patches: LocalPatches;
  readonly references: References;
  /** Where secrets lie open. */
  readonly hygiene: readonly Finding[];
  readonly machine: MachineFacts;
  readonly readiness: Readiness;
  readonly estimate: Estimate;
  readonly now: Date;
}

export function assess(survey: Survey, content: PlanContent, around: Surroundings): Assessment {
  const findings = [
    ...survey.findings,
    ...patchFindings(around.patches),
    ...runningFindings(survey.running),
    ...around.machine.findings,
    ...around.readiness.findings,
    ...referenceFindings({
      references: around.references.references,
      blindSpots: [...around.references.blindSpots, ...around.machine.blindSpots],
    }),
    ...around.hygiene,
  ];
  const of = (kind: string) =>
    survey.inventory.files.filter((file) => file.kind === kind).map((file) => file.display);
  const facts = survey.git.state === 'read' ? survey.git.facts : undefined;
  const stateBytes = survey.states.reduce((sum, state) => sum + state.bytes, 0);
  const open = content.decisions.open.length;
  const { machine, readiness, estimate, now } = around;
  const complexity = complexityOf(survey);
  const used = integrations(survey);
  const segment = segmentOf({
    survey,
    machine,
    complexity: complexity.level,
    integrations: used,
    references: around.references.references,
    now,
  });
  const recommendation = recommend({
    survey,
    open,
    advice: content.advice,
    segment,
    readiness,
    machine,
    patches: around.patches.patches,
  });
  return {
    installation_type: {
      method: facts === undefined ? 'folder' : 'git clone',
      layouts: survey.layouts,
      installed: machine.installed,
      usage: machine.usage,
      running: survey.running,
      machine: machine.kind,
      foreign_owner: machine.isForeign,
      python_environments: machine.environments.map(({ path, kind, python, inClone, package: found }) => ({
        path,
        kind,
        python,
        version: found?.version,
        editable_from: found?.editableFrom,
        in_clone: inClone,
      })),
      commands: machine.commands,
      other_installations: machine.others.map(({ path }) => path),
    },
    version: { ...survey.version, explanation: explain(survey.version) },
    configuration_complexity: { ...complexity, segment },
    projects: survey.projects.map((project) => {
      const state = survey.states.find((one) => one.project === project);
      const { exists, path } = project;
      return {
        name: project.key,
        path,
        exists,
        state_files: state?.files ?? 0,
        state_bytes: state?.bytes ?? 0,
      };
    }),
    integrations: used,
    customizations: {
      custom_agents: of('agent'),
      changed_files: of('edited'),
      own_files: of('custom'),
      settings_files: survey.settings.map(({ rel, state, leaves }) => ({
        file: rel,
        state,
        keys: leaves.length,
      })),
      own_commits: facts?.ownCommits ?? 0,
      credentials: credentialFacts(survey.secrets),
      local_patches: around.patches.patches.map(({ id, fate }) => ({ id, fate })),
      references: around.references.references.map(({ id, kind, file, line, state }) => ({
        id,
        kind,
        file,
        line,
        state,
      })),
    },
    data_volume: {
      state_bytes: stateBytes,
      state_files: survey.states.reduce((sum, state) => sum + state.files, 0),
      own_bytes: survey.inventory.files.reduce((sum, file) => sum + file.stat.size, 0),
      by_category: byCategory(survey),
    },
    migration_risk: {
      ...risk(survey, findings, open),
      rollback_available: true,
      ready: readiness.ready,
      places: readiness.places,
    },
    recommended_path: { ...recommendation, estimate },
    findings,
  };
}

function integrations(survey: Survey): string[] {
  const has = (...variables: string[]) =>
    survey.secrets.some(({ variable, placeholder }) => !placeholder && variables.includes(variable));
  return [
    ...(has('DISCORD_BOT_TOKEN', 'DISCORD_TOKEN') ? ['Discord'] : []),
    ...(has('ANTHROPIC_API_KEY') ? ['Claude'] : []),
    ...(has('OPENAI_API_KEY') ? ['OpenAI'] : []),
    ...(has('GITHUB_TOKEN') ? ['GitHub'] : []),
  ];
}

function byCategory({ inventory }: Survey): Assessment['data_volume']['by_category'] {
  const own = inventory.files.filter(({ kind }) => kind !== 'regenerable');
  return Object.fromEntries(
    [...Map.groupBy(own, ({ category }) => category)].map(([category, files]) => [
      category,
      { files: files.length, bytes: files.reduce((sum, { stat }) => sum + stat.size, 0) },
    ]),
  );
}

function risk(
  survey: Survey,
  findings: readonly Finding[],
  open: number,
): Pick<Assessment['migration_risk'], 'level' | 'because'> {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const because = [
    ...(open > 0 ? [counted(open, 'open decision')] : []),
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(survey.version.compatible === 'yes' ? [] : ['the version is old or unknown']),
    ...(survey.target.present ? ['a configuration home exists already and is merged into'] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const level =
    open + errors > 0 || survey.version.compatible === 'unknown'
      ? 'high'
      : because.length > 0
        ? 'medium'
        : 'low';
  return { level, because };
}
