import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  identityPath,
  loadIdentity,
  loadOrCreateIdentity,
  requireIdentity,
} from '../../../src/agent/backup/identity.ts';
import { proveIdentity } from '../../../src/agent/backup/seal.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
let home: string;
beforeEach(() => {
  shop = new Workshop();
  home = join(shop.path, 'home', 'agent');
});
afterEach(() => shop.remove());

test('The identity is made once, is private, and is a file of the standard age tool', async () => {
  const first = await loadOrCreateIdentity(shop.system, home);
  const second = await loadOrCreateIdentity(shop.system, home);
  const asked = spawnSync('age-keygen', ['-y', first.path]);
  expect(second.recipient).toBe(first.recipient);
  expect(second.identity.equals(first.identity)).toBe(true);
  expect(asked.stdout.toString().trim()).toBe(first.recipient);
  expect(fs.statSync(first.path).mode & 0o777).toBe(0o600);
  expect(JSON.stringify(first)).not.toContain('AGE-SECRET-KEY');
});

test('age opens credentials.age with the identity, and tar unpacks what is in it', async () => {
  shop.file('config/.env', 'T=canary\n');
  const { path } = await shop.backup();
  const out = join(shop.path, 'out');
  fs.mkdirSync(out);
  const identity = await shop.identity();
  const opened = spawnSync('age', ['-d', '-i', identity.path, join(path, 'credentials.age')]);
  expect(spawnSync('tar', ['-xf', '-', '-C', out], { input: opened.stdout }).status).toBe(0);
  expect(fs.readFileSync(join(out, 'target/config/.env'), 'utf8')).toBe('T=canary\n');
  expect(fs.existsSync(join(out, 'manifest-secret.ndjson'))).toBe(true);
});

test('An identity made by age-keygen is taken as it is', async () => {
  fs.mkdirSync(home, { recursive: true });
  spawnSync('age-keygen', ['-o', identityPath(home)]);
  const identity = await loadOrCreateIdentity(shop.system, home);
  expect(identity.recipient).toMatch(/^age1/);
});

test.each(['', 'garbage\n', 'AGE-SECRET-KEY-1NOTAKEY\n'])(
  'A damaged identity file is refused and never replaced (%j)',
  async (content) => {
    fs.mkdirSync(home, { recursive: true });
    fs.writeFileSync(identityPath(home), content);
    await expect(loadOrCreateIdentity(shop.system, home)).rejects.toMatchObject({ code: 'BACKUP_KEY_WRONG' });
    expect(fs.readFileSync(identityPath(home), 'utf8')).toBe(content);
  },
);

test('Proving succeeds with the right key only, and without a file there is no identity', async () => {
  shop.file('config/.env', 'T=1');
  const { path } = await shop.backup();
  const right = await shop.identity();
  const wrong = await loadOrCreateIdentity(shop.system, join(shop.path, 'other'));
  const sealed = { path, recipient: right.recipient };
  await expect(proveIdentity(shop.system, sealed, right)).resolves.toBeUndefined();
  await expect(proveIdentity(shop.system, sealed, wrong)).rejects.toMatchObject({ code: 'BACKUP_KEY_WRONG' });
  expect(await loadIdentity(shop.system, join(shop.path, 'no-such-file'))).toBeUndefined();
  await expect(requireIdentity(shop.system, join(shop.path, 'no-such-file'))).rejects.toMatchObject({
    code: 'BACKUP_KEY_MISSING',
  });
});
