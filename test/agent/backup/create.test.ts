import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBackup } from '../../../src/agent/backup/create.ts';
import type { BackupProgress } from '../../../src/agent/backup/request.ts';
import { readBackup, sealedRecords } from '../../../src/agent/backup/restore.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { errno, hostileTree, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

test('A hostile tree is backed up whole: private files, true hashes, no lock left, every check good', async () => {
  hostileTree(shop);
  const result = await shop.backup({ requiredFiles: [{ root: 'target', rel: 'config/config.yaml' }] });
  const report = await verifyBackup(shop.system, result.path, await shop.identity());
  const sums = spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: result.path });
  const names = fs.readdirSync(result.path);
  const listed = fs.readFileSync(join(result.path, 'SHA256SUMS'), 'utf8').trim().split('\n').length;
  expect(report.checks.map(({ name, status, reason }) => ({ name, status, reason }))).toEqual([
    { name: 'file_checksums', status: 'ok', reason: undefined },
    { name: 'required_files', status: 'ok', reason: undefined },
    { name: 'project_state_consistency', status: 'ok', reason: undefined },
    { name: 'credential_encryption', status: 'ok', reason: undefined },
  ]);
  expect(sums.status).toBe(0);
  expect(listed).toBe(names.length - 1);
  expect(names).not.toContain('lock.json');
  expect(fs.statSync(result.path).mode & 0o777).toBe(0o700);
  for (const name of names) expect(fs.statSync(join(result.path, name)).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(shop.parent)).toEqual([result.id]);
  expect(result.id).toMatch(/^migration-backup-\d{8}-\d{6}$/);
});

test('No byte of a secret is in the plain files, wherever in the tree it was', async () => {
  const token = 'sk-ant-canary-0123456789abcdef';
  const other = 'ghp_canarycanarycanary';
  const border = Buffer.alloc(3 << 20, '.');
  border.write(token, (1 << 20) - 7);
  shop.file('config/.env', `DISCORD_BOT_TOKEN=${other}\n`);
  shop.file('custom/notes.md', `my token: ${token}`);
  shop.file('logs/big.log', border);
  shop.file('state/x.bin', Buffer.concat([Buffer.from([0, 1, 255]), Buffer.from(other), Buffer.from([0])]));
  shop.file(`custom/named-${token}/inside.txt`, 'harmless');
  shop.file('custom/harmless.txt', 'harmless');
  fs.symlinkSync(`https://x:${other}@example.org/`, join(shop.tree, 'link-with-token'));
  const knownSecrets = [new Secret('A', token), new Secret('B', other)];
  const result = await shop.backup({ knownSecrets });
  const plain = shop.plainBytes(result.path);
  const names = fs.readdirSync(result.path).join();
  const sealed = await sealedRecords(
    shop.system,
    readBackup(shop.system, result.path),
    await shop.identity(),
  );
  for (const secret of [token, other]) {
    expect(plain.includes(secret)).toBe(false);
    expect(plain.includes(Buffer.from(secret).toString('base64'))).toBe(false);
    expect(names).not.toContain(secret);
  }
  expect(sealed.map(({ rel }) => String(rel)).sort()).toEqual(
    [
      'config/.env',
      `custom/named-${token}`,
      `custom/named-${token}/inside.txt`,
      'custom/notes.md',
      'link-with-token',
      'logs/big.log',
      'state/x.bin',
    ].sort(),
  );
  expect(result.moved.map(({ rel }) => String(rel)).sort()).toEqual([
    'custom/notes.md',
    'link-with-token',
    'logs/big.log',
    'state/x.bin',
  ]);
  expect((await verifyBackup(shop.system, result.path, await shop.identity())).ok).toBe(true);
});

test('Of a sealed file the plain manifest tells name, kind, part and size class, and no more', async () => {
  shop.file('config/.env', 'x'.repeat(700));
  const result = await shop.backup();
  const lines = fs.readFileSync(join(result.path, 'manifest-1.ndjson'), 'utf8').trim().split('\n');
  const stub: unknown = JSON.parse(lines.find((line) => line.includes('.env')) ?? '{}');
  expect(stub).toEqual({
    root: 'target',
    path: 'config/.env',
    type: 'file',
    part: 'credentials.age',
    sizeClass: 1024,
  });
});

