import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMirror } from '../../../src/agent/backup/mirror.ts';
import { readBackup } from '../../../src/agent/backup/restore.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
  shop.file('custom.txt', 'x');
});
afterEach(() => shop.remove());

test('What an export that died left beside it goes; what only has such a name is the person’s and stays', async () => {
  const { path } = await shop.backup();
  const out = join(shop.path, 'out');
  const lock = JSON.stringify({ pid: 4_194_300, bootId: shop.system.bootId, started: '' });
  for (const [name, file] of [
    ['notes', 'lock.json'],
    ['2024', 'mine.txt'],
    ['4194300', 'lock.json'],
  ] as const) {
    fs.mkdirSync(`${out}.exporting-${name}`);
    fs.writeFileSync(join(`${out}.exporting-${name}`, file), lock);
    fs.utimesSync(`${out}.exporting-${name}`, 1, 1);
  }
  const mirror = await writeMirror(shop.system, readBackup(shop.system, path), out, undefined);
  expect(mirror).toMatchObject({ path: out, failed: [] });
  expect(fs.readFileSync(join(out, 'target', 'custom.txt'), 'utf8')).toBe('x');
  const left = fs.readdirSync(shop.path).filter((name) => name.startsWith('out.'));
  expect(left.sort()).toEqual(['out.exporting-2024', 'out.exporting-notes']);
});
