import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import type { Facts } from '../conversions/defaults.ts';
import { newFernetKey } from '../credentials/fernet.ts';
import { sealVault } from '../credentials/vault.ts';
import { shortPath } from '../paths.ts';
import type { Answers } from '../plan/decision.ts';
import type { Plan } from '../plan/plan.ts';
import { planMigration } from '../run/plan-migration.ts';
import { type MigrateFacts, type RunRecord, readRecords, runOf } from '../run/run-record.ts';
import { retiredTo } from '../setup/retire.ts';
import { BASE_FILE, readBaseFile } from '../survey/base.ts';
import { closeSurvey } from '../survey/survey.ts';
import type { ReadSystem } from '../system.ts';
import { type Damage, HOME_FILES, type HomeFile } from './damage.ts';
import { fromBase } from './from-base.ts';
import { hiding } from './hiding-system.ts';
import type { Rewrite } from './rewrite.ts';

/** Which home, and where its backups are kept. */
export interface Place {
  readonly target: string;
  readonly backups: string;
}

/** A way to write damaged files anew. Nothing is planned before it is taken. */
export interface Anew {
  /** Where their content comes from, in words. */
  readonly from: string;
  /** @throws OLD_NOT_USABLE where they were to come from an installation that cannot be migrated now */
  rewrites(): Rewrite[];
}

/**
 * Each damaged file written anew, as if it had never been there. Where the old installation still is, also where it was
 * retired to, that is what a migration would write today, with the answers of the last one: every setting, project and
 * secret of it, and whatever is whole in the home is merged with. Where it is gone, the package's own defaults with every
 * value that the last migration left in its base; secrets cannot be made up. Undefined where that gives no file.
 */
export function anew(
  system: ReadSystem,
  home: AgentHome,
  place: Place,
  damage: readonly Damage[],
  facts: Facts,
): Anew | undefined {
  const files = filesOf(damage);
  const last = lastMigration(system, home, place.target);
  const source = last?.migrate && oldInstallation(system, home, last.migrate.source);
  if (last !== undefined && source !== undefined) {
    const from = `the installation ${shortPath(source, system.home)}`;
    const migrate = { ...(last.migrate as MigrateFacts), source };
    return { from, rewrites: () => fromInstallation(system, migrate, place, files, facts, from) };
  }
  const path = join(place.target, BASE_FILE);
  const base = readBaseFile(system, path, system.lstat(path)?.kind);
  const from =
    base.state === 'read'
      ? `the package’s own defaults and what the last migration left in ${BASE_FILE}`
      : 'the package’s own defaults';
  const rewrites = files.flatMap((file) => fromBase(file, base, last?.migrate?.source, facts, from));
  return rewrites.length === 0 ? undefined : { from, rewrites: () => rewrites };
}

function oldInstallation(system: ReadSystem, home: AgentHome, source: string): string | undefined {
  return system.stat(source)?.kind === 'folder' ? source : retiredTo(system, home, source);
}

function fromInstallation(
  system: ReadSystem,
  migrate: MigrateFacts,
  place: Place,
  files: readonly HomeFile[],
  facts: Facts,
  from: string,
): Rewrite[] {
  const plan = planWithout(system, migrate, place, files, facts);
  try {
    const secrets = secretFiles(plan, files);
    return files.flatMap((file): Rewrite[] => {
      const text = { 'config.yaml': plan.rendered.config, 'projects/registry.yaml': plan.rendered.registry };
      const content = file in text ? text[file as keyof typeof text] : secrets.get(file);
      return content === undefined ? [] : [{ file, bytes: Buffer.from(content), edits: [], added: [], from }];
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
  return readRecords(system, home)
    .filter((record) => record.target === target && record.migrate !== undefined)
    .map((record) => runOf(system, home, record))
    .find(({ state }) => state.outcome === 'complete' || state.outcome === 'not-yet-usable')?.record;
}

/** @throws OLD_NOT_USABLE */
function planWithout(
  system: ReadSystem,
  migrate: MigrateFacts,
  { target, backups }: Place,
  files: readonly HomeFile[],
  { installationId }: Facts,
): Plan {
  const { source } = migrate;
  const hidden = hiding(system, new Set(files.map((name) => join(target, name))));
  const fromEnvironment = migrate.environment !== undefined;
  const planWith = (answers: Answers) =>
    planMigration(hidden, {
      source,
      target,
      backups,
      answers,
      fromEnvironment,
      installationId,
      withoutTimers: true,
    });
  try {
    const plan = planWith(new Map());
    const { open, safe } = plan.content.decisions;
    const asked = new Set([...open, ...safe].map(({ id }) => id));
    // What the installation asks no more was answered for good.
    const answers = Object.entries(migrate.answers).filter(([id]) => asked.has(id));
    if (answers.length === 0) return plan;
    closeSurvey(plan.survey);
    return planWith(new Map(answers));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('OLD_NOT_USABLE', { path: source, reason: error.message }, { cause: error });
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
