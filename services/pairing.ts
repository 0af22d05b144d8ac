import { PAIRING, UNPROVEN } from '../src/protocol/limits.ts';
import type { Connection } from './hub/connection.ts';
import { OpenPairing, type PairingDeps } from './open-pairing.ts';
import type { PairingRequest, Pairings } from './services.ts';

export interface PairingDesk {
  readonly pairings: Pairings;
  /** A connection's first frame asks for a pairing: takes it over, or closes it. */
  receive(connection: Connection, frame: Buffer): Promise<void>;
  /** To be called every second: closes what took longer than five minutes. */
  tick(): void;
}

/**
 * Pairing on the bot's own machine (channel.md §5): without a code, so only over the Unix socket whose folder and file were
 * checked, and only for the bot's owner, whom Discord asks.
 */
export function createPairings(deps: Omit<PairingDeps, 'onState' | 'onOver'>): PairingDesk {
  const { owner, guild, onFault } = deps;
  const open = new Set<OpenPairing>();
  const listeners = new Set<Parameters<Pairings['onChange']>[0]>();

  function onState(request: PairingRequest, state: 'open' | 'paired' | 'refused' | 'expired'): void {
    for (const listener of listeners) {
      try {
        listener(request, state);
      } catch (error) {
        onFault(error);
      }
    }
  }

  const isAsked = (person: { readonly guild: string; readonly user: string }) =>
    person.user === owner && (guild === undefined || person.guild === guild);

  return {
    pairings: {
      async open(person) {
        if (!isAsked(person)) return [];
        return [...open].flatMap(({ request }) => request ?? []);
      },
      async answer(actor, id, yes) {
        const asked = isAsked(actor) ? [...open].find(({ request }) => request?.id === id) : undefined;
        return asked === undefined ? 'gone' : await asked.answer(actor, yes);
      },
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },

    async receive(connection, frame) {
      // Not written down: anybody on the computer could fill the disk with it.
      if (!connection.sameUser) return connection.close('AUTH_FAILED');
      if (open.size >= UNPROVEN.pairingsInAll) return connection.close('RATE');
      connection.leaveUnproven();
      const pairing = new OpenPairing({ ...deps, onState, onOver: () => open.delete(pairing) }, connection);
      open.add(pairing);
      connection.handOver(pairing);
      await pairing.onFrame(frame);
    },

    tick() {
      for (const pairing of open) if (pairing.age > PAIRING.totalMs) pairing.expire();
    },
  };
}
