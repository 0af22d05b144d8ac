import { describe, expect, it } from 'vitest';
import { HubCertificate } from '../../../services/hub/certificate.ts';
import { verifyCertificate } from '../../../src/protocol/certificates.ts';
import { B, BOT, H, N, NOW } from '../../protocol/parties.ts';

const HOUR = 3_600_000;

/** Two clocks that are moved apart. */
function clocks() {
  const moved = { time: 0, elapsed: 0 };
  const clock = { now: () => new Date(NOW.getTime() + moved.time), elapsed: () => moved.elapsed };
  const identity = { botId: BOT, bot: B, hub: H, next: N.kid };
  return { moved, clock, certificate: new HubCertificate(identity, clock) };
}

describe("the hub's certificate", () => {
  it('is by B for this hub, and stays for half its life', async () => {
    const { moved, clock, certificate } = clocks();
    const first = certificate.jws;

    moved.elapsed = moved.time = 12 * HOUR - 1;

    expect(certificate.renewIfDue()).toBe(false);
    expect(certificate.jws).toBe(first);
    const reader = { bot: B.publicJwk, botId: BOT, now: clock.now() };
    expect(await verifyCertificate(first, reader)).toMatchObject({ ok: true, hub: { jwk: H.publicJwk } });
  });

  it.each([
    ['by the clock that never jumps', { time: 0, elapsed: 12 * HOUR }],
    ['by the time of day, as after a sleep', { time: 12 * HOUR, elapsed: 1 }],
    ['when the clock was set back', { time: -12 * HOUR, elapsed: 1 }],
  ])('is made anew after it, %s', (_, to) => {
    const { moved, certificate } = clocks();

    Object.assign(moved, to);

    expect(certificate.renewIfDue()).toBe(true);
    expect(certificate.renewIfDue()).toBe(false);
  });
});
