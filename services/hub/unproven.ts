import type { Socket } from 'node:net';
import { UNPROVEN } from '../../src/protocol/limits.ts';

interface Counted {
  address: string | undefined;
}

/** Connections that have proven nothing yet: so many in all and for each address (channel.md §8). */
export class Unproven {
  readonly #counted = new Map<Socket | string, Counted>();

  /** False when there are too many. `address` is undefined on a Unix socket, which has one user, and of a proxy. */
  enter(socket: Socket, address: string | undefined): boolean {
    if (this.#counted.size >= UNPROVEN.inAll || !this.#hasRoom(address)) return false;
    const key = keyOf(socket);
    const counted = { address };
    this.#counted.set(key, counted);
    // The next connection may come from the same port before this one is known to be closed.
    socket.once('close', () => {
      if (this.#counted.get(key) === counted) this.#counted.delete(key);
    });
    return true;
  }

  /** The proxy said for whom this connection is. False when that one has too many. */
  name(socket: Socket, address: string): boolean {
    const counted = this.#counted.get(keyOf(socket));
    if (counted?.address !== address && !this.#hasRoom(address)) return false;
    if (counted !== undefined) counted.address = address;
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
    const same = [...this.#counted.values()].filter((one) => one.address === address).length;
    return same < UNPROVEN.perAddress;
  }
}

/** The same for a connection and for what TLS makes of it, which are two objects with the same two ends. */
function keyOf(socket: Socket): Socket | string {
  const { remoteAddress, remotePort, localAddress } = socket;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort} ${localAddress}`;
}
