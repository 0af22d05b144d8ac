import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyFile, SMALL_FILE } from '../../../src/agent/backup/copy.ts';
import { PartWriter } from '../../../src/agent/backup/part-writer.ts';
import { Pause } from '../../../src/agent/backup/pause.ts';
import { SecretSearch } from '../../../src/agent/backup/secret-search.ts';
import { MOST_ATTRIBUTES } from '../../../src/agent/backup/tar-write.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

test('The largest file that is read at once, with as many attributes as a header holds, is copied in whole', async () => {
  const search = new SecretSearch([new Secret('KEY', 'a-value-that-is-known')]);
  const tools = { system: shop.system, search, patterns: undefined, pause: new Pause(shop.system) };
  const bytes = Buffer.alloc(SMALL_FILE, 'abcdefg');
  const path = shop.file('custom/a', bytes);
  const item = {
    root: { id: 'target', path: shop.tree },
    rel: 'custom/a',
    path,
    category: 'custom',
  } as const;
  const part = new PartWriter(shop.system, shop.path, 'custom-1.tar');
  try {
    for (const size of [64 << 10, 100 << 10, MOST_ATTRIBUTES - 100, MOST_ATTRIBUTES + 1]) {
      const attributes = { 'user.note': Buffer.alloc(size, 'n').toString('base64') };
      const record = await copyFile(tools, { ...item, attributes }, part);
      if (record === 'secret') throw new Error('there is none in it');
      expect(record.size).toBe(bytes.length);
      part.flush();
      const { offset = 0 } = record;
      const stored = fs.readFileSync(join(shop.path, part.name)).subarray(offset, offset + bytes.length);
      expect(stored.equals(bytes)).toBe(true);
    }
  } finally {
    part.close();
  }
});

test('A part gives no less room than it is asked for', () => {
  const part = new PartWriter(shop.system, shop.path, 'custom-1.tar');
  try {
    expect(() => part.reserve(4 << 20)).toThrow(RangeError);
  } finally {
    part.close();
  }
});
