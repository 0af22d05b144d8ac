import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listBackups } from '../../../src/agent/backup/list.ts';
import { errno, Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

test('Backups are listed newest first, whatever else lies in the folder', async () => {
  shop.file('a', 'abc');
  for (const time of ['2024-01-15T14:30:45Z', '2024-03-01T00:00:00Z', '2024-03-01T00:00:00Z'])
    await shop.backup({ kind: 'before-migration' }, { now: () => new Date(time) });
  const place = (name: string) => join(shop.parent, name);
  fs.mkdirSync(place('migration-backup-20250101-000000.partial'));
  fs.mkdirSync(place('migration-backup-20230101-000000'));
  fs.writeFileSync(place('migration-backup-20230101-000000/manifest.json'), '{"formatVersion": 1}');
  fs.mkdirSync(place('migration-backup-20220101-000000'));
  fs.mkdirSync(place('holiday pictures'));
  fs.writeFileSync(place('migration-backup-20990101-000000'), 'a file');
  fs.symlinkSync('nowhere', place('migration-backup-20980101-000000'));
  const list = listBackups(shop.system, shop.parent);
  expect(list.map(({ id, complete }) => [id, complete])).toEqual([
    ['migration-backup-20250101-000000.partial', false],
    ['migration-backup-20240301-000000-2', true],
    ['migration-backup-20240301-000000', true],
    ['migration-backup-20240115-143045', true],
    ['migration-backup-20230101-000000', false],
    ['migration-backup-20220101-000000', false],
  ]);
  expect(list[1]).toMatchObject({
    kind: 'before-migration',
    created: '2024-03-01T00:00:00.000Z',
    files: 1,
    bytes: 3,
  });
  expect(list[0]?.reason).toBe('its making was interrupted');
  expect(list[5]?.reason).toBe('manifest.json is missing');
});

test('A folder that is missing or cannot be listed gives an empty list', () => {
  const locked = shop.with({
    readFolder: () => {
      throw errno('EACCES');
    },
  });
  expect(listBackups(shop.system, join(shop.path, 'none'))).toEqual([]);
  expect(listBackups(locked, shop.path)).toEqual([]);
});
