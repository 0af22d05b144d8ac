import { createHash, type Hash, type Hmac } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { FilePlacement } from '../conversions/draft.ts';
import { newFernetKey } from '../credentials/fernet.ts';
import { sealVault } from '../credentials/vault.ts';
import { makeFolders, removeTree, writeNewFile } from '../files.ts';
import { joinPath, parentOf } from '../paths.ts';
import type { Plan } from '../plan/plan.ts';
import { BASE_FILE } from '../survey/base.ts';
import { PACKAGE_FOLDERS } from '../survey/target.ts';
import type { PathLike, ReadSystem, System } from '../system.ts';

/**
 * Builds the new home's files in a staging folder beside the target. Each step begins by removing what an interrupted
 * try of it left, so that it can be done again; what would not change anything in the target is not staged.
 */
const PIECE = 1 << 20;

export function stageConfig(system: System, staging: string, plan: Plan): { files: number } {
  const { target } = plan.survey;
  makeFolders(system, staging);
  for (const name of PACKAGE_FOLDERS) {
    if (system.lstat(join(target.path, name)) === undefined) makeFolders(system, join(staging, name));
  }
  const config = join(staging, 'config.yaml');
  removeTree(system, config);
  if (plan.rendered.config !== undefined) writeNewFile(system, config, plan.rendered.config);
  const base = join(staging, BASE_FILE);
  removeTree(system, base);
  if (plan.rendered.base !== undefined) {
    makeFolders(system, dirname(base));
    writeNewFile(system, base, plan.rendered.base);
  }
  for (const file of plan.draft.files) stageFile(system, staging, plan, file);
  return { files: plan.draft.files.length };
}

export function stageCredentials(system: System, staging: string, plan: Plan): { secrets: number } {
  const key = join(staging, 'credentials.key');
  const enc = join(staging, 'credentials.enc');
  removeTree(system, key);
  removeTree(system, enc);
  const { credentialsKey, vault } = plan.survey.target;
  const additions = plan.draft.secrets;
  if (additions.length === 0 && credentialsKey !== undefined) return { secrets: 0 };
  makeFolders(system, staging);
  const fernetKey = credentialsKey ?? newFernetKey();
  if (credentialsKey === undefined) writeNewFile(system, key, fernetKey);
  writeNewFile(system, enc, sealVault(vault, fernetKey, additions, new Date(plan.content.created)));
  return { secrets: additions.length };
}

export function stageRegistry(system: System, staging: string, plan: Plan): { projects: number } {
  const path = join(staging, 'projects', 'registry.yaml');
  removeTree(system, path);
  if (plan.rendered.registry !== undefined) {
    makeFolders(system, join(staging, 'projects'));
    writeNewFile(system, path, plan.rendered.registry);
  }
  return { projects: plan.draft.projects.length };
}

function stageFile(system: System, staging: string, plan: Plan, file: FilePlacement): void {
  const to = joinPath(staging, file.to);
  removeTree(system, to);
  makeFolders(system, parentOf(to));
  if (file.kind === 'patch') writeNewFile(system, to, file.data);
  else copyFile(system, joinPath(plan.survey.source, file.rel), to, file.mode);
}

/** Copies bytes, mode and time. Created private; the mode comes last, so that no reader is let in too early. */
export function copyFile(system: System, from: PathLike, to: PathLike, mode: number): void {
  const source = system.openRead(from);
  try {
    const copy = system.createFile(to, 0o600);
    const buffer = pieceFor(system, source);
    try {
      for (let length = system.read(source, buffer, 0, buffer.length, null); length > 0; ) {
        system.write(copy, buffer.subarray(0, length), null);
        length = system.read(source, buffer, 0, buffer.length, null);
      }
      system.syncData(copy);
    } finally {
      system.close(copy);
    }
    system.chmod(to, mode);
    system.setTimes(to, system.fstat(source).mtimeNs);
  } finally {
    system.close(source);
  }
}

/** SHA-256 of a file's bytes, or what `digest` makes of them, in hex; memory stays flat. */
export function hashFile(
  system: ReadSystem,
  path: PathLike,
  digest: Hash | Hmac = createHash('sha256'),
): string {
  const fd = system.openRead(path);
  try {
    const buffer = pieceFor(system, fd);
    for (let length = system.read(fd, buffer, 0, buffer.length, null); length > 0; ) {
      digest.update(buffer.subarray(0, length));
      length = system.read(fd, buffer, 0, buffer.length, null);
    }
  } finally {
    system.close(fd);
  }
  return digest.digest('hex');
}

/** No larger than the file: of thousands of small ones, a large buffer for each costs more than its hash. */
function pieceFor(system: ReadSystem, fd: number): Buffer {
  return Buffer.allocUnsafe(Math.min(PIECE, system.fstat(fd).size + 1));
}

/** Brings every folder's entries below `folder` to the disk; the files' bytes were synced when they were written. */
export function syncFolders(system: System, folder: PathLike): void {
  for (const entry of system.readFolder(folder)) {
    if (entry.kind === 'folder') syncFolders(system, joinPath(folder, entry.name));
  }
  system.syncFolder(folder);
}
