import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requireIdentity } from '../../../src/agent/backup/identity.ts';
import { ageRecipient } from '../../../src/agent/backup/recipient.ts';
import { verifyBackup } from '../../../src/agent/backup/verify.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

/** A key pair of the standard tool. */
function otherKey(): { path: string; recipient: string } {
  const path = join(shop.path, 'other-key.txt');
  spawnSync('age-keygen', ['-o', path]);
  return { path, recipient: spawnSync('age-keygen', ['-y', path]).stdout.toString().trim() };
}

test('A backup for a second recipient opens with both keys, and names the second', async () => {
  const other = otherKey();
  shop.file('config/.env', 'T=canary\n');
  const { path } = await shop.backup({ recipients: [ageRecipient(other.recipient)] });
  const manifest = JSON.parse(fs.readFileSync(join(path, 'manifest.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    recipient: (await shop.identity()).recipient,
    otherRecipients: [other.recipient],
  });
  for (const key of [(await shop.identity()).path, other.path]) {
    const opened = spawnSync('age', ['-d', '-i', key, join(path, 'credentials.age')]);
    expect(opened.stdout.includes('T=canary')).toBe(true);
    const report = await verifyBackup(shop.system, path, await requireIdentity(shop.system, key));
    expect(report.checks.at(-1)).toMatchObject({ name: 'credential_encryption', status: 'ok', done: 1 });
  }
});

test('The own key given as the second one is named once', async () => {
  shop.file('config/.env', 'T=canary\n');
  const { path } = await shop.backup({ recipients: [(await shop.identity()).recipient] });
  expect(fs.readFileSync(join(path, 'manifest.json'), 'utf8')).not.toContain('otherRecipients');
});

test('A recipient that is none is refused by name, and a secret key is not repeated', () => {
  const { path, recipient } = otherKey();
  expect(ageRecipient(recipient)).toBe(recipient);
  const slip = recipient.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'));
  for (const [given, said] of [
    [slip, /checksum/],
    [recipient.slice(0, -1), /62 letters/],
    [recipient.toUpperCase(), /does not begin/],
    ['ssh-ed25519 AAAA', /ssh/],
    ['', /does not begin/],
  ] as const)
    expect(() => ageRecipient(given), given).toThrow(said);
  const secret = fs.readFileSync(path, 'utf8').trim().split('\n').at(-1) as string;
  expect(() => ageRecipient(secret)).toThrow(/^AGE-… cannot be .* secret key/);
});
