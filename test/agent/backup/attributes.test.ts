import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupRecord } from '../../../src/agent/backup/format.ts';
import { type RestoreOptions, readBackup, restoreRecords } from '../../../src/agent/backup/restore.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { looksSecret } from '../../../src/agent/credentials/looks-secret.ts';
import { joinPath } from '../../../src/agent/paths.ts';
import type { System } from '../../../src/agent/system.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { tokenShapes } from '../../fixtures/canaries.ts';
import {
  attributesOf,
  folderWithAttributes,
  giveAcl,
  giveAttribute,
} from '../../helpers/extended-attributes.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop(folderWithAttributes());
});
afterEach(() => shop.remove());

/** Attributes of every kind, at a file, a folder, a file with two names, a secret one and the root itself. */
function dressedTree(): void {
  const at = (name: string) => join(shop.tree, name);
  shop.file('custom/a', 'a', 0o640);
  shop.file('custom/b', 'b', 0o755);
  shop.file('config/.env', 'A=b\n', 0o600);
  shop.file('custom/plain', 'plain');
  fs.linkSync(at('custom/a'), at('custom/second-name'));
  giveAttribute(at('custom/a'), 'user.origin', '0x00ff0a');
  giveAttribute(at('custom/a'), 'user.a=b%c', 'odd');
  giveAcl(at('custom/a'), '-m', 'u:12345:rw');
  giveAcl(at('custom'), '-d', '-m', 'g:12345:rx');
  giveAttribute(at('config/.env'), 'user.note', 'of a secret');
  giveAttribute(shop.tree, 'user.root', 'r');
  if (process.getuid?.() === 0)
    giveAttribute(at('custom/b'), 'security.capability', '0x0100000200200000000000000000000000000000');
  fs.utimesSync(at('custom'), 1_650_000_000, 1_650_000_000);
}

async function restoreTo(folder: string, path: string, system = shop.system, options: RestoreOptions = {}) {
  const wanted = ({ rel }: BackupRecord) => (rel.length === 0 ? folder : joinPath(folder, rel));
  return restoreRecords(system, readBackup(system, path), await shop.identity(), wanted, options);
}

test('Attributes and ACLs come back with their files, by our restore and by restore.sh', async () => {
  dressedTree();
  const before = attributesOf(shop.tree);
  const { path } = await shop.backup({ attributes: true });
  expect(await verifyBackup(shop.system, path, await shop.identity())).toMatchObject({ ok: true });
  expect(readBackup(shop.system, path).manifest.attributes).toBe('kept');

  const out = join(shop.path, 'out');
  expect((await restoreTo(out, path)).failed).toEqual([]);
  expect(attributesOf(out)).toBe(before);
  expect(fs.statSync(join(out, 'custom')).mtimeMs).toBe(1_650_000_000_000);

  fs.rmSync(shop.tree, { recursive: true });
  const script = spawnSync('dash', [join(path, 'restore.sh'), '--yes'], {
    env: { PATH: process.env['PATH'], HOME: shop.system.home },
    encoding: 'utf8',
  });
  expect(script.stderr).toBe('');
  expect(attributesOf(shop.tree)).toBe(before);
});

test('Restoring over what has other attributes makes them as they were', async () => {
  dressedTree();
  const before = attributesOf(shop.tree);
  const { path } = await shop.backup({ attributes: true });
  giveAttribute(join(shop.tree, 'custom/plain'), 'user.later', 'x');
  giveAttribute(join(shop.tree, 'custom/a'), 'user.origin', 'other');
  giveAcl(join(shop.tree, 'custom'), '-k');
  expect((await restoreTo(shop.tree, path)).failed).toEqual([]);
  expect(attributesOf(shop.tree)).toBe(before);
});

test('What came later goes, also where nothing had attributes when the backup was made', async () => {
  shop.file('custom/a', 'a', 0o640);
  const { path } = await shop.backup({ attributes: true });
  giveAcl(join(shop.tree, 'custom'), '-d', '-m', 'u:12345:rwx');
  giveAcl(join(shop.tree, 'custom/a'), '-m', 'u:12345:rw');
  giveAttribute(join(shop.tree, 'custom/a'), 'user.later', 'x');
  expect((await restoreTo(shop.tree, path)).failed).toEqual([]);
  expect(attributesOf(shop.tree)).toBe('');
  expect(fs.statSync(join(shop.tree, 'custom/a')).mode & 0o777).toBe(0o640);
});

test('A sealed file with an ACL has the mode that is asked for, and no ACL; its other attributes are kept', async () => {
  shop.file('config/.env', 'A=b\n', 0o640);
  giveAcl(join(shop.tree, 'config/.env'), '-m', 'u:12345:rw');
  giveAttribute(join(shop.tree, 'config/.env'), 'user.note', 'n');
  const { path } = await shop.backup({ attributes: true });
  const out = join(shop.path, 'out');
  expect((await restoreTo(out, path, shop.system, { sealedMode: 0o600 })).failed).toEqual([]);
  expect(fs.statSync(join(out, 'config/.env')).mode & 0o777).toBe(0o600);
  const kept = attributesOf(out);
  expect(kept).toContain('user.note');
  expect(kept).not.toContain('posix_acl');
});

