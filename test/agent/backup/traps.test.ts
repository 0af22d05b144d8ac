import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readBackup, restoreRecords } from '../../../src/agent/backup/restore.ts';
import { joinPath } from '../../../src/agent/paths.ts';
import type { System } from '../../../src/agent/system.ts';
import { WRITING_CALLS } from '../../helpers/faulty-system.ts';
import { hostileTree, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

interface Call {
  readonly name: string;
  readonly path: string;
  readonly args: readonly unknown[];
}

/** The real machine, and every writing call that is made of it; `write` with the path that its descriptor was opened for. */
function watched(): { system: System; calls: Call[] } {
  const calls: Call[] = [];
  const opened = new Map<number, string>();
  const system = new Proxy(shop.system, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        if (name === 'createFile') opened.set(result as number, String(args[0]));
        const path = typeof args[0] === 'number' ? (opened.get(args[0]) ?? '') : String(args[0]);
        if (WRITING_CALLS.some((one) => one === name)) calls.push({ name: String(name), path, args });
        return result;
      };
    },
  });
  return { system, calls };
}

test.each<[string, (path: string) => void, string]>([
  ['a FIFO', (path) => spawnSync('mkfifo', [path]), 'it became a fifo while the backup was made'],
  ['a folder', (path) => fs.mkdirSync(path), 'it became a folder while the backup was made'],
  ['a link', (path) => fs.symlinkSync('/etc/passwd', path), 'it became a link while the backup was made'],
])(
  'A file in whose place %s came after the walk is named, and neither waited for nor followed',
  async (_, put, reason) => {
    const path = String(shop.file('custom/a', 'a'));
    const request = shop.request();
    fs.rmSync(path);
    put(path);
    const refused = await shop.backup({ items: request.items }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'SOURCE_UNREADABLE', cause: [{ rel: 'custom/a', reason }] });
    const { gaps } = await shop.backup({ items: request.items, allowUnreadable: true });
    expect(gaps).toEqual([{ kind: 'unreadable', root: 'target', rel: 'custom/a', reason }]);
  },
);

test('Each file of a backup is private before its first byte is written', async () => {
  hostileTree(shop);
  const { system, calls } = watched();
  await shop.backup(
    {},
    Object.fromEntries(['createFile', 'write'].map((name) => [name, Reflect.get(system, name)])),
  );
  const made = calls.filter(({ name }) => name === 'createFile');
  expect(made.length).toBeGreaterThan(8);
  for (const { path, args } of made) expect([path, args[1]]).toEqual([path, 0o600]);
});

test('A restored file is private while it is written, then gets its owner, its mode and its time, and then its name', async () => {
  hostileTree(shop);
  const { path } = await shop.backup();
  const out = join(shop.path, 'out');
  const { system, calls } = watched();
  // Another owner than the present one, so that there is one to be given.
  const other = new Proxy(system, {
    get: (target, name) =>
      name === 'lstat'
        ? (at: string) => {
            const stat = target.lstat(at);
            return stat && { ...stat, uid: stat.uid + 1 };
          }
        : Reflect.get(target, name),
  });
  const { failed } = await restoreRecords(
    other,
    readBackup(system, path),
    await shop.identity(),
    ({ rel }) => (rel.length === 0 ? out : joinPath(out, rel)),
  );
  expect(failed).toEqual([]);
  const made = calls.filter(({ name }) => name === 'createFile');
  expect(made.length).toBeGreaterThan(10);
  for (const { path: draft, args } of made) {
    expect(args[1]).toBe(0o600);
    const steps = calls.filter((call) => call.path === draft).map(({ name }) => name);
    const once = steps.filter((name, at) => name !== steps[at - 1]);
    expect(once.filter((name) => name !== 'write' && name !== 'truncate')).toEqual([
      'createFile',
      'chown',
      'chmod',
      'setTimes',
      'rename',
    ]);
    expect(once.lastIndexOf('write')).toBeLessThan(once.indexOf('chown'));
  }
});

test('A restored folder gets its mode and time when nothing is made in it any more, and is open to us until then', async () => {
  hostileTree(shop);
  const { path } = await shop.backup();
  const out = join(shop.path, 'out');
  const { system, calls } = watched();
  await restoreRecords(system, readBackup(system, path), await shop.identity(), ({ rel }) =>
    rel.length === 0 ? out : joinPath(out, rel),
  );
  const folders = calls.filter(({ name }) => name === 'makeFolder');
  expect(folders.length).toBeGreaterThan(80);
  for (const { path: folder, args } of folders) {
    expect((args[1] as number) & 0o700).toBe(0o700);
    const timed = calls.findIndex((call) => call.name === 'setTimes' && call.path === folder);
    const last = calls.findLastIndex(
      (call) =>
        dirname(call.path) === folder || (call.name === 'rename' && dirname(String(call.args[1])) === folder),
    );
    expect(timed, folder).toBeGreaterThan(last);
  }
});
