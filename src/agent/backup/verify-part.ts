import { createHash } from 'node:crypto';
import type { ReadSystem } from '../system.ts';
import type { FileEntry } from './format.ts';
import type { Pause } from './pause.ts';
import { presenceProblem } from './read.ts';
import { TarError, TarReader } from './tar-read.ts';
import type { EntryCheck } from './verify-entries.ts';

const CHUNK = 1 << 20;

/** What is wrong with a file of the backup (missing, cut short, altered, unreadable), or undefined. */
export async function checkFile(
  system: ReadSystem,
  folder: string,
  entry: FileEntry,
  pause: Pause,
): Promise<string | undefined> {
  return hashFile(system, folder, entry, pause, () => undefined);
}

/** The same for a tar; each of its members is given to `check` on the way. */
export async function checkTar(
  system: ReadSystem,
  folder: string,
  entry: FileEntry,
  pause: Pause,
  check: EntryCheck,
): Promise<string | undefined> {
  const reader = new TarReader(check.events(entry.name));
  let damage: string | undefined;
  const guarded = (work: () => void) => {
    if (damage !== undefined) return;
    try {
      work();
    } catch (error) {
      if (!(error instanceof TarError)) throw error;
      damage = `${entry.name} is not a whole tar: ${error.message}`;
    }
  };
  const problem = await hashFile(system, folder, entry, pause, (piece) => guarded(() => reader.write(piece)));
  if (problem) return problem;
  guarded(() => reader.finish());
  return damage;
}

async function hashFile(
  system: ReadSystem,
  folder: string,
  entry: FileEntry,
  pause: Pause,
  take: (piece: Buffer) => void,
): Promise<string | undefined> {
  const presence = presenceProblem(system, folder, entry);
  if (presence?.endsWith('is missing')) return presence;
  const sum = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  let fd: number | undefined;
  try {
    fd = system.openRead(`${folder}/${entry.name}`);
    for (;;) {
      const got = system.read(fd, chunk, 0, CHUNK, null);
      if (got === 0) break;
      sum.update(chunk.subarray(0, got));
      take(chunk.subarray(0, got));
      if (pause.due) await pause.take();
    }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return `${entry.name} cannot be read (${String(error.code)})`;
  } finally {
    if (fd !== undefined) system.close(fd);
  }
  if (presence) return presence;
  return sum.digest('hex') === entry.sha256 ? undefined : `${entry.name} is altered`;
}
