import { join } from 'node:path';
import type { CheckResult } from '../checks/check.ts';
import { readTextIfThere } from '../files.ts';
import type { PlanContent } from '../plan/plan.ts';
import type { Run } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import type { YamlNode } from '../yaml/yaml-node.ts';

/** A home as it is now, with what is known of the migration that made it. */
export interface HomeCheckWork {
  readonly system: System;
  readonly settings: Pick<AgentSettings, 'home' | 'backups'>;
  /** The configuration home. */
  readonly target: string;
  /** The newest migration into it that came to its end, and its plan; undefined where there was none. */
  readonly run: Run | undefined;
  readonly content: PlanContent | undefined;
}

/** Looks at one thing of a home that is there, with or without a migration. The names are those of the checks of a run. */
export interface HomeCheck {
  readonly name: string;
  /** One sentence for docs. */
  readonly about: string;
  /** Only with `--check-all`: it starts programs, or reads much. */
  readonly isThorough: boolean;
  /** Paths in the home that its answer comes from: as long as they are unchanged, what is wrong was so from the start. */
  readonly of: RegExp;
  check(work: HomeCheckWork): CheckResult | Promise<CheckResult>;
}

/** The root of a YAML file of the home; undefined where there is none, or none that can be read. */
export function rootOf(
  { system, target }: Pick<HomeCheckWork, 'system' | 'target'>,
  rel: string,
): YamlNode | undefined {
  const text = readTextIfThere(system, join(target, rel));
  return text === undefined ? undefined : readYaml(Buffer.from(text)).root;
}

export function skipped(name: string, unit: string, reason: string): CheckResult {
  return { name, status: 'skipped', done: 0, of: 0, unit, reason };
}
