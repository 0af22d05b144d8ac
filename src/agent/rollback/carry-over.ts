import { join } from 'node:path';
import { moveSecrets } from '../credentials/vault.ts';
import { makeFolders, removeTree, writeFileAtomic } from '../files.ts';
import { inWords } from '../run/in-words.ts';
import { evidenceOf, type Journal, type Json } from '../run/journal.ts';
import type { System } from '../system.ts';
import { setInYaml } from '../yaml/merge-yaml.ts';
import { contentsOf, KEY, REGISTRY, readerIn, STORE } from './home-contents.ts';
import type { NewerItem } from './newer-contents.ts';

/** What was carried over, by name, and what could not be, with the reason. */
export interface CarriedOver {
  readonly projects: readonly string[];
  readonly secrets: readonly string[];
  readonly failures: readonly { readonly path: string; readonly reason: string }[];
}

const FOLDER = 'carry';
const PLAN = 'carry-over:plan';
const STEP = 'carry-over';
const MODE = { [REGISTRY]: 0o644, [KEY]: 0o600, [STORE]: 0o600 } as const;

export const NOTHING_CARRIED: CarriedOver = { projects: [], secrets: [], failures: [] };

/**
 * Keeps the files that hold what is to be carried over in the run's folder, before the rollback changes them: after a crash
 * in its middle they are there only. The store stays encrypted, and its key beside it is as open as it was in the home.
 */
export function keepForCarrying(
  system: System,
  journal: Journal,
  runFolder: string,
  target: string,
  items: readonly NewerItem[],
): void {
  if (items.length === 0 || evidenceOf(journal.entries, PLAN) !== undefined) return;
  const folder = join(runFolder, FOLDER);
  makeFolders(system, join(folder, 'projects'));
  const read = readerIn(system, target);
  for (const file of [REGISTRY, KEY, STORE]) {
    const bytes = read(file);
    if (bytes !== undefined) writeFileAtomic(system, join(folder, file), bytes);
  }
  const named = items.map(({ kind, name }) => ({ kind, name }));
  journal.add({ type: 'done', step: PLAN, data: named as unknown as Json });
}

/** Puts what was kept into the restored home. A file that refuses is reported, and the rest goes on. */
export function carryOver(system: System, journal: Journal, runFolder: string, target: string): CarriedOver {
  const plan = evidenceOf(journal.entries, PLAN) as Pick<NewerItem, 'kind' | 'name'>[] | undefined;
  if (plan === undefined) return NOTHING_CARRIED;
  journal.add({ type: 'intent', step: STEP });
  const names = (kind: NewerItem['kind']) => plan.filter((one) => one.kind === kind).map(({ name }) => name);
  const kept = join(runFolder, FOLDER);
  const failures: { path: string; reason: string }[] = [];
  const attempt = (file: string, wanted: readonly string[], work: () => void): readonly string[] => {
    if (wanted.length === 0) return [];
    try {
      work();
      return wanted;
    } catch (error) {
      failures.push({ path: join(target, file), reason: inWords(error, join(target, file)).message });
      return [];
    }
  };
  const projects = attempt(REGISTRY, names('project'), () =>
    carryProjects(system, kept, target, names('project')),
  );
  const secrets = attempt(STORE, names('secret'), () => carrySecrets(system, kept, target, names('secret')));
  journal.add({ type: 'done', step: STEP, data: { projects, secrets } });
  return { projects, secrets, failures };
}

/** Once the run is at its end: the safety backup has all of it. */
export function removeKept(system: System, runFolder: string): void {
  removeTree(system, join(runFolder, FOLDER));
}

function carryProjects(system: System, kept: string, target: string, names: readonly string[]): void {
  const { projects } = contentsOf(readerIn(system, kept));
  const path = join(target, REGISTRY);
  const changes = names.flatMap((name) => {
    const node = projects.get(name);
    return node === undefined ? [] : [{ path: ['projects', name], node }];
  });
  write(system, path, REGISTRY, setInYaml(system.readFile(path).toString('utf8'), changes, REGISTRY));
}

function carrySecrets(system: System, kept: string, target: string, names: readonly string[]): void {
  const from = readerIn(system, kept);
  const to = readerIn(system, target);
  const store = moveSecrets(
    { key: from(KEY), enc: from(STORE) },
    { key: to(KEY), enc: to(STORE) },
    names,
    system.now(),
  );
  write(system, join(target, STORE), STORE, store);
}

function write(system: System, path: string, file: keyof typeof MODE, data: Buffer | string): void {
  writeFileAtomic(system, path, data, system.lstat(path)?.mode ?? MODE[file]);
}
