import { closeNameOf, type Fate, fateOf } from '../../protocol/close-codes.ts';
import { TRANSPORT } from '../../protocol/limits.ts';

/** How one try to be connected ended. */
export type Try =
  /** No hub was reached. */
  | { readonly end: 'unreachable'; readonly reason: string }
  /** Closed with this code; `proven` tells whether both sides had proven themselves. */
  | { readonly end: 'closed'; readonly code: number; readonly proven: boolean }
  /** Measure or measure again at once: the clocks parted. */
  | { readonly end: 'again' }
  /** Somebody here asked to stop, or this computer is not paired any more. */
  | { readonly end: 'stopped' };

export interface Reconnecting {
  connectOnce(): Promise<Try>;
  /** Ends early, with true, when somebody asks to stop. */
  wait(milliseconds: number): Promise<boolean>;
  /** Between 0 and 1. */
  random(): number;
  tell(line: string): void;
}

/**
 * Stays connected until it is stopped, or until a close code says that only a person can mend it.
 * Waits: random up to 1 s, 2 s, 4 s … 60 s (full jitter), anew after each proven connection; an hour where a try can only
 * help once somebody did something.
 */
export async function stayConnected(how: Reconnecting): Promise<'stopped' | Extract<Fate, 'stop'>> {
  let failures = 0;
  let told = '';
  for (;;) {
    const last = await how.connectOnce();
    if (last.end === 'stopped') return 'stopped';
    if (last.end === 'again') continue;
    const fate = last.end === 'unreachable' ? 'retry' : fateOf(last.code);
    const line = lineOf(last, fate);
    if (last.end === 'closed' && last.proven) failures = 0;
    if (line !== told || fate !== 'retry') how.tell(line);
    told = last.end === 'closed' && last.proven ? '' : line;
    if (fate === 'stop') return 'stop';
    const bound = Math.min(TRANSPORT.retryLongestMs, TRANSPORT.retryFirstMs * 2 ** Math.min(failures++, 16));
    const wait = fate === 'retry hourly' ? TRANSPORT.retryHourlyMs : how.random() * bound;
    if (await how.wait(wait)) return 'stopped';
  }
}

function lineOf(last: Extract<Try, { end: 'unreachable' | 'closed' }>, fate: Fate): string {
  const next =
    fate === 'retry'
      ? 'trying again'
      : fate === 'retry hourly'
        ? 'trying again in an hour; start `connect` anew to try at once'
        : 'not trying again';
  if (last.end === 'unreachable') return `no bot was reached (${last.reason}); ${next}`;
  const name = closeNameOf(last.code);
  return `${name === undefined ? 'the connection broke' : WORDS[name]}; ${next}`;
}

const WORDS = {
  BAD_FRAME: 'the connection ended over a message that was not understood',
  AUTH_FAILED:
    'the other side could not prove to be the bot that this computer is linked to, or would not take this key',
  REVOKED: 'this computer was revoked in Discord',
  TIMEOUT: 'the other side took too long',
  REPLACED: 'another agent with this identity has connected',
  UNPAIRED: 'the bot does not know this computer; link it again with `unpair` and `pair`',
  TOO_LARGE: 'a message was too large',
  VERSION: 'bot and agent are of versions that do not fit; update both',
  RATE: 'too much was sent at once',
  DRAIN: 'the bot is restarting',
} as const;
