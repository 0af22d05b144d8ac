import { dirname, join } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { newRunId } from '../../shared/ids.ts';
import type { AgentHome } from '../agent-home.ts';
import { walk } from '../backup/walk.ts';
import { looksSecret } from '../credentials/looks-secret.ts';
import { makeFolders, writeFileAtomic } from '../files.ts';
import { displayPath } from '../paths.ts';
import { mountGaps, targetItems } from '../run/backup-request.ts';
import { toldInWords } from '../run/in-words.ts';
import { Journal } from '../run/journal.ts';
import { keepPresent } from '../run/keep-present.ts';
import { lockTarget } from '../run/lock.ts';
import { findRunning } from '../survey/orchestrator.ts';
import type { System } from '../system.ts';
import { type Damage, findDamage } from './damage.ts';
import { lastMigration, type Place } from './regenerate.ts';
import type { Rewrite } from './rewrite.ts';

export interface RewriteReport {
  readonly id: string;
  /** Id of the backup that was made first: restoring it takes all of this back. */
  readonly backup: string;
  readonly written: readonly string[];
  /** What is still damaged. */
  readonly left: readonly Damage[];
}

/**
 * Keeps the home as it is in a verified backup, then puts the files in place, each in one piece and announced in a
 * journal first. After a crash some may be new and others not: looking again finds what is left.
 * @throws LOCKED, ORCHESTRATOR_RUNNING, TARGET_CHANGED where a file is not as it was looked at, before anything is written
 */
export async function rewriteHome(
  system: System,
  home: AgentHome,
  place: Place,
  damage: readonly Damage[],
  rewrites: readonly Rewrite[],
): Promise<RewriteReport> {
  const { target } = place;
  return toldInWords(target, async () => {
    const source = lastMigration(system, home, target)?.migrate?.source ?? target;
    const running = findRunning(system, source, target);
    if (running !== undefined) throw new AppError('ORCHESTRATOR_RUNNING', { pid: running.pid });
    const lock = lockTarget(system, target);
    try {
      refuseChanged(system, target, damage);
      const id = newRunId(system.now());
      const folder = join(home.repairs, id);
      makeFolders(system, folder);
      const journal = Journal.open(system, folder, id);
      try {
        journal.add({ type: 'begin' });
        const backup = await keepDamaged(system, home, place, damage, id);
        journal.add({ type: 'done', step: 'save-present', data: { backup } });
        for (const { file, bytes } of rewrites) {
          const path = join(target, file);
          journal.add({ type: 'intent', step: file });
          makeFolders(system, dirname(path));
          const mode = file === 'credentials.enc' ? undefined : system.lstat(path)?.mode;
          writeFileAtomic(system, path, bytes, mode);
          journal.add({ type: 'done', step: file });
        }
        journal.add({ type: 'end', outcome: 'complete' });
        const written = rewrites.map(({ file }) => file);
        return { id, backup, written, left: findDamage(system, target) };
      } finally {
        journal.close();
      }
    } finally {
      lock.release();
    }
  });
}

function refuseChanged(system: System, target: string, damage: readonly Damage[]): void {
  const now = findDamage(system, target);
  const isSame = (one: Damage, other: Damage | undefined) =>
    other?.file === one.file &&
    (one.bytes === undefined ? other.bytes === undefined : other.bytes?.equals(one.bytes) === true);
  const changed = damage.find((one, index) => !isSame(one, now[index]));
  if (changed !== undefined || now.length !== damage.length)
    throw new AppError('TARGET_CHANGED', { path: join(target, (changed ?? now[damage.length])?.file ?? '') });
}

async function keepDamaged(
  system: System,
  home: AgentHome,
  { target, backups }: Place,
  damage: readonly Damage[],
  run: string,
): Promise<string> {
  const present = walk(system, target);
  // What cannot be read may hold a secret that no pattern tells: it goes to the encrypted part.
  const sealed = new Set<string>(damage.map(({ file }) => file));
  const items = targetItems(present).map((item) =>
    sealed.has(displayPath(item.rel)) ? { ...item, secret: true } : item,
  );
  const { id } = await keepPresent(system, home, target, {
    kind: 'manual',
    roots: [{ id: 'target', path: target, present: true }],
    items,
    knownSecrets: [],
    parent: backups,
    run,
    note: 'before recovering from damage',
    allowUnreadable: true,
    requiredFiles: [],
    gaps: mountGaps('target', present.notCrossed),
    patterns: looksSecret,
  });
  return id;
}
