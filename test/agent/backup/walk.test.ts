import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { walk } from '../../../src/agent/backup/walk.ts';
import { readOnly } from '../../../src/agent/read-only-system.ts';
import { errno, hostileTree, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

test('A walk lists parents before what they hold, follows no link and opens no FIFO', () => {
  hostileTree(shop);
  fs.symlinkSync('..', join(shop.tree, 'up'));
  spawnSync('mkfifo', [join(shop.tree, 'pipe')]);
  const { entries, unreadable, notCrossed } = walk(readOnly(shop.system), shop.tree);
  const names = entries.map(({ rel }) => rel.toString('latin1'));
  const kinds = new Map(entries.map(({ rel, kind }) => [String(rel), kind]));
  for (const name of names) {
    const parent = name.slice(0, Math.max(0, name.lastIndexOf('/')));
    if (parent !== '') expect(names.indexOf(parent)).toBeLessThan(names.indexOf(name));
  }
  expect(kinds.get('up')).toBe('link');
  expect(kinds.get('pipe')).toBe('fifo');
  expect(entries.find(({ rel }) => rel === 'odd-link')?.linkTarget).toEqual(Buffer.from([0xff, 0x2f, 0xfe]));
  expect(entries.filter(({ rel }) => Buffer.isBuffer(rel))).toHaveLength(2);
  expect([unreadable, notCrossed]).toEqual([[], []]);
});

test('Skipping a folder leaves out all that it holds', () => {
  shop.file('keep/a', 'a');
  shop.file('.git/objects/x', 'x');
  const { entries } = walk(shop.system, shop.tree, {
    skip: (rel, kind) => kind === 'folder' && rel === '.git',
  });
  expect(entries.map(({ rel }) => rel)).toEqual(['keep', 'keep/a']);
});

test('Every unreadable entry is collected and the rest is listed', () => {
  for (const name of ['a/1', 'a/2', 'b/3', 'c/4']) shop.file(name, 'x');
  const system = shop.with({
    readFolder: (path) => {
      if (String(path).endsWith('/b')) throw errno('EACCES');
      return shop.system.readFolder(path);
    },
    canRead: (path) => !String(path).endsWith('/2'),
    lstat: (path) => {
      if (String(path).endsWith('/4')) throw errno('EACCES');
      return shop.system.lstat(path);
    },
  });
  const { entries, unreadable } = walk(system, shop.tree);
  expect(entries.map(({ rel }) => rel)).toEqual(['a', 'b', 'c', 'a/1', 'a/2']);
  expect(unreadable.map(({ rel }) => rel).sort()).toEqual(['a/2', 'b', 'c/4']);
});

test('A folder on another file system is named and not entered', () => {
  shop.file('here/a', 'x');
  shop.file('mounted/b', 'x');
  const system = shop.with({
    lstat: (path) => {
      const stat = shop.system.lstat(path);
      return stat && String(path).endsWith('/mounted') ? { ...stat, dev: stat.dev + 1n } : stat;
    },
  });
  const { entries, notCrossed } = walk(system, shop.tree);
  expect(entries.map(({ rel }) => rel)).toEqual(['here', 'here/a']);
  expect(notCrossed).toEqual(['mounted']);
});

test('A root that is missing or no folder is told as one unreadable entry', () => {
  const file = String(shop.file('file', 'x'));
  expect(walk(shop.system, `${shop.tree}/nothing`).unreadable).toEqual([
    { rel: '', reason: 'it does not exist' },
  ]);
  expect(walk(shop.system, file).unreadable).toEqual([{ rel: '', reason: 'it is not a folder' }]);
});
