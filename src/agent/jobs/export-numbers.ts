import { join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { AgentHome } from '../agent-home.ts';
import { removeAbandoned } from '../backup/partial-owner.ts';
import { makeFolders, readTextIfThere, writeFileAtomic } from '../files.ts';
import type { ReadSystem, System } from '../system.ts';

/** They stay until the person removes them, so there is an end to what can be asked for from outside. */
export const MOST_EXPORTS = 20;

const NUMBERED = /^export-[1-9][0-9]{0,6}$/;
const PARTIAL = /^export-[1-9][0-9]{0,6}\.[0-9a-f]{8}\.partial$/;

/**
 * Number and folder of a new export. A number is given once. What dead processes left unfinished is removed.
 * @throws EXPORT_TOO_MANY
 */
export function newExport(system: System, home: AgentHome): { number: number; folder: string } {
  makeFolders(system, home.exports);
  removeAbandoned(system, home.exports, (name) => PARTIAL.test(name));
  if (givenOut(system, home).length >= MOST_EXPORTS)
    throw new AppError('EXPORT_TOO_MANY', { count: MOST_EXPORTS, path: home.exports });
  const counter = join(home.exports, 'last');
  const last = Number(readTextIfThere(system, counter) ?? 0);
  // Where the counter is damaged, at least no number of an export that is there is given again.
  const known = Number.isSafeInteger(last) ? [last] : [0];
  const number = Math.max(...known, ...givenOut(system, home).map(numberOf)) + 1;
  writeFileAtomic(system, counter, `${number}\n`);
  return { number, folder: join(home.exports, `export-${number}`) };
}

function numberOf(folder: string): number {
  return Number(folder.slice(folder.lastIndexOf('-') + 1));
}

/** The folder of an export that was given this number. @throws EXPORT_UNKNOWN */
export function exportFolder(system: ReadSystem, home: AgentHome, number: number): string {
  const folder = join(home.exports, `export-${number}`);
  if (system.lstat(folder)?.kind !== 'folder') throw new AppError('EXPORT_UNKNOWN', { number });
  return folder;
}

/** The folders of all exports that were asked for from outside. */
export function givenOut(system: ReadSystem, home: AgentHome): string[] {
  if (system.stat(home.exports)?.kind !== 'folder') return [];
  return system
    .readFolder(home.exports)
    .flatMap(({ name, kind }) =>
      kind === 'folder' && NUMBERED.test(String(name)) ? [join(home.exports, String(name))] : [],
    );
}
