import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultHubAddress, parseHubAddress } from '../../../services/hub/address.ts';

describe('the address of the hub', () => {
  it('is a socket or a port of 127.0.0.1', () => {
    expect(parseHubAddress('unix:/run/x/hub.sock')).toEqual({ kind: 'unix', path: '/run/x/hub.sock' });
    expect(parseHubAddress('ws://127.0.0.1:8080')).toEqual({ kind: 'loopback', port: 8080 });
  });

  it.each([
    '',
    'unix:',
    'unix:hub.sock',
    'ws://0.0.0.0:1',
    'ws://localhost:1',
    'ws://127.0.0.1',
    'ws://127.0.0.1:65536',
    'wss://example.org',
  ])('is nothing else: %s', (text) => {
    expect(() => parseHubAddress(text)).toThrow(expect.objectContaining({ code: 'HUB_ADDRESS_INVALID' }));
  });

  it('never throws anything raw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseHubAddress(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'HUB_ADDRESS_INVALID' });
        }
      }),
    );
  });

  it('is in the runtime folder, or else below the home', () => {
    expect(defaultHubAddress({ XDG_RUNTIME_DIR: '/run/user/1000' }, '/home/ada')).toBe(
      'unix:/run/user/1000/migration-bot/hub.sock',
    );
    expect(defaultHubAddress({ XDG_RUNTIME_DIR: '' }, '/home/ada')).toBe(
      'unix:/home/ada/.local/state/migration-bot/hub.sock',
    );
  });
});
