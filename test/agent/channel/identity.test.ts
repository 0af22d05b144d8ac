import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Identity,
  readIdentity,
  removeIdentity,
  writeIdentity,
} from '../../../src/agent/channel/identity.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';
import { A, AGENT, APP, B, BOT, GUILD, N, OWNER } from '../../protocol/parties.ts';

const IDENTITY: Identity = {
  key: A,
  agentId: AGENT,
  botId: BOT,
  bot: B.publicJwk,
  next: N.kid,
  app: APP,
  guild: GUILD,
  approvers: [OWNER.id],
  epoch: 1,
  hub: 'unix:/run/user/7/migration-bot/hub.sock',
};

describe('the identity of a computer', () => {
  const folder = useTempFolder();
  const path = () => join(folder(), 'agent', 'channel', 'identity.json');

  it('is one file that only its owner can read, in a folder that only the owner can open', () => {
    const system = systemAt(folder());
    expect(readIdentity(system, path())).toBeUndefined();
    writeIdentity(system, path(), IDENTITY);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(join(path(), '..')).mode & 0o777).toBe(0o700);
    expect(readIdentity(system, path())).toMatchObject({ ...IDENTITY, key: { kid: A.kid } });
    removeIdentity(system, path());
    expect(readIdentity(system, path())).toBeUndefined();
  });

  it.each([
    ['other users may read it', (file: string) => chmodSync(file, 0o640)],
    ['a member is missing', (file: string) => edit(file, (text) => text.replace(/"guild".*\n/, ''))],
    ['a member was added', (file: string) => edit(file, (text) => text.replace('{', '{"more": 1,'))],
    [
      'a member stands there twice',
      (file: string) => edit(file, (text) => text.replace('{', '{"epoch": 1,')),
    ],
    [
      'the key is damaged',
      (file: string) => edit(file, (text) => text.replace(/KEY-----\\n.{8}/, 'KEY-----\\nAAAAAAAA')),
    ],
    [
      'the address leads beyond this machine',
      (file: string) => edit(file, (text) => text.replace(/unix:[^"]+/, 'ws://192.0.2.1:1')),
    ],
    ['it was cut off', (file: string) => edit(file, (text) => text.slice(0, 200))],
  ])('is not used when %s, and nothing of the key is told', (_name, damage) => {
    const system = systemAt(folder());
    writeIdentity(system, path(), IDENTITY);
    const key = /KEY-----\\n([^\\]{20,})/.exec(readFileSync(path(), 'utf8'))?.[1] ?? '';
    damage(path());
    const look = () => readIdentity(system, path());
    expect(look).toThrow(expect.objectContaining({ code: 'IDENTITY_UNUSABLE' }));
    expect(key).not.toBe('');
    expect(look).not.toThrow(key);
  });
});

function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
