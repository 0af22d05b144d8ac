import { counted } from '../../shared/words.ts';
import type { Finding } from '../survey/finding.ts';
import type { LocalPatches } from '../survey/local-patches/find-local-patches.ts';
import { patchFindings } from '../survey/local-patches/finding.ts';
import type { PatchFate } from '../survey/local-patches/local-patch.ts';
import type { References } from '../survey/references/find-references.ts';
import { referenceFindings } from '../survey/references/finding.ts';
import type { Reference } from '../survey/references/reference.ts';
import type { Survey } from '../survey/survey.ts';
import { type CredentialFacts, credentialFacts } from './credential-facts.ts';
import type { PlanContent } from './plan.ts';

/** The assessment in the mission's nine parts (its §3.1), and what was noticed. */
export interface Assessment {
  readonly installation_type: {
    readonly method: 'git clone' | 'folder';
    readonly layouts: readonly string[];
  };
  readonly version: Survey['version'];
  readonly configuration_complexity: {
    readonly level: Complexity;
    readonly score: number;
    readonly because: readonly string[];
  };
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
  };
  readonly migration_risk: { readonly level: 'low' | 'medium' | 'high'; readonly because: readonly string[] };
  readonly recommended_path: { readonly path: 'automated' | 'decide first'; readonly because: string };
  readonly findings: readonly Finding[];
}

type Complexity = 'minimal' | 'basic' | 'moderate' | 'complex';

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
}

export function assess(survey: Survey, content: PlanContent, around: Surroundings): Assessment {
  const findings = [
    ...survey.findings,
    ...patchFindings(around.patches),
    ...referenceFindings(around.references),
    ...around.hygiene,
  ];
  const of = (kind: string) =>
    survey.inventory.files.filter((file) => file.kind === kind).map((file) => file.display);
  const facts = survey.git.state === 'read' ? survey.git.facts : undefined;
  const stateBytes = survey.states.reduce((sum, state) => sum + state.bytes, 0);
  const open = content.decisions.open.length;
  return {
    installation_type: { method: facts === undefined ? 'folder' : 'git clone', layouts: survey.layouts },
    version: survey.version,
    configuration_complexity: complexity(survey),
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
    integrations: integrations(survey),
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
    },
    migration_risk: risk(survey, findings, open),
    recommended_path:
      open === 0
        ? { path: 'automated', because: 'everything has a safe way, and the whole run can be taken back' }
        : { path: 'decide first', because: `${counted(open, 'question')} without a safe answer` },
    findings,
  };
}

/** The mission's score (its §3.1), counting only the installation's own files, never a virtual environment. */
function complexity(survey: Survey): Assessment['configuration_complexity'] {
  const settings = survey.settings.filter(({ rel }) => !survey.shipped.has(rel)).length;
  const agents = survey.inventory.files.filter(({ kind }) => kind === 'agent').length;
  const env = survey.envFiles.some(({ outside }) => outside !== true) ? 2 : 0;
  const score = settings + agents + env;
  const level = score === 0 ? 'minimal' : score <= 3 ? 'basic' : score <= 7 ? 'moderate' : 'complex';
  const because = [
    ...(settings > 0 ? [`${counted(settings, 'settings file')} of your own`] : []),
    ...(env > 0 ? ['env files'] : []),
    ...(agents > 0 ? [counted(agents, 'custom agent')] : []),
  ];
  return { level, score, because };
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

function risk(survey: Survey, findings: readonly Finding[], open: number): Assessment['migration_risk'] {
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  const because = [
    ...(open > 0 ? [counted(open, 'open decision')] : []),
    ...(survey.version.compatible === 'yes' ? [] : ['the version is old or unknown']),
    ...(survey.target.present ? ['a configuration home exists already and is merged into'] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const level =
    open > 0 || survey.version.compatible === 'unknown' ? 'high' : because.length > 0 ? 'medium' : 'low';
  return { level, because };
}
