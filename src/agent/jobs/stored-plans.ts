import { join } from 'node:path';
import { type Digest, digestOf, planDigest } from '../../protocol/digest.ts';
import { PER_AGENT } from '../../protocol/limits.ts';
import type { AgentHome } from '../agent-home.ts';
import { makeFolders, removeTree, writeNewFile } from '../files.ts';
import type { Named } from '../orchestrator/consent.ts';
import { displayPath, pathFromJson, pathToJson } from '../paths.ts';
import type { TimerFacts } from '../plan/timers.ts';
import type { Selection } from '../rollback/selection.ts';
import { readJson } from '../run/read-json.ts';
import { parseObject } from '../run/record-folders.ts';
import type { FileStat, PathLike, ReadSystem, System } from '../system.ts';

/** What the machine keeps beside the bytes that travel. */
export interface PlanRecord {
  readonly schema: 'awm/stored-plan/1';
  readonly digest: Digest;
  /** The job that made it. */
  readonly job: string;
  /** The type of job that carries it out. */
  readonly type: 'apply' | 'rollback';
  /** ISO 8601. */
  readonly created: string;
  readonly expires: string;
  /** Stays secret, see `commitTo`. */
  readonly blind: string;
  /** Folders that are written below. */
  readonly writes: readonly string[];
  readonly migration?: MigrationFacts;
  readonly rollback?: RollbackFacts;
}

/** Enough to make the same plan again. */
export interface MigrationFacts {
  readonly root: string;
  readonly source: string;
  readonly target: string;
  readonly backups: string;
  readonly run: string;
  readonly installationId: string;
  /** Digest of the plan that stays on the machine. */
  readonly engine: Digest;
  /** What cron starts, as the plan asked about it. */
  readonly timers?: TimerFacts | undefined;
  /** The folder of the export that it was made from. */
  readonly exported?: string;
}

export interface RollbackFacts {
  /** Absolute path of the backup. */
  readonly backup: string;
  readonly number: number;
  readonly target: string;
  /** Digest of everything that the rollback would do. */
  readonly engine: Digest;
  /** Undefined: the whole home. */
  readonly selection?: Selection | undefined;
  /** Whether newer projects and secrets are carried over. */
  readonly carry?: boolean;
  /** Projects whose entries of now win, by name. */
  readonly mine?: readonly string[];
  /** Orchestrators that the approval is a yes to stopping. */
  readonly stop?: readonly Named[] | undefined;
}

/** A file as it was when the plan was made; `stat` is null where there was none. */
export interface Watched {
  readonly path: PathLike;
  readonly stat: FileStat | undefined;
}

const RECORD = 'record.json';
const BYTES = 'plan.json';
const WATCHED = 'preconditions.json';
const MAX_BYTES = 256 << 20;
const DAY_MS = 86_400_000;

/** Plans that were sent to Discord, one folder each, named by the digest of the bytes that travelled. */
export class StoredPlans {
  readonly #system: System;
  readonly #folder: string;

  constructor(system: System, home: AgentHome) {
    this.#system = system;
    this.#folder = join(home.path, 'plans');
  }

  /** Written once, synced. The digest of the bytes, as it names the plan. */
  keep(
    bytes: Buffer,
    watched: readonly Watched[],
    record: Omit<PlanRecord, 'schema' | 'digest'>,
  ): PlanRecord {
    const digest = planDigest(bytes);
    const whole: PlanRecord = { schema: 'awm/stored-plan/1', digest, ...record };
    const folder = join(this.#folder, digest);
    makeFolders(this.#system, folder);
    writeNewFile(this.#system, join(folder, BYTES), bytes);
    writeNewFile(this.#system, join(folder, WATCHED), watchedText(watched));
    writeNewFile(this.#system, join(folder, RECORD), `${JSON.stringify(whole, null, 2)}\n`);
    this.#system.syncFolder(folder);
    this.#system.syncFolder(this.#folder);
    return whole;
  }

  /** Undefined for a digest that is not a plan of this machine, or whose bytes or record are damaged. */
  find(digest: Digest): { readonly record: PlanRecord; readonly bytes: Buffer } | undefined {
    const folder = join(this.#folder, digest);
    if (!/^[0-9a-f]{64}$/.test(digest) || this.#system.lstat(join(folder, RECORD)) === undefined)
      return undefined;
    const bytes = this.#system.readFile(join(folder, BYTES), MAX_BYTES);
    const record = parseObject(this.#system.readFile(join(folder, RECORD))) as PlanRecord | undefined;
    return planDigest(bytes) === digest && record?.digest === digest ? { record, bytes } : undefined;
  }

  /** Files that are not as they were when the plan was made, as they come. Reads no content. @throws RUN_FILE_DAMAGED */
  *changes(digest: Digest): Generator<string, undefined> {
    const rows = readJson(this.#system, join(this.#folder, digest, WATCHED)) as [unknown, string][];
    for (const [json, was] of rows) {
      const path = pathFromJson(json);
      if (signature(this.#system.lstat(path)) !== was) yield displayPath(path);
    }
  }

  /** Records of all plans, the newest first. */
  all(): PlanRecord[] {
    if (this.#system.stat(this.#folder)?.kind !== 'folder') return [];
    return this.#system
      .readFolder(this.#folder)
      .flatMap(({ name }) => this.find(String(name))?.record ?? [])
      .sort((a, b) => (a.created < b.created ? 1 : -1));
  }

  /** Removes what is older than the memory for approvals: nothing can refer to it any more. */
  forgetOld(): void {
    const oldest = this.#system.now().getTime() - PER_AGENT.memoryDays * DAY_MS;
    for (const { digest, created } of this.all())
      if (Date.parse(created) < oldest) removeTree(this.#system, join(this.#folder, digest));
  }
}

/** Digest of the list; the list itself stays on the machine. */
export function watchedDigest(watched: readonly Watched[]): Digest {
  return digestOf(watchedText(watched));
}

export function watch(system: ReadSystem, paths: readonly PathLike[]): Watched[] {
  return paths.map((path) => ({ path, stat: system.lstat(path) }));
}

function watchedText(watched: readonly Watched[]): string {
  return JSON.stringify(watched.map(({ path, stat }) => [pathToJson(path), signature(stat)]));
}

/** Any write, even one that keeps size and time, moves the change time that is part of this. */
function signature(stat: FileStat | undefined): string {
  if (stat === undefined) return 'none';
  return [stat.kind, stat.size, stat.mode, stat.mtimeNs, stat.ctimeNs, stat.ino, stat.dev].join(' ');
}
