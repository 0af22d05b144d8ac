import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readmeText } from '../../../src/agent/backup/readme.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { Workshop } from './workshop.ts';

let shop: Workshop;
beforeEach(() => {
  shop = new Workshop();
});
afterEach(() => shop.remove());

const about = {
  id: 'b',
  created: '2025',
  sealed: true,
  zstd: false,
  kind: 'manual',
  attributes: undefined,
  home: '/home/m',
} as const;
const commandOf = (text: string) => /^ +(age -d .*)$/m.exec(text)?.[1] ?? '';

test('The command in README.txt opens the secrets, typed as it stands there', async () => {
  const token = 'canary-canary';
  fs.writeFileSync(join(shop.tree, 'secret.txt'), token);
  const { path } = await shop.backup({ knownSecrets: [new Secret('A', token)] });
  const command = commandOf(fs.readFileSync(join(path, 'README.txt'), 'utf8'));
  const out = join(shop.path, 'out');
  fs.mkdirSync(out);

  const { status, stderr } = spawnSync('sh', ['-c', `${command} -C ${out}`], {
    cwd: path,
    env: { PATH: process.env['PATH'], HOME: shop.system.home },
  });

  expect(stderr.toString()).toBe('');
  expect(status).toBe(0);
  expect(fs.readFileSync(join(out, 'target/secret.txt'), 'utf8')).toBe(token);
});

test.each([
  ['/home/m/state/backup-identity.txt', `"$HOME"/state/backup-identity.txt`],
  ['/srv/agent/backup-identity.txt', '/srv/agent/backup-identity.txt'],
  ["/srv/it's mine/key.txt", `'/srv/it'\\''s mine/key.txt'`],
  ['/home/m/my agent/key.txt', `"$HOME"'/my agent/key.txt'`],
])('The identity %s is written as a shell reads it', (identityPath, typed) => {
  const command = commandOf(readmeText({ ...about, identityPath }));

  expect(command).toBe(`age -d -i ${typed} credentials.age | tar -xpf -`);
  const home = { HOME: dirname('/home/m/x'), PATH: process.env['PATH'] };
  const { stdout } = spawnSync('sh', ['-c', `printf %s ${typed}`], { env: home });
  expect(stdout.toString()).toBe(identityPath);
});
