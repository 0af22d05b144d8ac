import { createHmac, randomBytes } from 'node:crypto';
import { UNPROVEN } from '../src/protocol/limits.ts';
import { newPairingCode, readPairingCode } from '../src/protocol/pairing-code.ts';
import type { Connection } from './hub/connection.ts';
import { OpenPairing, type PairingDeps } from './open-pairing.ts';
import { PairingPace } from './pairing-pace.ts';
import type { Actor, Owner, PairingRequest, Pairings } from './services.ts';

export interface PairingDesk {
  readonly pairings: Pairings;
  /** A connection's first frame asks for a pairing: takes it over, or closes it. */
  receive(connection: Connection, frame: Buffer): Promise<void>;
  /** To be called every second: closes what took longer than five minutes. */
  tick(): void;
}

/**
 * Pairing (channel.md §5). Without a code only over the Unix socket whose folder and file were checked, and only for the
 * bot's owner, whom Discord asks. Everybody else types in Discord the code that the computer's terminal shows, and at the
 * terminal the digits that Discord shows.
 */
export function createPairings(
  deps: Omit<PairingDeps, 'onState' | 'onOver' | 'code' | 'codeHash'>,
): PairingDesk {
  const { records, owner, guild, clock, onFault } = deps;
  const open = new Set<OpenPairing>();
  const listeners = new Set<Parameters<Pairings['onChange']>[0]>();
  const pace = new PairingPace(clock);
  // A code lives as long as its connection, so that a key of this start is enough.
  const codeKey = randomBytes(32);
  const codeHash = (code: string) => createHmac('sha256', codeKey).update(code).digest('hex');

  function onState(request: PairingRequest, state: 'open' | 'paired' | 'refused' | 'expired'): void {
    for (const listener of listeners) {
      try {
        listener(request, state);
      } catch (error) {
        onFault(error);
      }
    }
  }

  const isAtHome = (person: Owner) => guild === undefined || person.guild === guild;
  const mayAnswer = ({ isByCode }: OpenPairing, person: Owner) =>
    isAtHome(person) && (isByCode || person.user === owner);
  const find = (actor: Actor, id: string) =>
    [...open].find((pairing) => pairing.request?.id === id && mayAnswer(pairing, actor));

  /** Nobody takes the room of the others, nor of the bot's own machine. */
  const isFull = (address: string | undefined) => {
    const strangers = [...open].filter(({ isByCode }) => isByCode);
    const same = strangers.filter((pairing) => pairing.address === address);
    return strangers.length >= UNPROVEN.pairingsInAll || same.length >= UNPROVEN.pairingsPerAddress;
  };

  return {
    pairings: {
      async open(person) {
        const theirs = [...open].filter((pairing) => !pairing.isByCode && mayAnswer(pairing, person));
        return theirs.flatMap(({ request }) => request ?? []);
      },

      async answer(actor, id, yes) {
        const asked = find(actor, id);
        if (asked === undefined || (asked.isByCode && yes)) return 'gone';
        return await asked.answer(actor, yes);
      },

      async byCode(actor, typed) {
        if (!(await records.codeTries.take(actor))) return 'locked';
        const code = readPairingCode(typed);
        const hash = code === undefined ? undefined : codeHash(code);
        const asked = [...open].find((pairing) => hash !== undefined && pairing.codeHash === hash);
        return asked?.request !== undefined && asked.isPending && isAtHome(actor) ? asked.request : 'unknown';
      },

      async claim(actor, id) {
        const asked = find(actor, id);
        return asked?.isByCode === true ? await asked.claim(actor) : 'gone';
      },

      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },

    async receive(connection, frame) {
      const { sameUser, address } = connection;
      if (!sameUser && isFull(address)) return connection.close('RATE');
      if (address !== undefined && !pace.take(address)) return connection.close('RATE');
      connection.leaveUnproven();
      const code = sameUser ? null : newPairingCode();
      const own = { code, codeHash: code === null ? undefined : codeHash(code) };
      const onOver = () => open.delete(pairing);
      const pairing = new OpenPairing({ ...deps, ...own, onState, onOver }, connection);
      open.add(pairing);
      connection.handOver(pairing);
      await pairing.onFrame(frame);
    },

    tick() {
      for (const pairing of open) if (pairing.isLate) pairing.expire();
    },
  };
}
