import { hash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupRecord } from '../../../src/agent/backup/format.ts';
import { loadOrCreateIdentity } from '../../../src/agent/backup/identity.ts';
import { Pause } from '../../../src/agent/backup/pause.ts';
import { readBackup, sealedRecords } from '../../../src/agent/backup/restore.ts';
import { type BackupCheck, verifyBackup } from '../../../src/agent/backup/verify.ts';
import { EntryCheck } from '../../../src/agent/backup/verify-entries.ts';
import { PartCheck } from '../../../src/agent/backup/verify-part.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { errno, Workshop } from './workshop.ts';

let shop: Workshop;
let backup: string;
beforeEach(async () => {
  shop = new Workshop();
  shop.file('config/config.yaml', 'a: 1\n');
  shop.file('config/.env', 'TOKEN=canary-canary\n');
  shop.file('state/status.json', '{}');
  shop.file('custom/a.bin', Buffer.alloc(1_500_000, 7));
  backup = (await shop.backup({ requiredFiles: [{ root: 'target', rel: 'config/config.yaml' }] })).path;
});
afterEach(() => shop.remove());

async function failed(): Promise<BackupCheck[]> {
  const report = await verifyBackup(shop.system, backup, await shop.identity());
  expect(report.ok).toBe(report.checks.every(({ ok }) => ok));
  return report.checks.filter(({ ok }) => !ok);
}

