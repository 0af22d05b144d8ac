import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { defaultConfig, type Facts } from '../conversions/defaults.ts';
import { newFernetKey } from '../credentials/fernet.ts';
import { sealVault } from '../credentials/vault.ts';
import { shortPath } from '../paths.ts';
import type { Plan } from '../plan/plan.ts';
import { planMigration } from '../run/plan-migration.ts';
import { listRuns, loadRun, type RunRecord } from '../run/run-record.ts';
import { closeSurvey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import { map, quoted } from '../yaml/build.ts';
import { writeYaml } from '../yaml/write-yaml.ts';
import { type Damage, HOME_FILES, type HomeFile } from './damage.ts';
import { hiding } from './hiding-system.ts';
import type { Rewrite } from './rewrite.ts';

/** Which home, and where its backups are kept. */
export interface Place {
  readonly target: string;
  readonly backups: string;
}

/**
 * Each damaged file written anew, as if it had never been there. Where the old installation still is, that is what a
 * migration would write today, with the answers of the last one: every setting, project and secret of it, and whatever
 * is whole in the home is merged with. Where it is gone, the package's own defaults; secrets cannot be made up.
 */
export function regenerate(
  system: ReadSystem,
  home: AgentHome,
  place: Place,
  damage: readonly Damage[],
  facts: Facts,
): Rewrite[] {
  const last = lastMigration(system, home, place.target);
  const files = filesOf(damage);
  const plan = last === undefined ? undefined : planWithout(system, last, place, files, facts);
  if (plan === undefined) return files.flatMap((file) => fromDefaults(file, facts));
  try {
    const from = shortPath(plan.survey.source, system.home);
    const secrets = secretFiles(plan, files);
    return files.flatMap((file): Rewrite[] => {
      const text = { 'config.yaml': plan.rendered.config, 'projects/registry.yaml': plan.rendered.registry };
      const content = file in text ? text[file as keyof typeof text] : secrets.get(file);
      return content === undefined
        ? []
        : [{ file, bytes: Buffer.from(content), edits: [], added: [], from: `the installation ${from}` }];
    });
  } finally {
    closeSurvey(plan.survey);
  }
}

/** Without its key a store is closed for ever: both are made anew. */
function filesOf(damage: readonly Damage[]): HomeFile[] {
  const names = new Set<HomeFile>(damage.map(({ file }) => file));
  if (names.has('credentials.key')) names.add('credentials.enc');
  return HOME_FILES.filter((file) => names.has(file));
}

/** The newest migration of this home that came to its end; what it was told is told again. */
export function lastMigration(system: ReadSystem, home: AgentHome, target: string): RunRecord | undefined {
  return listRuns(system, home)
    .map((id) => loadRun(system, home, id))
    .find(
      ({ record, state }) =>
        record.target === target &&
        record.migrate !== undefined &&
        (state.outcome === 'complete' || state.outcome === 'not-yet-usable'),
    )?.record;
}

/** Undefined where the old installation is gone, or cannot be read any more. */
function planWithout(
  system: ReadSystem,
  { migrate }: RunRecord,
  { target, backups }: Place,
  files: readonly HomeFile[],
  { installationId }: Facts,
): Plan | undefined {
  if (migrate === undefined || system.stat(migrate.source)?.kind !== 'folder') return undefined;
  const hidden = hiding(system, new Set(files.map((name) => join(target, name))));
  const answers = new Map(Object.entries(migrate.answers));
  const fromEnvironment = migrate.environment !== undefined;
  try {
    return planMigration(hidden, {
      source: migrate.source,
      target,
      backups,
      answers,
      fromEnvironment,
      installationId,
    });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function secretFiles({ survey, draft, content }: Plan, files: readonly HomeFile[]): Map<HomeFile, Buffer> {
  if (!files.includes('credentials.enc')) return new Map();
  const { credentialsKey, vault } = survey.target;
  const key = credentialsKey ?? newFernetKey();
  const enc = sealVault(vault, key, draft.secrets, new Date(content.created));
  return new Map<HomeFile, Buffer>([
    ...(credentialsKey === undefined ? [['credentials.key', key] as const] : []),
    ['credentials.enc', enc],
  ]);
}

function fromDefaults(file: HomeFile, facts: Facts): Rewrite[] {
  const time = quoted(facts.now.toISOString());
  const tree =
    file === 'config.yaml'
      ? defaultConfig(facts)
      : file === 'projects/registry.yaml'
        ? map({ version: quoted('1.0'), created: time, last_updated: time, projects: map({}) })
        : undefined;
  if (tree === undefined) return [];
  const bytes = Buffer.from(writeYaml(tree));
  return [{ file, bytes, edits: [], added: [], from: 'the package’s own defaults' }];
}
