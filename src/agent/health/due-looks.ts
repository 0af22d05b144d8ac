import { dirname } from 'node:path';
import { linkIfFree, makeFolders, removeIfThere, writeNewFile } from '../files.ts';
import { type Run, readRecords, runOf } from '../run/run-record.ts';
import type { AgentSettings } from '../settings.ts';
import type { System } from '../system.ts';
import { lastMigration } from './last-migration.ts';
import { LOOKS, type Look, type LookRecord, lookPath, looksOf } from './looks.ts';

type Settings = Pick<AgentSettings, 'home' | 'backups'>;

/** A look that was just done, to be told once. */
export interface DoneLook {
  readonly target: string;
  readonly look: Look;
}

/**
 * Does the looks that are due, of every home that was migrated into and is not being worked on. Of several of one home that
 * are due at once the last is done, and counts for all. Each is recorded once, also with two processes at it.
 */
export async function doDueLooks(system: System, settings: Settings): Promise<DoneLook[]> {
  const done: DoneLook[] = [];
  for (const run of lookedAfter(system, settings)) {
    const due = dueOf(system, settings, run);
    const last = due.at(-1);
    if (last === undefined) continue;
    const { target } = run.record;
    const isThorough = LOOKS.some(({ name, isThorough }) => name === last.name && isThorough);
    // Most commands find no look due, and need not load what it takes.
    const { checkHome } = await import('./check-home.ts');
    const { checks } = await checkHome(system, settings, target, isThorough);
    const at = system.now().toISOString();
    for (const look of due) {
      const record: LookRecord = { schema: 'awm/look/1', look: look.name, at, checks };
      if (!keep(system, lookPath(settings.home, run.record.id, look.name), record)) continue;
      if (look === last) done.push({ target, look: { ...look, record } });
    }
  }
  return done;
}

/** Milliseconds until the next look is due, 0 for one that is; undefined where none is left. */
export function nextLookIn(system: System, settings: Settings): number | undefined {
  const open = lookedAfter(system, settings)
    .flatMap((run) => looksOf(system, settings.home, run))
    .filter(({ record }) => record === undefined)
    .map(({ due }) => Math.max(0, due.getTime() - system.now().getTime()));
  return open.length === 0 ? undefined : Math.min(...open);
}

/** The last migration into each home, but for homes with a run that is not finished. */
function lookedAfter(system: System, settings: Settings): Run[] {
  const records = readRecords(system, settings.home);
  const targets = new Set(records.map(({ target }) => target));
  return [...targets].flatMap((target) => {
    const isThis = (record: Run['record']) => record.target === target;
    const newest = records.find(isThis);
    if (newest === undefined || runOf(system, settings.home, newest).state.outcome === undefined) return [];
    if (system.stat(target)?.kind !== 'folder') return [];
    return lastMigration(system, settings, isThis) ?? [];
  });
}

function dueOf(system: System, { home }: Settings, run: Run): Look[] {
  return looksOf(system, home, run).filter(({ due, record }) => record === undefined && due <= system.now());
}

/** False where another process was quicker. */
function keep(system: System, path: string, record: LookRecord): boolean {
  const draft = `${path}.${system.pid}.new`;
  makeFolders(system, dirname(path));
  removeIfThere(system, draft);
  writeNewFile(system, draft, `${JSON.stringify(record, null, 2)}\n`);
  try {
    return linkIfFree(system, draft, path);
  } finally {
    removeIfThere(system, draft);
    system.syncFolder(dirname(path));
  }
}
