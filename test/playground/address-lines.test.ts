import { expect, it } from 'vitest';
import { addressLines } from '../../src/playground/address-lines.ts';

const PAGE = { url: 'http://127.0.0.1:4321/?key=k', port: 4321 };

it('prints the address alone where a browser can be', () => {
  expect(addressLines(PAGE, { DISPLAY: ':0', SSH_CONNECTION: '10.0.0.2 5 10.0.0.1 22' })).toEqual([PAGE.url]);
  expect(addressLines(PAGE, {})).toEqual([PAGE.url]);
});

it('prints how to forward the port where somebody is logged in over SSH and there is no display', () => {
  const lines = addressLines(PAGE, { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22', USER: 'me' });
  expect(lines).toEqual([PAGE.url, 'On your own computer, first: ssh -L 4321:127.0.0.1:4321 me@10.0.0.1']);
});

it('names a port of the SSH server that is not the usual one', () => {
  const [, line] = addressLines(PAGE, { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 2222' });
  expect(line).toBe('On your own computer, first: ssh -p 2222 -L 4321:127.0.0.1:4321 10.0.0.1');
});