test('Text that looks secret goes to the encrypted part, but not from large or binary files', async () => {
  const seen: string[] = [];
  const patterns = (bytes: Buffer, category: string | undefined) => {
    const text = bytes.toString('utf8');
    seen.push(`${category}: ${text.slice(0, 20)}`);
    return text.includes('LOOKS-SECRET') && category !== 'logs';
  };
  shop.file('custom/a.txt', 'a LOOKS-SECRET');
  shop.file('custom/plain.txt', 'nothing');
  shop.file('logs/b.log', 'b LOOKS-SECRET');
  shop.file('custom/d.bin', Buffer.from([0, ...Buffer.from('LOOKS-SECRET')]));
  shop.file('custom/e.txt', 'LOOKS-SECRET'.repeat(100_000));
  const result = await shop.backup({ patterns });
  expect(result.moved).toEqual([{ root: 'target', rel: 'custom/a.txt' }]);
  expect(seen.sort()).toEqual(['custom: a LOOKS-SECRET', 'custom: nothing', 'logs: b LOOKS-SECRET']);
});

test('Every name of a hard-linked file is sealed when one of them is secret', async () => {
  shop.file('aaa.txt', 'the value of the token');
  fs.linkSync(join(shop.tree, 'aaa.txt'), join(shop.tree, 'zzz.env'));
  const result = await shop.backup();
  expect(result.sealed).toBe(2);
  expect(shop.plainBytes(result.path).includes('the value of the token')).toBe(false);
});

test('A FIFO and a socket are recorded and listed as gaps, and never opened', async () => {
  shop.file('a', 'a');
  spawnSync('mkfifo', [join(shop.tree, 'pipe')]);
  const result = await shop.backup();
  const records = readBackup(shop.system, result.path).records;
  expect(result.gaps).toEqual([
    { kind: 'special', root: 'target', rel: 'pipe', reason: 'a fifo is recorded, not copied' },
  ]);
  expect(records.find(({ rel }) => rel === 'pipe')).toMatchObject({ type: 'fifo' });
});

test('The name of a FIFO that holds a secret stands nowhere in the plain', async () => {
  const secret = new Secret('KEY', 'a-value-that-is-known');
  spawnSync('mkfifo', [join(shop.tree, `pipe-${secret.reveal().toString()}`)]);
  const result = await shop.backup({ knownSecrets: [secret] });
  expect(result.gaps).toEqual([
    { kind: 'special', root: 'target', rel: 'withheld', reason: 'a fifo is recorded, not copied' },
  ]);
  expect(shop.plainBytes(result.path).includes(secret.reveal())).toBe(false);
  expect(await verifyBackup(shop.system, result.path, await shop.identity())).toMatchObject({ ok: true });
});

test('All unreadable files are collected before the backup is refused, and nothing is left behind', async () => {
  for (const name of ['a', 'b', 'c']) shop.file(name, name);
  const openRead = (path: string | Buffer) => {
    if (/tree\/[ac]$/.test(String(path))) throw errno('EACCES');
    return shop.system.openRead(path);
  };
  const refused = shop.backup({}, { openRead });
  await expect(refused).rejects.toMatchObject({
    code: 'SOURCE_UNREADABLE',
    params: { count: 2, path: 'target/a' },
    cause: [{ rel: 'a' }, { rel: 'c' }],
  });
  expect(fs.existsSync(shop.parent)).toBe(false);
  const allowed = await shop.backup({ allowUnreadable: true }, { openRead });
  expect(allowed.gaps.map(({ kind, rel }) => [kind, rel])).toEqual([
    ['unreadable', 'a'],
    ['unreadable', 'c'],
  ]);
  expect((await verifyBackup(shop.system, allowed.path)).ok).toBe(true);
});

test('What the walk could not read counts as unreadable too', async () => {
  shop.file('a', 'a');
  const gaps = [{ kind: 'unreadable' as const, root: 'target', rel: 'locked', reason: 'permission denied' }];
  await expect(shop.backup({ gaps })).rejects.toMatchObject({ code: 'SOURCE_UNREADABLE' });
});

test('A file that vanishes after the walk becomes a gap and stops nothing', async () => {
  shop.file('a', 'a');
  shop.file('b', 'b');
  const request = shop.request();
  fs.rmSync(join(shop.tree, 'a'));
  const result = await createBackup(shop.system, request, await shop.identity());
  expect(result.gaps).toEqual([{ kind: 'vanished', root: 'target', rel: 'a', reason: 'it is gone' }]);
});

