import { describe, expect, it } from 'vitest';
import { digestOf, eventDigest, NO_EVENT } from '../../src/protocol/digest.ts';
import { type EventReader, signDurable, signPassing, verifyEvent } from '../../src/protocol/events.ts';
import type { DurableEvent, PassingEvent } from '../../src/protocol/messages.ts';
import { resign } from './forgery.ts';
import {
  A,
  B,
  CONN,
  commandJws,
  DIGEST,
  EVENT_ENVELOPE,
  EVENT_READER,
  H,
  JOB,
  keyOf,
  NOW,
  NOW_S,
  RUN,
} from './parties.ts';

const ACCEPTED: DurableEvent = { t: 'job.accepted', body: { job: JOB } };
const CANCELLED: DurableEvent = { t: 'job.cancelled', body: { job: JOB, undone: true } };
const PROGRESS: PassingEvent = {
  t: 'job.progress',
  body: { job: JOB, progress: { phase: 'backup', n: 3, of: 10, bytes: 4096 } },
};
const bytes = Buffer.alloc(65_536, 0xff);
const PART: PassingEvent = {
  t: 'job.part',
  body: { job: JOB, index: 0, sha256: digestOf(bytes), data: bytes.toString('base64url') },
};

const durable = (event: DurableEvent, seq: number, prev: string, key = A) =>
  signDurable(event, { ...EVENT_ENVELOPE, seq, prev }, key);
const passing = (event: PassingEvent, n: number, conn = CONN, key = A) =>
  signPassing(event, { ...EVENT_ENVELOPE, conn, n }, key);
const read = (raw: string, changes: Partial<EventReader> = {}) =>
  verifyEvent(raw, { ...EVENT_READER, ...changes });
const codeOf = async (raw: string, changes: Partial<EventReader> = {}) => {
  const result = await read(raw, changes);
  return result.ok ? 'taken' : result.code;
};

const first = durable(ACCEPTED, 1, NO_EVENT);
const second = durable(CANCELLED, 2, eventDigest(first));

describe('a chain of events', () => {
  it('is taken link by link', async () => {
    const one = await read(first);
    expect(one).toEqual({
      ok: true,
      durable: true,
      seq: 1,
      digest: eventDigest(first),
      at: NOW_S,
      event: ACCEPTED,
    });
    const two = await read(second, { last: { seq: 1, digest: eventDigest(first) } });
    expect(two).toMatchObject({ ok: true, seq: 2, event: CANCELLED });
  });

  it('knows an event that was stored before', async () => {
    expect(await codeOf(first, { last: { seq: 1, digest: eventDigest(first) } })).toBe('REPLAY');
    expect(await codeOf(first, { last: { seq: 5, digest: DIGEST } })).toBe('REPLAY');
  });

  it('shows that an event was acknowledged and dropped', async () => {
    expect(await codeOf(second)).toBe('STATE_REGRESSED');
  });

  it('shows that an event before was another one', async () => {
    const other = durable({ t: 'job.waiting_local', body: { job: JOB } }, 1, NO_EVENT);
    expect(await codeOf(second, { last: { seq: 1, digest: eventDigest(other) } })).toBe('STATE_REGRESSED');
    expect(await codeOf(durable(ACCEPTED, 1, DIGEST))).toBe('STATE_REGRESSED');
  });

  it('has no gap in its numbers, even if the link fits', async () => {
    const gap = durable(CANCELLED, 3, eventDigest(first));
    expect(await codeOf(gap, { last: { seq: 1, digest: eventDigest(first) } })).toBe('STATE_REGRESSED');
  });

  it('does not end by the clock: an event of last month is taken', async () => {
    expect(await codeOf(first, { now: new Date(NOW.getTime() + 30 * 86_400_000) })).toBe('taken');
  });
});

