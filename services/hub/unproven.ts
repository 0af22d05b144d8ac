import type { Socket } from 'node:net';
import { UNPROVEN } from '../../src/protocol/limits.ts';

/** Connections that have proven nothing yet: so many in all and for each address (channel.md §8). */
export class Unproven {
  readonly #sockets = new Map<Socket, string | undefined>();

  /** False when there are too many. `address` is undefined on a Unix socket, which has one user. */
  enter(socket: Socket, address: string | undefined): boolean {
    const all = [...this.#sockets.values()];
    if (all.length >= UNPROVEN.inAll) return false;
    const same = address === undefined ? 0 : all.filter((one) => one === address).length;
    if (same >= UNPROVEN.perAddress) return false;
    this.#sockets.set(socket, address);
    socket.once('close', () => this.#sockets.delete(socket));
    return true;
  }

  /** It is proven, or counted elsewhere. */
  leave(socket: Socket): void {
    this.#sockets.delete(socket);
  }

  get count(): number {
    return this.#sockets.size;
  }
}
