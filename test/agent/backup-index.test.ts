import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AgentHome } from '../../src/agent/agent-home.ts';
import type { BackupKind } from '../../src/agent/backup/format.ts';
import { chooseBackup, knownBackups, rememberBackup } from '../../src/agent/backup-index.ts';
import { put } from '../fixtures/write-files.ts';
import { Workshop } from './backup/workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
  shop.file('a', 'abc');
});
afterEach(() => shop.remove());

describe('the backups that the agent knows', () => {
  it('are those of the given folder and those it remembers elsewhere, newest first, each once', async () => {
    const one = await backup('2024-01-15T10:00:00Z', 'before-migration', 'elsewhere');
    const two = await backup('2024-01-16T10:00:00Z', 'before-migration');

    expect(known()).toEqual([two.id, one.id]);
  });

  it('are no longer those whose folder is gone, and a damaged note is passed over', async () => {
    const one = await backup('2024-01-15T10:00:00Z', 'before-migration', 'elsewhere');
    rmSync(one.path, { recursive: true });
    put(home().backupIndex, 'broken.json', '{"path": ');
    put(home().backupIndex, 'odd.json', '[1]');
    put(home().backupIndex, 'README', 'x');

    expect(known()).toEqual([]);
  });

  it('are none where the agent has no home yet', () => {
    expect(known()).toEqual([]);
  });
});

describe('the backup that is meant', () => {
  it('is the newest one before a migration, never a rollback’s own', async () => {
    const older = await backup('2024-01-15T10:00:00Z', 'before-migration');
    const newer = await backup('2024-01-16T10:00:00Z', 'before-rollback');

    expect([choose(undefined), choose(undefined, 'before-rollback')]).toEqual([older.path, newer.path]);
  });

  it('is never one of another configuration home', async () => {
    await backup('2024-01-15T10:00:00Z', 'before-migration');

    expect(() => choose(undefined, 'before-migration', '/another/home')).toThrow(
      expect.objectContaining({ code: 'NOTHING_TO_ROLL_BACK' }),
    );
  });

  it('can be named by its id or its folder', async () => {
    const { id, path } = await backup('2024-01-15T10:00:00Z', 'before-rollback', 'elsewhere');

    expect([choose(id), choose(path)]).toEqual([path, path]);
  });

  it.each(['migration-backup-20990101-000000', '/no/such/folder', ''])(
    'is not found where %j was named and is not there',
    async (name) => {
      mkdirSync(shop.parent, { recursive: true });
      const given = name === '' ? join(shop.path, 'tree/a') : name;

      expect(() => choose(given)).toThrow(expect.objectContaining({ code: 'BACKUP_NOT_FOUND' }));
    },
  );

  it('is missing where none was taken before a migration', async () => {
    await backup('2024-01-15T10:00:00Z', 'before-rollback');

    expect(() => choose(undefined)).toThrow(expect.objectContaining({ code: 'NOTHING_TO_ROLL_BACK' }));
  });
});

function home(): AgentHome {
  return new AgentHome(join(shop.path, 'agent'));
}

async function backup(time: string, kind: BackupKind, folder = 'backups') {
  const parent = join(shop.path, folder);
  const { id, path } = await shop.backup({ kind, parent }, { now: () => new Date(time) });
  rememberBackup(shop.system, home(), { id, path, kind, target: shop.tree });
  return { id, path };
}

function known(): string[] {
  return knownBackups(shop.system, home(), shop.parent).map(({ id }) => id);
}

function choose(
  given: string | undefined,
  kind: BackupKind = 'before-migration',
  target = shop.tree,
): string {
  return chooseBackup(shop.system, home(), shop.parent, given, { kind, target });
}
