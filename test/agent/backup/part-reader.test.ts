import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BackupRecord } from '../../../src/agent/backup/format.ts';
import { PartReader } from '../../../src/agent/backup/part-reader.ts';
import { errno, type Overrides, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

test('What a failed reading left in the buffer is not taken for the bytes of a part', () => {
  fs.writeFileSync(join(shop.path, 'custom-1.tar'), 'aaaabbbb');
  let isBroken = false;
  const read: Overrides['read'] = (fd, into, ...where) => {
    if (!isBroken) return shop.system.read(fd, into, ...where);
    Buffer.from(into.buffer).fill('x');
    throw errno('EIO');
  };
  const reader = new PartReader(shop.with({ read }), { path: shop.path, manifest: { parts: [] } });
  const bytesAt = (offset: number) => {
    const record = { root: 'target', rel: 'a', type: 'file', part: 'custom-1.tar', offset, size: 4 };
    return Array.from(reader.slices(record as BackupRecord), (slice) => slice.toString()).join('');
  };
  try {
    expect(bytesAt(0)).toBe('aaaa');
    isBroken = true;
    expect(() => bytesAt(4)).toThrow('EIO');
    isBroken = false;
    expect(bytesAt(0)).toBe('aaaa');
  } finally {
    reader.close();
  }
});
