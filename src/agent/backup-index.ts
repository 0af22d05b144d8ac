import { join } from 'node:path';
import { AppError } from '../shared/errors.ts';
import type { AgentHome } from './agent-home.ts';
import { compareBackupNames, type ListedBackup, listBackups } from './backup/list.ts';
import { readManifestFile } from './backup/read.ts';
import { makeFolders, writeFileAtomic } from './files.ts';
import type { ReadSystem, System } from './system.ts';

/** What the agent's home remembers of a backup, so that its folder need not be named again. */
export interface KnownBackup {
  readonly id: string;
  readonly path: string;
  readonly kind: 'before-migration' | 'before-rollback' | 'manual';
  readonly target: string;
}

export function rememberBackup(system: System, home: AgentHome, backup: KnownBackup): void {
  makeFolders(system, home.backupIndex);
  writeFileAtomic(
    system,
    join(home.backupIndex, `${backup.id}.json`),
    `${JSON.stringify(backup, null, 2)}\n`,
  );
}

/** Every backup that was made here or lies in `parent`, newest first. Those whose folder is gone are left out. */
export function knownBackups(system: ReadSystem, home: AgentHome, parent: string): ListedBackup[] {
  const parents = new Set([parent, ...rememberedPaths(system, home).map((path) => join(path, '..'))]);
  const all = [...parents].flatMap((folder) => listBackups(system, folder));
  return all.sort((a, b) => compareBackupNames(b.id, a.id));
}

/** Which backup is meant where none is named. */
export interface DefaultBackup {
  readonly kind: KnownBackup['kind'];
  /** The configuration home that it must be of; absolute, without links. */
  readonly target: string;
}

/**
 * The backup that a person means: a path, an id, or (undefined) the newest complete one that fits `fallback`.
 * @throws BACKUP_NOT_FOUND, NOTHING_TO_ROLL_BACK
 */
export function chooseBackup(
  system: ReadSystem,
  home: AgentHome,
  parent: string,
  given: string | undefined,
  fallback: DefaultBackup,
): string {
  if (given === undefined) {
    const newest = knownBackups(system, home, parent).find(
      (one) => one.complete && one.kind === fallback.kind && targetOf(system, one.path) === fallback.target,
    );
    if (newest === undefined) {
      const kind = fallback.kind === 'before-rollback' ? 'rollback' : 'migration';
      throw new AppError('NOTHING_TO_ROLL_BACK', { target: fallback.target, kind });
    }
    return newest.path;
  }
  const listed = knownBackups(system, home, parent).find(({ id }) => id === given);
  if (listed !== undefined) return listed.path;
  const path = join(system.cwd, given);
  const named = given.startsWith('/') ? given : path;
  if (system.stat(named)?.kind !== 'folder') throw new AppError('BACKUP_NOT_FOUND', { backup: given });
  return system.realPath(named);
}

function targetOf(system: ReadSystem, backup: string): string | undefined {
  return readManifestFile(system, backup).manifest.roots.find(({ id }) => id === 'target')?.path;
}

function rememberedPaths(system: ReadSystem, home: AgentHome): string[] {
  if (system.stat(home.backupIndex)?.kind !== 'folder') return [];
  return system.readFolder(home.backupIndex).flatMap(({ name }) => {
    const file = join(home.backupIndex, String(name));
    if (!file.endsWith('.json')) return [];
    try {
      const known: unknown = JSON.parse(system.readFile(file).toString('utf8'));
      return typeof known === 'object' && known !== null && 'path' in known ? [String(known.path)] : [];
    } catch (error) {
      if (error instanceof SyntaxError) return [];
      throw error;
    }
  });
}
