import { signCertificate } from '../../src/protocol/certificates.ts';
import type { Clock } from '../../src/protocol/clock.ts';
import { TIMES } from '../../src/protocol/limits.ts';
import type { BotIdentity } from './identity.ts';

interface Moment {
  readonly time: number;
  readonly elapsed: number;
}

/** B's word for this hub's key: for a day, made anew after half of it (channel.md §1). */
export class HubCertificate {
  readonly #identity: BotIdentity;
  readonly #clock: Clock;
  #jws: string;
  /** By both clocks: one stands still while the machine sleeps, the other may be set. */
  #madeAt: Moment;

  constructor(identity: BotIdentity, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
    this.#jws = this.#sign();
    this.#madeAt = momentOf(clock);
  }

  get jws(): string {
    return this.#jws;
  }

  /** True when there is a new one, which the connected agents are to be told. */
  renewIfDue(): boolean {
    const now = momentOf(this.#clock);
    const age = Math.max(now.elapsed - this.#madeAt.elapsed, Math.abs(now.time - this.#madeAt.time));
    if (age < TIMES.certificateRenewS * 1000) return false;
    this.#jws = this.#sign();
    this.#madeAt = now;
    return true;
  }

  #sign(): string {
    const { hub, bot, botId } = this.#identity;
    return signCertificate(hub.publicJwk, botId, this.#clock.now(), bot);
  }
}

/** Milliseconds. */
function momentOf(clock: Clock): Moment {
  return { time: clock.now().getTime(), elapsed: clock.elapsed() };
}
