import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Unproven } from '../../../services/hub/unproven.ts';
import { UNPROVEN } from '../../../src/protocol/limits.ts';

/** What of a socket is looked at. */
function socket(remotePort: number): Socket {
  const ends = { remoteAddress: '203.0.113.7', remotePort, localAddress: '192.0.2.1' };
  return Object.assign(new EventEmitter(), ends) as unknown as Socket;
}

it('counts a connection that comes from the port of one whose end is told later', () => {
  const unproven = new Unproven();
  const first = socket(4000);
  unproven.enter(first, 'a');
  const second = socket(4000);
  unproven.enter(second, 'a');

  first.emit('close');

  expect(unproven.count).toBe(1);
  second.emit('close');
  expect(unproven.count).toBe(0);
});

it('has twenty places for each address that a proxy tells', () => {
  const unproven = new Unproven();
  const sockets = Array.from({ length: UNPROVEN.perAddress + 1 }, (_, n) => socket(5000 + n));
  for (const one of sockets) unproven.enter(one, undefined);

  const named = sockets.map((one) => unproven.name(one, 'a'));

  expect(named.filter(Boolean)).toHaveLength(UNPROVEN.perAddress);
  unproven.leave(sockets[0] as Socket);
  expect(unproven.name(sockets.at(-1) as Socket, 'a')).toBe(true);
});
