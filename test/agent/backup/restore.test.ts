import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupRecord } from '../../../src/agent/backup/format.ts';
import { readBackup, restoreRecords } from '../../../src/agent/backup/restore.ts';
import { joinPath } from '../../../src/agent/paths.ts';
import type { PathLike } from '../../../src/agent/system.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { errno, hostileTree, type Overrides, picture, Workshop } from './workshop.ts';

let shop: Workshop;
let out: string;
beforeEach(() => {
  shop = new Workshop();
  out = join(shop.path, 'restored');
});
afterEach(() => shop.remove());

const below =
  (folder: string) =>
  (record: BackupRecord): PathLike =>
    record.rel.length === 0 ? folder : joinPath(folder, record.rel);

async function restore(
  path: string,
  wanted = below(out) as (record: BackupRecord) => PathLike | undefined,
  overrides: Overrides = {},
) {
  return restoreRecords(shop.with(overrides), readBackup(shop.system, path), await shop.identity(), wanted);
}

test('A hostile tree comes back byte for byte: modes, times to the microsecond, links, hard links, owners', async () => {
  hostileTree(shop);
  const before = picture(shop.tree);
  const { path } = await shop.backup();
  const result = await restore(path);
  expect(result.failed).toEqual([]);
  expect(picture(out)).toEqual(before);
  expect(fs.statSync(join(out, 'run.sh')).ino).toBe(fs.statSync(join(out, 'zz-second-name.sh')).ino);
  expect(fs.statSync(join(out, 'sparse.bin')).blocks).toBeLessThan(1000);
});

test('Restoring over the same tree changes nothing, and over a damaged one repairs it', async () => {
  hostileTree(shop);
  const before = picture(shop.tree);
  const { path } = await shop.backup();
  await restore(path, below(shop.tree));
  expect(picture(shop.tree)).toEqual(before);
  fs.writeFileSync(join(shop.tree, 'config/config.yaml'), 'ruined');
  fs.rmSync(join(shop.tree, 'dangling'));
  fs.chmodSync(join(shop.tree, 'projects'), 0o700);
  await restore(path, below(shop.tree));
  expect(picture(shop.tree)).toEqual(before);
});

test('A file that went to the encrypted part because of a secret comes back like the others', async () => {
  const token = 'canary-canary-canary';
  const bytes = Buffer.alloc(3 << 20, 'z');
  bytes.write(token, 2 << 20);
  shop.file('custom/big', bytes, 0o640);
  shop.file(`custom/${token}`, token);
  const before = picture(shop.tree);
  const { path } = await shop.backup({ knownSecrets: [new Secret('A', token)] });
  expect((await restore(path)).failed).toEqual([]);
  expect(picture(out)).toEqual(before);
});

test('Only what is wanted is restored, where it is wanted, with the folders above it', async () => {
  hostileTree(shop);
  const { path } = await shop.backup();
  const result = await restore(path, ({ rel }) =>
    rel === 'config/config.yaml' ? join(out, 'a/b/c.yaml') : undefined,
  );
  expect(result).toEqual({ restored: 1, failed: [] });
  expect(fs.readFileSync(join(out, 'a/b/c.yaml'), 'utf8')).toBe('version: "1.0"\n');
});

test('A hard link whose first name is not wanted gets the bytes all the same', async () => {
  hostileTree(shop);
  const { path } = await shop.backup();
  const result = await restore(path, ({ rel }) =>
    rel === 'zz-second-name.sh' ? join(out, 'x.sh') : undefined,
  );
  expect(result.restored).toBe(1);
  expect(fs.readFileSync(join(out, 'x.sh'), 'utf8')).toBe('#!/bin/sh\n');
});

test('Damaged bytes never reach their place; the rest is restored and the failure is reported', async () => {
  shop.file('config/a', 'AAAA-unique');
  shop.file('config/b', 'b');
  const { path } = await shop.backup();
  const tar = fs.readFileSync(join(path, 'config-1.tar'));
  tar.write('BBBB', tar.indexOf('AAAA-unique'));
  fs.writeFileSync(join(path, 'config-1.tar'), tar);
  fs.mkdirSync(join(out, 'config'), { recursive: true });
  fs.writeFileSync(join(out, 'config/a'), 'what was here');
  const result = await restore(path);
  expect(result.failed.map(({ record, reason }) => [record.rel, reason])).toEqual([
    ['config/a', 'its bytes in the backup are damaged'],
  ]);
  expect(fs.readFileSync(join(out, 'config/a'), 'utf8')).toBe('what was here');
  expect(fs.readdirSync(join(out, 'config'))).toEqual(['a', 'b']);
});

test('Nothing is written through a link that took the place of a folder', async () => {
  shop.file('config/deep/a', 'a');
  const { path } = await shop.backup();
  const elsewhere = join(shop.path, 'elsewhere');
  fs.mkdirSync(elsewhere);
  fs.mkdirSync(out);
  fs.symlinkSync(elsewhere, join(out, 'config'));
  const whole = await restore(path);
  const single = await restore(path, (record) =>
    record.rel === 'config/deep/a' ? below(out)(record) : undefined,
  );
  expect(whole.failed).toHaveLength(3);
  expect(single.failed).toHaveLength(1);
  expect(single.failed[0]?.reason).toContain('is a link where a folder should be');
  expect(fs.readdirSync(elsewhere)).toEqual([]);
});

test('Without the identity sealed files fail by name and the plain ones are restored', async () => {
  shop.file('config/.env', 'T=1');
  shop.file('config/a', 'a');
  const { path } = await shop.backup();
  const result = await restoreRecords(shop.system, readBackup(shop.system, path), undefined, below(out));
  expect(result.failed.map(({ record, reason }) => [record.rel, reason])).toEqual([
    ['config/.env', 'it is encrypted, and the identity was not given'],
  ]);
  expect(fs.readFileSync(join(out, 'config/a'), 'utf8')).toBe('a');
});

test('A failing disk is reported file by file and leaves no temporary file', async () => {
  for (const name of ['a', 'b', 'c', '.env']) shop.file(`config/${name}`, name);
  const { path } = await shop.backup();
  let writes = 0;
  const write: Workshop['system']['write'] = (fd, data, position) => {
    if (++writes % 2 === 1) throw errno('ENOSPC');
    shop.system.write(fd, data, position);
  };
  const result = await restore(path, below(out), { write });
  expect(result.failed.map(({ record, reason }) => [String(record.rel), reason])).toEqual([
    ['config/a', 'the disk is full'],
    ['config/c', 'the disk is full'],
  ]);
  expect(fs.readdirSync(join(out, 'config'))).toEqual(['.env', 'b']);
});

test('Failing to give a file to its owner is fatal for root only', async () => {
  shop.file('config/a', 'a', 0o4755);
  const { path } = await shop.backup();
  const chown = () => {
    throw errno('EPERM');
  };
  const lstat: Workshop['system']['lstat'] = (at) => {
    const stat = shop.system.lstat(at);
    return stat && { ...stat, uid: stat.uid + 1 };
  };
  const user = await restoreRecords(
    shop.with({ chown, lstat, ...({ uid: 1000 } as object) }),
    readBackup(shop.system, path),
    undefined,
    below(out),
  );
  expect(user.failed).toEqual([]);
  expect(fs.statSync(join(out, 'config/a')).mode & 0o7777).toBe(0o755);
  const root = await restoreRecords(
    shop.with({ chown, lstat, ...({ uid: 0 } as object) }),
    readBackup(shop.system, path),
    undefined,
    below(out),
  );
  expect(root.failed.map(({ reason }) => reason)).toContain('permission denied');
});
