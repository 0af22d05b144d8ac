import type { Socket } from 'node:net';
import { UNPROVEN } from '../../src/protocol/limits.ts';

/** Connections that have proven nothing yet: so many in all and for each address (channel.md §8). */
export class Unproven {
  readonly #counted = new Map<Socket | string, string | undefined>();

  /** False when there are too many. `address` is undefined on a Unix socket, which has one user, and of a proxy. */
  enter(socket: Socket, address: string | undefined): boolean {
    if (this.#counted.size >= UNPROVEN.inAll || !this.#hasRoom(address)) return false;
    const key = keyOf(socket);
    this.#counted.set(key, address);
    socket.once('close', () => this.#counted.delete(key));
    return true;
  }

  /** The proxy said for whom this connection is. False when that one has too many. */
  name(socket: Socket, address: string): boolean {
    if (!this.#hasRoom(address)) return false;
    const key = keyOf(socket);
    if (this.#counted.has(key)) this.#counted.set(key, address);
    return true;
  }

  /** It is proven, or counted elsewhere. */
  leave(socket: Socket): void {
    this.#counted.delete(keyOf(socket));
  }

  get count(): number {
    return this.#counted.size;
  }

  #hasRoom(address: string | undefined): boolean {
    if (address === undefined) return true;
    const same = [...this.#counted.values()].filter((one) => one === address).length;
    return same < UNPROVEN.perAddress;
  }
}

/** The same for a connection and for what TLS makes of it, which are two objects with one other end. */
function keyOf(socket: Socket): Socket | string {
  const { remoteAddress, remotePort } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort}`;
}
