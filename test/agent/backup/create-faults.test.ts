import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { errno, type Overrides, Workshop } from './workshop.ts';

const CHANGING = [
  'makeFolder',
  'createFile',
  'write',
  'truncate',
  'syncData',
  'syncFolder',
  'rename',
] as const;

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
  shop.file('config/.env', 'TOKEN=canary-canary');
  shop.file('config/config.yaml', 'a: 1\n');
  shop.file('logs/a.log', Buffer.alloc(2_500_000, 'x'));
  shop.file('custom/a', 'hit: canary-canary');
});
afterEach(() => shop.remove());

/** Overrides that fail at the n-th changing call; `calls()` tells how many there were. */
function failAt(n: number, code: string): { overrides: Overrides; calls: () => number } {
  let calls = 0;
  const count =
    <A extends unknown[], R>(method: (...args: A) => R) =>
    (...args: A): R => {
      calls += 1;
      if (calls === n) throw errno(code);
      return method.apply(shop.system, args);
    };
  const { system } = shop;
  const overrides: Overrides = {
    makeFolder: count(system.makeFolder),
    createFile: count(system.createFile),
    write: count(system.write),
    truncate: count(system.truncate),
    syncData: count(system.syncData),
    syncFolder: count(system.syncFolder),
    rename: count(system.rename),
  };
  return { overrides, calls: () => calls };
}

test.each([
  ['ENOSPC', 'DISK_FULL'],
  ['EDQUOT', 'DISK_FULL'],
  ['EIO', 'IO_ERROR'],
  ['EACCES', 'BACKUP_PLACE'],
])('%s at any write, sync or rename is told as %s and leaves nothing behind', async (errnoCode, appCode) => {
  await shop.identity();
  const undisturbed = failAt(0, errnoCode);
  await shop.backup({}, undisturbed.overrides);
  fs.rmSync(shop.parent, { recursive: true });
  expect(undisturbed.calls()).toBeGreaterThan(CHANGING.length + 20);
  for (let n = 1; n <= undisturbed.calls(); n++) {
    const error = await shop.backup({}, failAt(n, errnoCode).overrides).catch((thrown: unknown) => thrown);
    expect(error, `at call ${n}`).toBeInstanceOf(AppError);
    expect((error as AppError).code, `at call ${n}`).toBe(appCode);
    expect(fs.existsSync(shop.parent), `at call ${n}`).toBe(false);
  }
  expect((await verifyBackup(shop.system, (await shop.backup()).path, await shop.identity())).ok).toBe(true);
});

test('A failed backup leaves the older backups beside it alone', async () => {
  const older = await shop.backup();
  await expect(shop.backup({}, failAt(12, 'ENOSPC').overrides)).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(fs.readdirSync(shop.parent)).toEqual([older.id]);
});

test('A descriptor is closed for each one that was opened, also after a failure', async () => {
  await shop.identity();
  const open = new Set<number>();
  const counting: Overrides = {
    openRead: (path) => {
      const fd = shop.system.openRead(path);
      open.add(fd);
      return fd;
    },
    close: (fd) => {
      open.delete(fd);
      shop.system.close(fd);
    },
  };
  for (const n of [0, 5, 9, 14]) {
    const { overrides } = failAt(n, 'EIO');
    const { createFile } = overrides;
    const tracked: Overrides = {
      ...overrides,
      ...counting,
      createFile: (path, mode) => {
        const fd = createFile!(path, mode);
        open.add(fd);
        return fd;
      },
    };
    await shop.backup({}, tracked).catch(() => undefined);
    expect(open.size).toBe(0);
  }
});

test('The folder of a dead process is cleared away by the next backup, that of a living one is not', async () => {
  const make = (name: string, lock: object | undefined) => {
    const folder = join(shop.parent, `migration-backup-20200101-0000${name}.partial`);
    fs.mkdirSync(folder, { recursive: true });
    if (lock) fs.writeFileSync(join(folder, 'lock.json'), JSON.stringify(lock));
    return folder;
  };
  const { bootId, pid } = shop.system;
  const dead = make('01', { pid: 999_999_999, bootId, started: '' });
  const lastBoot = make('02', { pid, bootId: 'another start of the machine', started: '' });
  const samePid = make('03', { pid, bootId, started: '', processStart: '1' });
  const living = make('04', { pid, bootId, started: '' });
  const justMade = make('05', undefined);
  const oldAndEmpty = make('06', undefined);
  fs.utimesSync(oldAndEmpty, 1, 1);
  await shop.backup();
  const there = [dead, lastBoot, samePid, living, justMade, oldAndEmpty].map((path) => fs.existsSync(path));
  expect(there).toEqual([false, false, false, true, true, false]);
});
