import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Answers } from '../../src/agent/plan/decision.ts';
import { makePlan, type Plan } from '../../src/agent/plan/plan.ts';
import { readOnly } from '../../src/agent/read-only-system.ts';
import { RealSystem } from '../../src/agent/real-system.ts';
import type { PackageProbe } from '../../src/agent/survey/package-probe.ts';
import { closeSurvey, type Survey, takeSurvey } from '../../src/agent/survey/survey.ts';
import type { ReadSystem } from '../../src/agent/system.ts';
import { put } from '../fixtures/write-files.ts';

export interface PlanOfOptions {
  /** Default: `.agent-workflow` beside the clone. */
  readonly target?: string;
  readonly answers?: Readonly<Record<string, string>>;
  readonly probe?: PackageProbe;
  readonly now?: Date;
  readonly system?: ReadSystem;
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
export function surveyOf(clone: string, options: Pick<PlanOfOptions, 'target' | 'system'> = {}): Survey {
  const { system, target } = placesOf(clone, options);
  const survey = takeSurvey(system, clone, target);
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
