import { resolve } from 'node:path';
import { isSea } from 'node:sea';
import { findCommand } from './survey/package-probe.ts';
import type { ReadSystem } from './system.ts';

/**
 * The absolute words that start this program from anywhere, such as from a crontab: the installed command where PATH has
 * it, else the single file that this is, else the Node and the file that this process was started with.
 */
export function ownCommand(system: ReadSystem): readonly string[] {
  const installed = findCommand(system, ['migration-agent']);
  if (installed !== undefined) return [installed];
  if (isSea()) return [process.execPath];
  const [node, script] = process.argv;
  return [node ?? process.execPath, resolve(system.cwd, script ?? '')];
}
