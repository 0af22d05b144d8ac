import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Conversion } from '../../src/agent/conversions/conversion.ts';
import { newFernetKey } from '../../src/agent/credentials/fernet.ts';
import { sealVault } from '../../src/agent/credentials/vault.ts';
import type { Answers } from '../../src/agent/plan/decision.ts';
import { makePlan, type Plan } from '../../src/agent/plan/plan.ts';
import { readOnly } from '../../src/agent/read-only-system.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import { BASE_FILE } from '../../src/agent/survey/base.ts';
import type { PackageProbe } from '../../src/agent/survey/package-probe.ts';
import { closeSurvey, type Survey, type SurveyOptions, takeSurvey } from '../../src/agent/survey/survey.ts';
import type { ReadSystem } from '../../src/agent/system.ts';
import { put } from '../fixtures/write-files.ts';
import { python } from './python.ts';

export interface PlanOfOptions {
  /** Default: `.agent-workflow` beside the clone. */
  readonly target?: string;
  readonly answers?: Readonly<Record<string, string>>;
  readonly probe?: PackageProbe;
  readonly now?: Date;
  readonly system?: ReadSystem;
  readonly conversions?: readonly Conversion[];
}

export const NOW = new Date('2025-06-01T12:00:00.000Z');

/** The machine as it is, with `home` as HOME and nothing else in the environment but PATH. */
export function systemAt(home: string, env: Readonly<Record<string, string>> = {}): RealSystem {
  return new RealSystem({ PATH: '/usr/bin:/bin', HOME: home, ...env });
}

/** Writes files of a clone without git. The default makes a documented installation of it. */
export function makeClone(clone: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  mkdirSync(clone, { recursive: true });
  for (const [path, content] of Object.entries({ 'orchestrator.yaml': '', ...files }))
    put(clone, path, content);
  return clone;
}

/** Looks at a clone through the read-only machine. Closed already: no patch can be asked of it. */
export function surveyOf(
  clone: string,
  options: Pick<PlanOfOptions, 'target' | 'system'> & SurveyOptions = {},
): Survey {
  const { system, target } = placesOf(clone, options);
  const survey = takeSurvey(system, clone, target, options);
  closeSurvey(survey);
  return survey;
}

/** The plan for a clone, made through the read-only machine at a fixed time, always with the same ids. */
export function planOf(clone: string, options: PlanOfOptions = {}): Plan {
  const { system, target } = placesOf(clone, options);
  const survey = takeSurvey(system, clone, target);
  const answers: Answers = new Map(Object.entries(options.answers ?? {}));
  try {
    return makePlan(system, survey, {
      run: 'run-20250601-120000-0000',
      facts: {
        now: options.now ?? NOW,
        installationId: '11111111-2222-4333-8444-555555555555',
        packageVersion: undefined,
        platform: 'linux',
        registryPath: join(target, 'projects/registry.yaml'),
      },
      probe: options.probe ?? { installed: false },
      answers,
      conversions: options.conversions,
    });
  } finally {
    closeSurvey(survey);
  }
}

/** The fate of an item, with its note; throws where the ledger has no such row. */
export function rowOf(plan: Plan, item: string, kind?: string) {
  const row = plan.content.ledger.find((one) => one.item === item && (kind ?? one.kind) === one.kind);
  if (row === undefined) throw new Error(`no row for ${item}`);
  return row;
}

function placesOf(clone: string, options: Pick<PlanOfOptions, 'target' | 'system'>) {
  const system = readOnly(options.system ?? systemAt(dirname(clone)));
  return { system, target: options.target ?? join(dirname(clone), '.agent-workflow') };
}

/** What PyYAML reads in the plan's config.yaml; integers beyond 2^53 lose digits here. */
export function configOf({ rendered }: Plan): Record<string, unknown> {
  return python(LOAD, rendered.config) as Record<string, unknown>;
}

/** What PyYAML reads under `projects` in the plan's registry. */
export function registryOf({ rendered }: Plan): Record<string, Record<string, unknown>> {
  const registry = python(LOAD, rendered.registry) as { projects: Record<string, Record<string, unknown>> };
  return registry.projects;
}

const LOAD =
  'import json, sys, yaml\nprint(json.dumps(yaml.safe_load(json.load(sys.stdin)), default=lambda t: f"{type(t).__name__} {t}"))';

/** Fates by item, with where it went. */
export function fatesOf(plan: Plan): Record<string, string> {
  return Object.fromEntries(
    plan.content.ledger.map(({ item, fate, to }) => [item, to === undefined ? fate : `${fate} ${to}`]),
  );
}

/** Writes the new home as a run would leave it: for a second plan. */
export function writeHome(plan: Plan): string {
  const target = plan.survey.target.path;
  const { config, registry, base } = plan.rendered;
  if (config !== undefined) put(target, 'config.yaml', config, 0o600);
  if (registry !== undefined) put(target, 'projects/registry.yaml', registry, 0o600);
  if (base !== undefined) put(target, BASE_FILE, base, 0o600);
  const key = plan.survey.target.credentialsKey ?? newFernetKey();
  put(target, 'credentials.key', key, 0o600);
  put(target, 'credentials.enc', sealVault(plan.survey.target.vault, key, plan.draft.secrets, NOW), 0o600);
  for (const file of plan.draft.files) {
    if (typeof file.to !== 'string') continue;
    const bytes =
      file.kind === 'patch' ? file.data : readFileSync(join(plan.survey.source, String(file.rel)));
    put(target, file.to, bytes, file.kind === 'patch' ? 0o600 : file.mode);
  }
  return target;
}
