import { displayPath, isInside } from '../../paths.ts';
import type { ReadSystem } from '../../system.ts';
import { ifReachable, readIfReachable } from '../reachable.ts';

/** A file that a program holds open for writing at this moment. */
export interface OpenFile {
  readonly pid: number;
  /** First word of its command line, without its folder. */
  readonly program: string;
  readonly path: string;
}

const MOST = 20;

/**
 * Files below `folders` (absolute, without links) that programs are writing to, as far as this user may see: on Linux those
 * of their own processes. Empty where the system does not tell.
 */
export function openFiles(system: ReadSystem, folders: readonly string[]): OpenFile[] {
  if (system.platform !== 'linux') return [];
  const found: OpenFile[] = [];
  for (const { pid, command } of system.processes()) {
    if (pid === system.pid) continue;
    const list = `/proc/${pid}/fd`;
    const paths = new Set<string>();
    for (const { name } of ifReachable(() => system.readFolder(list)) ?? []) {
      const target = ifReachable(() => system.readLink(`${list}/${displayPath(name)}`));
      const path = target === undefined ? '' : displayPath(target);
      if (!path.startsWith('/') || !folders.some((folder) => isInside(path, folder))) continue;
      if (isWriting(system, pid, displayPath(name))) paths.add(path);
    }
    const program = (command.split(' ')[0] ?? '').split('/').at(-1) ?? '';
    for (const path of paths) found.push({ pid, program, path });
    if (found.length >= MOST) break;
  }
  return found.slice(0, MOST);
}

/** By the flags that it was opened with, in octal; the last digit is how (open(2)). */
function isWriting(system: ReadSystem, pid: number, descriptor: string): boolean {
  const info = readIfReachable(system, `/proc/${pid}/fdinfo/${descriptor}`)?.toString('latin1') ?? '';
  return /^flags:\s*\d*[1256]$/m.test(info);
}