function flip(name: string, at: number): void {
  const file = join(backup, name);
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

function readError(): AppError {
  try {
    readBackup(shop.system, backup);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the backup was read');
}

test('Every single flipped byte in a tar is found, wherever it is', async () => {
  const size = fs.statSync(join(backup, 'config-1.tar')).size;
  for (let at = 0; at < size; at += 101) {
    flip('config-1.tar', at);
    const [check] = await failed();
    expect(check?.name, `byte ${at}`).toBe('file_checksums');
    expect(check?.reason, `byte ${at}`).toContain('config-1.tar is altered');
    flip('config-1.tar', at);
  }
  expect(await failed()).toEqual([]);
});

test('A damaged file is named, and a required one fails its own check too', async () => {
  const tar = fs.readFileSync(join(backup, 'config-1.tar'));
  flip('config-1.tar', tar.indexOf('a: 1'));
  const checks = await failed();
  expect(checks.map(({ name }) => name)).toEqual(['file_checksums', 'required_files']);
  expect(checks[0]?.reason).toContain('target/config/config.yaml does not have the recorded bytes');
});

test('A record that tells another hash than its part holds is found where each file is hashed', async () => {
  const names = ['manifest-1.ndjson', 'manifest.json', 'SHA256SUMS'];
  const hashOf = (bytes: Buffer) => hash('sha256', bytes);
  const of = (name: string) => fs.readFileSync(join(backup, name));
  let [before, after] = [hashOf(Buffer.from('a: 1\n')), hashOf(Buffer.from('a: 2\n'))];
  for (const name of names) {
    const old = hashOf(of(name));
    const text = of(name).toString();
    expect(text).toContain(before);
    fs.writeFileSync(join(backup, name), text.replaceAll(before, after));
    if (name === 'manifest-1.ndjson') {
      const sums = of('SHA256SUMS').toString();
      fs.writeFileSync(join(backup, 'SHA256SUMS'), sums.replace(old, hashOf(of(name))));
    }
    [before, after] = [old, hashOf(of(name))];
  }
  const report = await verifyBackup(shop.system, backup, await shop.identity(), { isEachHashed: true });
  expect(report.checks[0]).toMatchObject({
    status: 'failed',
    reason: 'target/config/config.yaml does not have the recorded bytes',
  });
});

test('A link or a second name that leads elsewhere than its record says is named', async () => {
  for (const name of ['a', 'b']) shop.file(`custom/${name}`, name);
  fs.linkSync(join(shop.tree, 'custom/a'), join(shop.tree, 'custom/second'));
  fs.symlinkSync('a', join(shop.tree, 'custom/link'));
  const { path, manifest, records } = readBackup(shop.system, (await shop.backup()).path);
  const problemsWith = async (change: (record: BackupRecord) => BackupRecord) => {
    const plain = records.filter(({ part }) => part !== 'credentials.age');
    const check = new EntryCheck(plain.map(change));
    const parts = new PartCheck(shop.system, path, new Pause(shop.system));
    for (const part of manifest.parts) if (part.category !== 'secrets') await parts.tar(part, check, false);
    return check.problems();
  };
  expect(await problemsWith((record) => record)).toEqual([]);
  const toB = (record: BackupRecord) => ({
    ...record,
    ...(record.linkTarget && { linkTarget: Buffer.from('b') }),
    ...(record.hardlink && { hardlink: 'target/custom/b' }),
  });
  expect(await problemsWith(toB)).toEqual(
    ['link', 'second'].map((name) => `target/custom/${name} leads elsewhere than recorded`),
  );
});

test('What the second reading of a damaged part does not come to is not called good', async () => {
  shop.file('custom/z', 'z');
  backup = (await shop.backup({ requiredFiles: [{ root: 'target', rel: 'custom/z' }] })).path;
  const { records } = readBackup(shop.system, backup);
  const offsetOf = (name: string) => records.find(({ rel }) => rel === name)?.offset ?? 0;
  expect(offsetOf('custom/z')).toBeGreaterThan(offsetOf('custom/a.bin'));
  flip('custom-1.tar', offsetOf('custom/a.bin'));
  const readings: number[] = [];
  const system = shop.with({
    openRead: (path) => {
      const fd = shop.system.openRead(path);
      if (String(path).endsWith('custom-1.tar')) readings.push(fd);
      return fd;
    },
    read: (fd, ...rest) => {
      const got = shop.system.read(fd, ...rest);
      // The whole of it comes once; of the second time, what comes after the first piece does not.
      if (readings.length !== 2 || fd !== readings[1] || got === 1 << 20) return got;
      readings.length = 0;
      throw errno('EIO');
    },
  });
  const { checks } = await verifyBackup(system, backup, await shop.identity());
  expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([
    'file_checksums',
    'required_files',
  ]);
});

test.each(['config-1.tar', 'folders-1.tar', 'credentials.age', 'restore.sh'])(
  'A missing %s is named, by reading and by verifying',
  async (name) => {
    fs.rmSync(join(backup, name));
    expect(readError()).toMatchObject({ code: 'BACKUP_DAMAGED', params: { reason: `${name} is missing` } });
    expect((await failed())[0]?.reason).toContain(`${name} is missing`);
  },
);

test.each(['config-1.tar', 'custom-1.tar', 'credentials.age', 'manifest-1.ndjson'])(
  'A truncated %s is named, by reading and by verifying',
  async (name) => {
    fs.truncateSync(join(backup, name), 700);
    expect(readError().code).toBe('BACKUP_DAMAGED');
    expect(readError().message).toContain(`${name} is cut short`);
    expect((await failed())[0]?.reason).toContain(`${name} is cut short`);
  },
);

test.each(['manifest.json', 'manifest-1.ndjson'])(
  'A changed %s is found without reading the parts',
  async (name) => {
    const file = join(backup, name);
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('target', 'tArget'));
    expect(readError().code).toBe('BACKUP_DAMAGED');
    expect((await failed())[0]?.name).toBe('file_checksums');
  },
);

test('A changed credentials.age fails the checksum and the encryption check', async () => {
  flip('credentials.age', 3000);
  expect((await failed()).map(({ name }) => name)).toEqual(['file_checksums', 'credential_encryption']);
});

test('A wrong identity is named as such, and nothing of the secret is in the words', async () => {
  const other = await loadOrCreateIdentity(shop.system, join(shop.path, 'other'));
  const report = await verifyBackup(shop.system, backup, other);
  const check = report.checks.find(({ name }) => name === 'credential_encryption');
  expect(check).toMatchObject({ status: 'failed', ok: false });
  expect(check?.reason).toContain('does not open the backup');
  await expect(sealedRecords(shop.system, readBackup(shop.system, backup), other)).rejects.toMatchObject({
    code: 'BACKUP_KEY_WRONG',
  });
});

test('Without an identity the encryption check is skipped, with the reason', async () => {
  const report = await verifyBackup(shop.system, backup);
  const check = report.checks.at(-1);
  expect(check).toMatchObject({ name: 'credential_encryption', status: 'skipped', ok: true, of: 1 });
  expect(check?.reason).toBe('there is no identity to open it with');
});

test('A manifest of an unknown version is told as that', () => {
  const file = join(backup, 'manifest.json');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"formatVersion": 1', '"formatVersion": 9'));
  expect(readError()).toMatchObject({ code: 'BACKUP_VERSION', params: { version: 9 } });
});

test('A folder without a manifest, an unfinished one and none at all are told apart', async () => {
  fs.rmSync(join(backup, 'manifest.json'));
  expect(readError().code).toBe('BACKUP_INCOMPLETE');
  const partial = `${backup}.partial`;
  fs.renameSync(backup, partial);
  backup = partial;
  expect(readError().code).toBe('BACKUP_INCOMPLETE');
  backup = join(shop.path, 'nothing');
  expect(readError().code).toBe('BACKUP_NOT_FOUND');
  await expect(verifyBackup(shop.system, backup)).rejects.toMatchObject({ code: 'BACKUP_NOT_FOUND' });
});

test('A state file that was no JSON before is a warning, not a failure of the backup', async () => {
  shop.file('state/status.json', '{broken');
  const { path } = await shop.backup();
  const report = await verifyBackup(shop.system, path, await shop.identity());
  const check = report.checks.find(({ name }) => name === 'project_state_consistency');
  expect(report.ok).toBe(true);
  expect(check).toMatchObject({ status: 'warning', done: 0, of: 1 });
  expect(check?.reason).toContain('target/state/status.json was already not valid JSON');
});

test('A project root without any entry fails the state check', async () => {
  const roots = [
    { id: 'target', path: shop.tree, present: true },
    { id: 'project-1', path: join(shop.tree, 'config'), present: true },
  ];
  const { path } = await shop.backup({ roots });
  const report = await verifyBackup(shop.system, path, await shop.identity());
  const check = report.checks.find(({ name }) => name === 'project_state_consistency');
  expect(check).toMatchObject({ status: 'failed', done: 1, of: 2 });
});

test('A required file that is not in the backup fails its check', async () => {
  const { path } = await shop.backup({
    requiredFiles: [
      { root: 'target', rel: 'config/.env' },
      { root: 'target', rel: 'gone.yaml' },
    ],
  });
  const report = await verifyBackup(shop.system, path, await shop.identity());
  expect(report.checks[1]).toMatchObject({ name: 'required_files', status: 'failed', done: 1, of: 2 });
  expect(report.checks[1]?.reason).toContain('target/gone.yaml');
});
