import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBackup } from '../../../src/agent/backup/create.ts';
import { readBackup } from '../../../src/agent/backup/read.ts';
import { distrustParts, searchMark } from '../../../src/agent/backup/reuse.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { SEARCH_RULES } from '../../../src/agent/credentials/looks-secret.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { VERSION } from '../../../src/shared/tool.ts';
import { errno, hostileTree, type Overrides, picture, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

/** A backup that begins a minute after the files were made: they are surely unchanged since. */
async function backupLater(changes = {}, overrides: Overrides = {}): Promise<string> {
  const path = await makeLater(changes, overrides);
  expect(await damageOf(path)).toEqual([]);
  return path;
}

async function makeLater(changes = {}, overrides: Overrides = {}): Promise<string> {
  const later = new Date(Date.now() + 60_000);
  const system = shop.with({ now: () => later, ...overrides });
  return (await createBackup(system, shop.request(changes), await shop.identity())).path;
}

async function damageOf(path: string): Promise<(string | undefined)[]> {
  const { checks } = await verifyBackup(shop.system, path, await shop.identity());
  return checks.filter(({ ok }) => !ok).map(({ reason }) => reason);
}

const inode = (backup: string, part: string) => fs.statSync(join(backup, part)).ino;

test('A second backup of an unchanged tree shares every plain part, and reads neither it nor the tree', async () => {
  hostileTree(shop);
  const before = picture(shop.tree, 'seconds');
  const first = await backupLater();
  const opened: string[] = [];
  const openRead: Overrides['openRead'] = (path) => {
    if (String(path).startsWith(shop.tree) || String(path).endsWith('.tar')) opened.push(String(path));
    return shop.system.openRead(path);
  };
  const second = await backupLater({}, { openRead });
  for (const part of ['config-1.tar', 'projects-1.tar', 'state-1.tar', 'logs-1.tar', 'custom-1.tar'])
    expect(inode(second, part), part).toBe(inode(first, part));
  expect(opened.filter((path) => !path.endsWith('.env'))).toEqual([]);

  // Whole by itself: the first one goes, and restore.sh restores all of it.
  fs.rmSync(first, { recursive: true });
  const out = join(shop.path, 'out');
  const key = (await shop.identity()).path;
  const run = spawnSync('sh', [join(second, 'restore.sh'), '--yes', '--extract', out, '--identity', key]);
  expect({ status: run.status, said: run.stderr.toString() }).toMatchObject({ status: 0 });
  expect(picture(join(out, 'target'), 'seconds')).toEqual(before);
});

test('A part is made anew when a file of it changed, went, or got another mode; a new file has a part of its own', async () => {
  const changes: [string, () => void, boolean][] = [
    ['content', () => shop.file('custom/a', 'B'), false],
    ['mode', () => fs.chmodSync(join(shop.tree, 'custom/a'), 0o600), false],
    ['removal', () => fs.rmSync(join(shop.tree, 'custom/b')), false],
    ['addition', () => shop.file('custom/c', 'new'), true],
  ];
  for (const [what, change, isShared] of changes) {
    shop.file('custom/a', 'a');
    shop.file('custom/b', 'b');
    const first = await backupLater();
    change();
    const second = await backupLater();
    expect(inode(second, 'custom-1.tar') === inode(first, 'custom-1.tar'), what).toBe(isShared);
    expect(fs.existsSync(join(second, 'custom-2.tar')), what).toBe(isShared);
    fs.rmSync(shop.parent, { recursive: true });
  }
});

test('Another secret to look for, or a file that was changed just before, is looked at anew', async () => {
  shop.file('custom/a', 'holds a-secret-value');
  const first = await backupLater();
  const secret = new Secret('KEY', 'a-secret-value');
  const second = await backupLater({ knownSecrets: [secret] });
  expect(inode(second, 'custom-1.tar')).not.toBe(inode(first, 'custom-1.tar'));
  expect(shop.plainBytes(second).includes('a-secret-value')).toBe(false);
  expect(fs.readFileSync(join(first, 'manifest.json'), 'utf8')).not.toContain('a-secret-value');

  fs.rmSync(shop.parent, { recursive: true });
  const one = await shop.backup();
  const two = await shop.backup();
  expect(inode(two.path, 'custom-1.tar')).not.toBe(inode(one.path, 'custom-1.tar'));
});

test('A part that older rules let pass is not shared', async () => {
  shop.file('custom/a', 'a');
  const [request, identity] = [shop.request(), await shop.identity()];
  const { searched } = readBackup(shop.system, await backupLater()).manifest;
  expect(searched).toBe(searchMark(request, identity));
  expect(searched).not.toBe(searchMark(request, identity, SEARCH_RULES - 1));
  const withoutRules = createHmac('sha256', identity.identity.reveal()).update(VERSION).digest('hex');
  expect(searched).not.toBe(withoutRules);
});

test('A part that was found damaged, though it looks untouched, is written anew the next time', async () => {
  shop.file('custom/a', 'a'.repeat(5000));
  const first = await backupLater();
  const part = join(first, 'custom-1.tar');
  const { mtimeNs } = fs.statSync(part, { bigint: true });
  fs.writeFileSync(part, fs.readFileSync(part).fill(0x58, 1000, 1010));
  // Exactly as before, so that its times do not tell.
  spawnSync('touch', [
    '-d',
    `@${Number(mtimeNs / 1_000_000_000n)}.${String(mtimeNs % 1_000_000_000n).padStart(9, '0')}`,
    part,
  ]);
  expect(fs.statSync(part, { bigint: true }).mtimeNs).toBe(mtimeNs);
  const second = await makeLater();
  expect((await damageOf(second)).join()).toContain('custom-1.tar is altered');
  distrustParts(shop.system, second);
  const third = await backupLater();
  expect(inode(third, 'custom-1.tar')).not.toBe(inode(first, 'custom-1.tar'));
});

test('A damaged part of the earlier backup is not taken, and files are copied where no second name can be given', async () => {
  shop.file('custom/a', 'a'.repeat(5000));
  const first = await backupLater();
  const part = join(first, 'custom-1.tar');
  const bytes = fs.readFileSync(part);
  fs.writeFileSync(part, Buffer.from(bytes).fill(0x58, 1000, 1010));
  const second = await backupLater();
  expect(inode(second, 'custom-1.tar')).not.toBe(inode(first, 'custom-1.tar'));

  fs.writeFileSync(part, bytes);
  for (const code of ['EPERM', 'EXDEV', 'EMLINK', 'ENOENT']) {
    const hardLink = () => {
      throw errno(code);
    };
    const third = await backupLater({}, { hardLink });
    expect(fs.statSync(join(third, 'custom-1.tar')).nlink).toBe(1);
  }
});

test('A part does not keep a file in the plain that is known as secret by another name', async () => {
  shop.file('custom/a', 'the value of a token');
  fs.linkSync(join(shop.tree, 'custom/a'), join(shop.tree, 'custom/b.env'));
  const items = shop.request().items.filter(({ secret }) => !secret);
  const first = await backupLater({ items });
  expect(shop.plainBytes(first).includes('the value of a token')).toBe(true);
  const second = await backupLater();
  expect(shop.plainBytes(second).includes('the value of a token')).toBe(false);
});
