import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeMirror } from '../../../src/agent/backup/mirror.ts';
import { readBackup } from '../../../src/agent/backup/restore.ts';
import { foldingSystem } from '../../helpers/folding-system.ts';
import { errno, Workshop } from './workshop.ts';

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

test('On a file system that folds names every file is there with its own bytes, and what got another name is told', async () => {
  const odd = Buffer.from([...Buffer.from('projects/odd-'), 0xff]);
  const files = [
    'projects/Plan.md',
    'projects/plan.md',
    'Projects/plan.md',
    'projects/caf\u00e9',
    'projects/cafe\u0301',
    odd,
  ];
  for (const [at, file] of files.entries()) shop.file(file, `file ${at}`);
  const { path } = await shop.backup();
  const out = join(shop.path, 'out');

  const mirror = await writeMirror(
    foldingSystem(shop.system, shop.path),
    readBackup(shop.system, path),
    out,
    undefined,
  );

  expect(mirror.failed).toEqual([]);
  const written = fs.readdirSync(out, { recursive: true, withFileTypes: true, encoding: 'utf8' });
  const texts = written
    .filter((entry) => entry.isFile())
    .map((entry) => fs.readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(texts.sort()).toEqual([...files.map((_, at) => `file ${at}`), 'x'].sort());
  expect(mirror.renamed).toEqual(
    expect.arrayContaining([
      { from: 'target/projects', to: 'target/projects (2)' },
      { from: 'target/projects/plan.md', to: 'target/projects (2)/plan (2).md' },
    ]),
  );
});

test('An entry of the encrypted part that cannot be written is told without its name', async () => {
  shop.file('token-hunter2/.env', 'TOKEN=hunter2\n');
  const { path } = await shop.backup();
  const system = shop.with({
    rename: (from, to) => {
      if (String(to).endsWith('.env') || String(to).endsWith('custom.txt')) throw errno('EIO');
      shop.system.rename(from, to);
    },
  });
  const identity = await shop.identity();
  const { failed } = await writeMirror(system, readBackup(system, path), join(shop.path, 'out'), identity);
  expect(failed.map((one) => one.path)).toEqual(['target/custom.txt', 'an encrypted entry of target']);
  expect(JSON.stringify(failed)).not.toContain('hunter2');
});
