import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  newPassphrase,
  openKit,
  readKit,
  sealKit,
  writeKit,
} from '../../../src/agent/backup/recovery-kit.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { errno, Workshop } from './workshop.ts';

let shop: Workshop;
let path: string;
beforeEach(() => {
  shop = new Workshop();
  path = join(shop.path, 'recovery-kit.age');
});
afterEach(() => shop.remove());

test('A kit opens with its words, however they are typed, and with no others', async () => {
  const identity = await shop.identity();
  const passphrase = newPassphrase();
  writeKit(shop.system, path, await sealKit(identity, passphrase));
  const kit = await readKit(shop.system, path);
  const words = passphrase.reveal().toString('utf8').split('-');
  const typed = new Secret('TYPED', `  ${words.join('  ').toUpperCase()} `);
  expect((await openKit(kit, typed)).identity.equals(identity.identity)).toBe(true);
  const others = new Secret('TYPED', words.toReversed().join('-'));
  await expect(openKit(kit, others)).rejects.toMatchObject({ code: 'KIT_PASSPHRASE_WRONG' });
  expect(new Set(words).size).toBeGreaterThan(1);
  expect(newPassphrase().equals(passphrase)).toBe(false);
});

test('A writing that fails at any call leaves the kit that was there, and nothing beside it', () => {
  fs.writeFileSync(path, 'the kit before');
  for (const method of ['createFile', 'write', 'syncData', 'rename'] as const) {
    const failing = () => {
      throw errno('EIO');
    };
    expect(() => writeKit(shop.with({ [method]: failing }), path, 'new')).toThrow('EIO');
    expect(fs.readFileSync(path, 'utf8')).toBe('the kit before');
    expect(fs.readdirSync(shop.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }
});

test('What was killed half-way beside a kit is cleared away by the next; names that only look alike stay', () => {
  for (const name of [
    'recovery-kit.age.0123abcd.tmp',
    'recovery-kit.age.tmp',
    'my.recovery-kit.age.0123abcd.tmp',
  ])
    fs.writeFileSync(join(shop.path, name), '');
  writeKit(shop.system, path, 'kit');
  const left = fs.readdirSync(shop.path).filter((name) => name.includes('kit'));
  expect(left.sort()).toEqual([
    'my.recovery-kit.age.0123abcd.tmp',
    'recovery-kit.age',
    'recovery-kit.age.tmp',
  ]);
  expect(fs.statSync(path).mode & 0o777).toBe(0o600);
});

test.each([
  ['an identity in clear', '# public key\nAGE-SECRET-KEY-1'],
  ['half an armor', '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl'],
  ['nothing', ''],
])('A file with %s is no kit', async (_what, text) => {
  fs.writeFileSync(path, text);
  await expect(readKit(shop.system, path)).rejects.toMatchObject({ code: 'KIT_UNUSABLE' });
});