describe('a passing event', () => {
  it('is taken on its connection, gaps allowed', async () => {
    expect(await read(passing(PROGRESS, 4))).toEqual({
      ok: true,
      durable: false,
      n: 4,
      at: NOW_S,
      event: PROGRESS,
    });
  });

  it('carries 64 KiB of a plan', async () => {
    expect(await codeOf(passing(PART, 1))).toBe('taken');
  });

  it.each([
    ['again', passing(PROGRESS, 4), { connection: { conn: CONN, n: 4 } }],
    ['after a later one', passing(PROGRESS, 4), { connection: { conn: CONN, n: 9 } }],
    ['on another connection', passing(PROGRESS, 4, 'con_019ab2c3-d4e5-7f60-8123-4567890000ff'), {}],
  ])('is refused with REPLAY %s', async (_, raw, changes) => {
    expect(await codeOf(raw, changes)).toBe('REPLAY');
  });

  it('is refused where only durable ones are looked at', async () => {
    const { connection: _, ...reader } = EVENT_READER;
    expect(await verifyEvent(passing(PROGRESS, 4), reader)).toEqual({ ok: false, code: 'REPLAY' });
  });
});

describe('an event is refused', () => {
  it.each([
    ['EPOCH', 'of another epoch', first, { epoch: 2 }],
    ['CLOCK_SKEW', 'from a clock far ahead', first, { now: new Date(NOW.getTime() - 121_000) }],
    ['BAD_SIGNATURE', 'of another agent', durable(ACCEPTED, 1, NO_EVENT, keyOf(9)), {}],
    ['BAD_SIGNATURE', 'that the hub invented', durable(ACCEPTED, 1, NO_EVENT, H), {}],
    ['BAD_SIGNATURE', 'that the bot invented', durable(ACCEPTED, 1, NO_EVENT, B), {}],
    ['BAD_SIGNATURE', 'signed with a key that is no longer active', first, { agent: keyOf(9).publicJwk }],
    ['WRONG_AUDIENCE', 'of another name', first, { agentId: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }],
    ['WRONG_AUDIENCE', 'for another bot', first, { botId: `bt_${keyOf(9).kid}` }],
    ['WRONG_TYPE', 'that is a command', commandJws(), {}],
    ['UNKNOWN_TYPE', 'that is not in the list', resign(first, { claims: { t: 'job.paid' } }, A), {}],
    [
      'UNKNOWN_TYPE',
      'that is kept but should pass',
      resign(first, { claims: { t: 'job.progress', body: PROGRESS.body } }, A),
      {},
    ],
    [
      'UNKNOWN_TYPE',
      'that passes but should be kept',
      resign(passing(PROGRESS, 4), { claims: ACCEPTED }, A),
      {},
    ],
    ['BAD_PARAMS', 'with an end', resign(first, { claims: { exp: NOW_S + 60 } }, A), {}],
    ['BAD_PARAMS', 'with both kinds of numbers', resign(first, { claims: { conn: CONN, n: 1 } }, A), {}],
    ['BAD_PARAMS', 'without a link', resign(first, { claims: { prev: undefined } }, A), {}],
    [
      'BAD_PARAMS',
      'with a member too many',
      resign(first, { claims: { body: { job: JOB, path: '/home/ada' } } }, A),
      {},
    ],
    [
      'BAD_PARAMS',
      'with a reason in words',
      resign(first, { claims: { t: 'job.rejected', body: { job: JOB, code: 'because' } } }, A),
      {},
    ],
  ])('with %s if it is one %s', async (code, _, raw, changes) => {
    expect(await codeOf(raw, changes)).toBe(code);
  });

  it('if it is large and no part of a plan', async () => {
    const padded = resign(passing(PART, 1), { claims: { t: 'job.progress' } }, A);
    expect(await codeOf(padded)).toBe('BAD_PARAMS');
  });

  it('before it is signed, if its form is wrong', () => {
    const wrong: DurableEvent = { t: 'job.interrupted', body: { job: JOB, run: `${RUN}x` } };
    expect(() => durable(wrong, 1, NO_EVENT)).toThrow('job.interrupted is not of its form');
    expect(() => passing(PROGRESS, 0)).toThrow('job.progress is not of its form');
  });
});
