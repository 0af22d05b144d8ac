import {
  AgentPairing,
  type AgentPairingStep,
  type OfferedBot,
  type Pins,
} from '../../protocol/agent-pairing.ts';
import { type CloseName, closeNameOf } from '../../protocol/close-codes.ts';
import { type KeyPair, newKey } from '../../protocol/keys.ts';
import { PAIRING } from '../../protocol/limits.ts';
import type { PairClaimed } from '../../protocol/pairing-frames.ts';
import type { ThreeWords } from '../../protocol/words.ts';
import { AppError } from '../../shared/errors.ts';
import type { System } from '../system.ts';
import { addressText } from './address.ts';
import type { Connection } from './connection.ts';
import { type Identity, writeIdentity } from './identity.ts';
import type { Timers } from './timers.ts';

export interface PairingRequest {
  /** The Discord user name or id that was typed. */
  readonly account: string;
  readonly label: string;
  readonly os: string;
  readonly user: string;
  readonly timers: Timers;
  /** The words are the same on both sides, or somebody is in between. From another machine there is a code to type in Discord. */
  show(shown: { readonly words: ThreeWords; readonly code: string | null; readonly bot: OfferedBot }): void;
  claimed(claim: PairClaimed): void;
  /** From another machine: shows who claimed this computer, and asks for the six digits that Discord shows. */
  digits(claim: PairClaimed, triesLeft: number, signal: AbortSignal): Promise<string>;
  stopAsked(): boolean;
}

const LOOK_MS = 250;

/**
 * Pairs over an open connection and writes the identity to `path` before the bot is told that it is written. The key is
 * made for this pairing; whatever ends it early, the key was never on the disk.
 * @throws PAIRING_FAILED
 */
export async function pairOver(
  connection: Connection,
  system: System,
  path: string,
  request: PairingRequest,
): Promise<Identity> {
  const key = newKey();
  const { account, label, os, user, timers } = request;
  const sameMachine = connection.address.kind === 'unix';
  const pairing = new AgentPairing({ key, account, label, os, user, sameMachine, clock: system });
  const { promise, resolve, reject } = Promise.withResolvers<Identity>();
  const fail = (name: CloseName) => {
    connection.close(name);
    reject(failed(name));
  };
  const stopTimer = timers.after(PAIRING.totalMs, () => fail('TIMEOUT'));
  const stopLooking = whenAsked(request, () => {
    connection.close('DONE');
    reject(new AppError('PAIRING_FAILED', { reason: 'it was stopped here' }));
  });
  const over = new AbortController();
  const follow = (step: AgentPairingStep): void => {
    // Whoever asked has been told that it ended.
    if (over.signal.aborted) return;
    if ('close' in step) {
      fail(step.close);
    } else if ('keep' in step) {
      const identity = identityOf(step.keep, key, connection);
      writeIdentity(system, path, identity);
      connection.send(step.acknowledgement);
      resolve(identity);
    } else if ('askDigits' in step) {
      void typeDigits(pairing, request, step.askDigits, over.signal).then(follow).catch(reject);
    } else if ('send' in step) {
      connection.send(step.send);
      if ('words' in step) request.show(step);
      else request.claimed(step.claimed);
    }
  };
  connection.serve(async (frame) => follow(await pairing.onFrame(frame)));
  void connection.closed.then(({ code }) => reject(connection.failure ?? failed(closeNameOf(code))));
  connection.keepAlive(timers, Math.random);
  connection.send(pairing.start());
  try {
    return await promise;
  } finally {
    over.abort();
    stopTimer();
    stopLooking();
    connection.close('DONE');
  }
}

/** Asks until the digits are right or were wrong too often. The connection may end meanwhile: then nobody is asked any more. */
async function typeDigits(
  pairing: AgentPairing,
  request: PairingRequest,
  claim: PairClaimed,
  signal: AbortSignal,
): Promise<AgentPairingStep> {
  let triesLeft: number = PAIRING.digitTries;
  for (;;) {
    const step = pairing.type(await request.digits(claim, triesLeft, signal));
    if (!('triesLeft' in step)) return step;
    triesLeft = step.triesLeft;
  }
}

function identityOf(pins: Pins, key: KeyPair, connection: Connection): Identity {
  return { ...pins, key, hub: addressText(connection.address) };
}

function whenAsked({ timers, stopAsked }: PairingRequest, run: () => void): () => void {
  let stop = () => {};
  const look = () => {
    if (stopAsked()) run();
    else stop = timers.after(LOOK_MS, look);
  };
  look();
  return () => stop();
}

function failed(name: CloseName | undefined): AppError {
  const reasons: Partial<Record<CloseName, string>> = {
    AUTH_FAILED:
      'it was refused, another account answered than was typed, the digits were wrong, or somebody is in between',
    TIMEOUT: 'nobody answered in Discord in time',
    RATE: 'it was asked too often; wait an hour',
    VERSION: 'bot and agent are of versions that do not fit',
    REVOKED: 'the bot refuses this computer',
  };
  const reason = (name && reasons[name]) ?? 'the connection ended';
  return new AppError('PAIRING_FAILED', { reason });
}
