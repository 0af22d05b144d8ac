import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentHome } from '../../../src/agent/agent-home.ts';
import { listBackups } from '../../../src/agent/backup/list.ts';
import {
  bytesOf,
  finishPrunes,
  pruneBackups,
  unfinishedPrunes,
} from '../../../src/agent/prune/prune-backups.ts';
import type { System } from '../../../src/agent/system.ts';
import { Workshop } from '../backup/workshop.ts';

let shop: Workshop;
let home: AgentHome;
let folders: string[];
beforeEach(async () => {
  shop = new Workshop();
  home = new AgentHome(join(shop.path, 'agent'));
  shop.file('custom.txt', 'x');
  folders = [];
  for (let n = 0; n < 3; n++) folders.push((await shop.backup()).path);
});
afterEach(() => shop.remove());

class Killed extends Error {}

/** A system that ends at the n-th call that changes something, and cannot do anything after it. */
function endingAt(n: number): System {
  let left = n;
  const stop = (name: 'rename' | 'unlink' | 'removeFolder' | 'write' | 'syncFolder') => ({
    [name]: (...args: never[]) => {
      left -= 1;
      if (left < 0) throw new Killed();
      return (shop.system[name] as (...args: never[]) => unknown)(...args);
    },
  });
  return shop.with({
    ...stop('rename'),
    ...stop('unlink'),
    ...stop('removeFolder'),
    ...stop('write'),
    ...stop('syncFolder'),
  });
}

test('What is chosen is gone, the rest stays and verifies as it is, and nothing lies beside it', () => {
  pruneBackups(shop.system, home, folders.slice(0, 2));
  expect(fs.readdirSync(shop.parent)).toEqual([folders[2]?.split('/').at(-1)]);
  expect(finishPrunes(shop.system, home)).toBe(0);
});

test('Ended at any call, every backup that is listed is whole, and the next prune deletes what was aside', () => {
  for (let n = 0; ; n++) {
    const place = fs.mkdtempSync(join(shop.path, 'again-'));
    const copies = folders.map((folder) => join(place, folder.split('/').at(-1) ?? ''));
    for (const [at, copy] of copies.entries()) fs.cpSync(folders[at] ?? '', copy, { recursive: true });
    const own = new AgentHome(join(place, 'agent'));
    let ended = false;
    try {
      pruneBackups(endingAt(n), own, copies.slice(0, 2));
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
      ended = true;
    }
    for (const { complete, path } of listBackups(shop.system, place)) {
      expect(complete).toBe(true);
      expect(fs.readdirSync(path).length).toBe(fs.readdirSync(folders[2] ?? '').length);
    }
    const aside = () => fs.readdirSync(place).filter((name) => name.includes('.pruned-'));
    expect(unfinishedPrunes(shop.system, own)).toBe(aside().length);
    finishPrunes(shop.system, own);
    expect(unfinishedPrunes(shop.system, own)).toBe(0);
    expect(aside()).toEqual([]);
    expect(fs.existsSync(copies[2] ?? '')).toBe(true);
    if (!ended) {
      expect(n).toBeGreaterThan(10);
      return;
    }
  }
});

test('Of files that two backups share, only those count whose last name goes', () => {
  const shared = join(folders[0] ?? '', 'shared');
  fs.writeFileSync(shared, Buffer.alloc(5000));
  fs.linkSync(shared, join(folders[1] ?? '', 'shared'));
  const [one, both] = [bytesOf(shop.system, folders.slice(0, 1)), bytesOf(shop.system, folders.slice(0, 2))];
  expect(both - one).toBeGreaterThan(5000);
  expect(one).toBeLessThan(both - one);
});
