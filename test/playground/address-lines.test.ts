import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { addressLines } from '../../src/playground/address-lines.ts';

const PAGE = { url: 'http://127.0.0.1:4321/?key=k', port: 4321 };
const at = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
  addressLines(PAGE, { env, platform });

it('prints the address alone where a browser can be', () => {
  expect(at({ DISPLAY: ':0', SSH_CONNECTION: '10.0.0.2 5 10.0.0.1 22' })).toEqual([PAGE.url]);
  expect(at({ WAYLAND_DISPLAY: 'wayland-0' })).toEqual([PAGE.url]);
  expect(at({}, 'darwin')).toEqual([PAGE.url]);
});

it('prints how to forward the port where there is no display', () => {
  const overSsh = { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22', USER: 'me' };
  expect(at(overSsh)[1]).toBe('From another computer, first: ssh -L 4321:127.0.0.1:4321 me@10.0.0.1');
  expect(at({})[1]).toBe(`From another computer, first: ssh -L 4321:127.0.0.1:4321 ${hostname()}`);
});

it('names a port of the SSH server that is not the usual one', () => {
  const [, line] = at({ SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 2222' });
  expect(line).toBe('From another computer, first: ssh -p 2222 -L 4321:127.0.0.1:4321 10.0.0.1');
});