test.each([
  ['small', 100],
  ['large', 3 << 20],
])('A %s file that settles after a change is read again and is not marked', async (_, size) => {
  const file = String(shop.file('custom/a', Buffer.alloc(size, 1)));
  let reads = 0;
  const read: Workshop['system']['read'] = (fd, ...rest) => {
    if (reads++ === 0) fs.appendFileSync(file, 'more');
    return shop.system.read(fd, ...rest);
  };
  const result = await shop.backup({}, { read });
  const record = readBackup(shop.system, result.path).records.find(({ rel }) => rel === 'custom/a');
  expect(record).toMatchObject({ size: size + 4 });
  expect(record?.changed).toBeUndefined();
  expect((await verifyBackup(shop.system, result.path)).ok).toBe(true);
});

test.each([
  ['small', 100, 'grow'],
  ['large', 3 << 20, 'grow'],
  ['small', 100, 'shrink'],
  ['large', 3 << 20, 'shrink'],
])(
  'A %s file of %i bytes that never stops to %s is kept and marked, and the backup is sound',
  async (_, size, way) => {
    const file = String(shop.file('custom/a', Buffer.alloc(size, 1)));
    const read: Workshop['system']['read'] = (fd, ...rest) => {
      if (way === 'grow') fs.appendFileSync(file, 'more');
      else fs.truncateSync(file, Math.max(0, fs.statSync(file).size - 5));
      return shop.system.read(fd, ...rest);
    };
    const result = await shop.backup({}, { read });
    const record = readBackup(shop.system, result.path).records.find(({ rel }) => rel === 'custom/a');
    expect(record?.changed).toBe(true);
    expect((await verifyBackup(shop.system, result.path)).ok).toBe(true);
  },
);

test.each([
  ['small', 100],
  ['large', 3 << 20],
])('A %s log that grows while it is read is cut at its first size', async (_, size) => {
  const file = String(shop.file('logs/a.log', Buffer.alloc(size, 1)));
  const read: Workshop['system']['read'] = (fd, ...rest) => {
    fs.appendFileSync(file, 'more');
    return shop.system.read(fd, ...rest);
  };
  const result = await shop.backup({}, { read });
  const record = readBackup(shop.system, result.path).records.find(({ rel }) => rel === 'logs/a.log');
  expect(record).toMatchObject({ size, cut: true });
  expect(record?.changed).toBeUndefined();
});

test('Two backups of one second get two names', async () => {
  shop.file('a', 'a');
  const now = () => new Date('2024-01-15T14:30:45Z');
  const first = await shop.backup({}, { now });
  const second = await shop.backup({}, { now });
  expect([first.id, second.id]).toEqual([
    'migration-backup-20240115-143045',
    'migration-backup-20240115-143045-2',
  ]);
});

test('A backup inside what it backs up is refused before anything is made', async () => {
  shop.file('a', 'a');
  const parent = join(shop.tree, 'backups');
  await expect(shop.backup({ parent })).rejects.toMatchObject({ code: 'BACKUP_PLACE' });
  expect(fs.existsSync(parent)).toBe(false);
});

test('Too little room is told in words before anything is made', async () => {
  shop.file('a', Buffer.alloc(3_000_000));
  const refused = shop.backup({}, { freeBytes: () => 1_200_000 });
  await expect(refused).rejects.toMatchObject({
    code: 'DISK_FULL',
    params: { needed: '4.1 MB', available: '1.2 MB' },
  });
  expect(fs.existsSync(shop.parent)).toBe(false);
});

test('A root that did not exist is recorded as absent', async () => {
  const roots = [{ id: 'target', path: join(shop.path, 'none'), present: false }];
  const result = await shop.backup({ roots, items: [] });
  const { manifest, records } = readBackup(shop.system, result.path);
  expect(manifest.roots).toEqual(roots);
  expect(records).toEqual([]);
  expect((await verifyBackup(shop.system, result.path)).ok).toBe(true);
});

test('Progress never goes back and ends at the total', async () => {
  hostileTree(shop);
  const steps: BackupProgress[] = [];
  let clock = 0;
  const system = shop.with({ elapsed: () => (clock += 60) });
  await createBackup(system, shop.request(), await shop.identity(), (step) => steps.push(step));
  const files = steps.map((step) => step.files);
  expect(files).toEqual([...files].sort((a, b) => a - b));
  expect(steps.at(-1)).toMatchObject({ files: steps.at(-1)?.ofFiles });
});