test('Of a file whose attribute holds a known secret, and of a secret file, no attribute is in a plain part', async () => {
  dressedTree();
  const secret = 'canary-in-an-attribute';
  giveAttribute(join(shop.tree, 'custom/plain'), 'user.password', secret);
  giveAttribute(join(shop.tree, 'custom/a'), 'user.token', secret);
  const before = attributesOf(shop.tree);
  const { path } = await shop.backup({ attributes: true, knownSecrets: [new Secret('A', secret)] });

  const plain = shop.plainBytes(path);
  for (const bytes of [
    secret,
    Buffer.from(secret).toString('base64'),
    'of a secret',
    Buffer.from('of a secret').toString('base64'),
  ])
    expect(plain.includes(bytes)).toBe(false);
  const sealed = readBackup(shop.system, path).records.filter(({ part }) => part === 'credentials.age');
  expect(sealed.map(({ rel }) => rel).sort()).toEqual([
    'config/.env',
    'custom/a',
    'custom/plain',
    'custom/second-name',
  ]);
  expect((await restoreTo(join(shop.path, 'out'), path)).failed).toEqual([]);
  expect(attributesOf(join(shop.path, 'out'))).toBe(before);
});

test('A file with an attribute that looks like a secret is sealed, one with any other is not', async () => {
  const token = tokenShapes.discord('of an attribute');
  for (const name of ['token', 'password', 'origin']) shop.file(`custom/${name}`, 'x');
  giveAttribute(join(shop.tree, 'custom/token'), 'user.note', token);
  giveAttribute(join(shop.tree, 'custom/password'), 'user.db_password', 'hunter2hunter2');
  giveAttribute(join(shop.tree, 'custom/origin'), 'user.xdg.origin.url', 'https://example.org/a.txt');
  const { path } = await shop.backup({ attributes: true, patterns: looksSecret });
  const sealed = readBackup(shop.system, path).records.filter(({ part }) => part === 'credentials.age');
  expect(sealed.map(({ rel }) => rel)).toEqual(['custom/password', 'custom/token']);
  expect(shop.plainBytes(path).includes(Buffer.from(token).toString('base64'))).toBe(false);
});

test('Without the programs a backup says that it has no attributes, and the next one with them is made anew', async () => {
  dressedTree();
  const env = { PATH: shop.path };
  // Later than any change by far: an earlier backup's parts may be taken.
  const now = () => new Date(Date.now() + 60_000);
  const first = await shop.backup({ attributes: true }, { env, now });
  expect(readBackup(shop.system, first.path).manifest.attributes).toBe('not-read');
  expect(fs.readFileSync(join(first.path, 'README.txt'), 'utf8')).toContain('ACLs are not in this backup');

  const second = await shop.backup({ attributes: true }, { now });
  const withSome = readBackup(shop.system, second.path).records.filter(({ attributes }) => attributes);
  expect(withSome.map(({ rel }) => rel)).toContain('custom/a');

  const third = await shop.backup({ attributes: true }, { env, now });
  const partOf = (path: string) => fs.statSync(join(path, 'custom-1.tar')).ino;
  expect([partOf(second.path) === partOf(first.path), partOf(third.path) === partOf(second.path)]).toEqual([
    false,
    true,
  ]);

  // What the part holds is restored by tar, too.
  expect(fs.readFileSync(join(third.path, 'restore.sh'), 'utf8')).toContain('\nattributes=yes\n');
  const none: System['run'] = () => ({
    status: 0,
    stdout: Buffer.alloc(0),
    stderr: Buffer.alloc(0),
    notFound: false,
  });
  const fourth = await shop.backup({ attributes: true }, { run: none, now });
  expect(partOf(fourth.path)).not.toBe(partOf(third.path));

  const restored = await restoreTo(join(shop.path, 'out'), second.path, shop.with({ env }));
  expect(restored.failed.map(({ record, reason }) => [record.rel, reason])).toContainEqual([
    'custom/a',
    'its extended attributes were not set: getfattr and setfattr are not installed',
  ]);
  expect(fs.readFileSync(join(shop.path, 'out/custom/a'), 'utf8')).toBe('a');
});

test('Nothing is asked of a file system where nobody wants the attributes', async () => {
  dressedTree();
  const { path } = await shop.backup();
  const { manifest, records } = readBackup(shop.system, path);
  expect(manifest.attributes).toBeUndefined();
  expect(records.some(({ attributes }) => attributes !== undefined)).toBe(false);
});
