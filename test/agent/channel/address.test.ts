import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressText, checkSocket, hubAddresses, parseAddress } from '../../../src/agent/channel/address.ts';
import { systemAt } from '../../helpers/plan.ts';
import { useTempFolder } from '../../helpers/temp.ts';

describe('an address of a hub', () => {
  it.each([
    'unix:/run/user/1000/migration-bot/hub.sock',
    'ws://127.0.0.1:8443',
    'ws://[::1]:9',
    'wss://bot.example',
  ])('is read and written as the same text: %s', (text) =>
    expect(addressText(parseAddress(text))).toBe(text),
  );

  it.each([
    ['ws://192.168.1.4:80', 'without encryption'],
    ['ws://localhost:80', 'without encryption'],
    ['ws://127.0.0.1.example:80', 'without encryption'],
    ['http://127.0.0.1:80', 'must read'],
    ['wss://user:word@bot.example', 'nothing but a host and a port'],
    ['wss://bot.example/other', 'may not hold a path'],
    ['wss://bot.example/?token=1', 'nothing but a host and a port'],
    ['unix:hub.sock', 'starts with /'],
    [`unix:/${'x'.repeat(100)}`, 'at most 100 bytes'],
    ['', 'must read'],
  ])('is refused with its reason: %s', (text, reason) => {
    expect(() => parseAddress(text)).toThrow(
      expect.objectContaining({ code: 'BOT_ADDRESS_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('is what was given, else what the environment says, else that of the pairing, else both usual sockets', () => {
    const paths = (env: Record<string, string>, given?: string, paired?: string) =>
      hubAddresses(systemAt('/home/ada', env), given, paired).map(addressText);
    const env = { MIGRATION_HUB: 'unix:/b' };
    expect(paths(env, 'unix:/a', 'unix:/c')).toEqual(['unix:/a']);
    expect(paths(env, undefined, 'unix:/c')).toEqual(['unix:/b']);
    expect(paths({}, undefined, 'unix:/c')).toEqual(['unix:/c']);
    expect(paths({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual([
      'unix:/run/user/7/migration-bot/hub.sock',
      'unix:/home/ada/.local/state/migration-bot/hub.sock',
    ]);
  });
});

describe('a socket', () => {
  const folder = useTempFolder();

  it('is not used when it is none, or when others may look into its folder', () => {
    const place = join(folder(), 'bot');
    const path = join(place, 'hub.sock');
    const system = systemAt(folder());
    expect(() => checkSocket(system, path)).toThrow(expect.objectContaining({ code: 'BOT_UNREACHABLE' }));
    mkdirSync(place, { mode: 0o700 });
    writeFileSync(path, '');
    expect(() => checkSocket(system, path)).toThrow(expect.objectContaining({ code: 'BOT_SOCKET_UNSAFE' }));
    chmodSync(place, 0o750);
    expect(() => checkSocket(system, path)).toThrow(/others may look into its folder/);
  });
});
