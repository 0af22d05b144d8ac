import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CommandReader, signCommand, verifyCommand } from '../../src/protocol/commands.ts';
import { bodyDigest, NO_EVENT } from '../../src/protocol/digest.ts';
import { signDurable } from '../../src/protocol/events.ts';
import { MAX_NUMBER } from '../../src/protocol/limits.ts';
import type { Command } from '../../src/protocol/messages.ts';
import { decode, resign } from './forgery.ts';
import {
  A,
  ACTOR,
  APPLY,
  APPROVAL,
  ASSESS,
  B,
  COMMAND_ID,
  COMMAND_READER,
  commandJws,
  DIGEST,
  ENVELOPE,
  EVENT_ENVELOPE,
  JOB,
  keyOf,
  NOW,
  NOW_S,
  RUN,
} from './parties.ts';

const read = (raw: string, changes: Partial<CommandReader> = {}) =>
  verifyCommand(raw, { ...COMMAND_READER, ...changes });
const codeOf = async (raw: string, changes: Partial<CommandReader> = {}) => {
  const result = await read(raw, changes);
  return result.ok ? 'taken' : result.code;
};
const withBody = (command: Command, changes: object) =>
  resign(commandJws(command), { claims: { body: { ...command.body, ...changes } } }, B);

describe('a command', () => {
  it('comes back as it was signed', async () => {
    expect(await read(commandJws())).toEqual({
      ok: true,
      id: COMMAND_ID,
      seq: 7,
      expires: NOW_S + 900,
      digest: bodyDigest(ASSESS.body),
      command: ASSESS,
    });
  });

  const id = fc.constantFrom(JOB);
  const actor = fc.constantFrom(ACTOR);
  const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
  const record = fc.integer({ min: 1, max: 1_000_000 });
  const root = fc.integer({ min: 1, max: 999 }).map((n) => `root-${n}`);
  const read1 = fc.oneof(
    fc.record({ type: fc.constantFrom('assess', 'plan', 'export'), params: fc.record({ root }) }),
    fc.record({ type: fc.constantFrom('status', 'backups'), params: fc.constant({}) }),
    fc.record({
      type: fc.constant('rollback-preview'),
      params: fc.record({ backup: record }, { requiredKeys: [] }),
    }),
    fc.record({ type: fc.constant('import-plan'), params: fc.record({ root, export: record }) }),
    fc.record({ type: fc.constant('verify'), params: fc.record({ backup: record }) }),
    fc.record({
      type: fc.constant('check'),
      params: fc.record(
        { integrations: fc.array(fc.constantFrom('discord', 'claude'), { minLength: 1, maxLength: 5 }) },
        { requiredKeys: [] },
      ),
    }),
  );
  const write = fc.oneof(
    fc.record({ type: fc.constantFrom('apply', 'rollback'), params: fc.record({ plan: digest }) }),
    fc.record({ type: fc.constantFrom('resume', 'undo'), params: fc.constant({ run: RUN }) }),
  );
  const command = fc.oneof(
    read1.map((job) => ({ t: 'job.run', body: { job: JOB, ...job, actor: ACTOR } })),
    fc.tuple(write, digest).map(([job, plan]) => ({
      t: 'job.run',
      body: { job: JOB, ...job, actor: ACTOR, approval: { ...APPROVAL, plan } },
    })),
    fc.record({ t: fc.constantFrom('job.cancel', 'state.query'), body: fc.record({ job: id, actor }) }),
    fc.record({ t: fc.constant('part.get'), body: fc.record({ job: id, index: fc.nat(127) }) }),
    fc.record({ t: fc.constant('resync'), body: fc.record({ epoch: fc.integer({ min: 1 }), actor }) }),
    fc.constant({ t: 'agent.unpair', body: {} }),
  ) as unknown as fc.Arbitrary<Command>;

  it('of every kind comes back as it was signed', async () => {
    await fc.assert(
      fc.asyncProperty(command, fc.integer({ min: 7, max: MAX_NUMBER }), async (one, seq) => {
        const result = await read(commandJws(one, { seq }));
        expect(result).toMatchObject({ ok: true, seq, command: one });
      }),
    );
  });

  it('that is asked for again has the same digest, another one has not', async () => {
    const first = await read(commandJws());
    const again = await read(commandJws(ASSESS, { seq: 8, now: new Date(NOW.getTime() + 1000) }));
    const other = await read(withBody(ASSESS, { params: { root: 'root-2' } }));
    expect(first).toMatchObject({ ok: true, digest: (again as { digest: string }).digest });
    expect(other).not.toMatchObject({ digest: (again as { digest: string }).digest });
  });
});

describe('a command is refused', () => {
  it.each([
    ['EPOCH', 'of an earlier epoch', commandJws(), { epoch: 2 }],
    ['EPOCH', 'of a later epoch', commandJws(ASSESS, { epoch: 2 }), {}],
    ['REPLAY', 'sent twice', commandJws(), { afterSeq: 7 }],
    ['REPLAY', 'sent after a later one', commandJws(), { afterSeq: 8 }],
    ['EXPIRED', 'held back and released late', commandJws(), { now: new Date(NOW.getTime() + 900_000) }],
    [
      'EXPIRED',
      'of a short life, late',
      commandJws(ASSESS, { lifeS: 60 }),
      { now: new Date(NOW.getTime() + 61_000) },
    ],
    ['CLOCK_SKEW', 'from a clock far ahead', commandJws(), { now: new Date(NOW.getTime() - 121_000) }],
    [
      'WRONG_AUDIENCE',
      'for another agent',
      commandJws(ASSESS, { agentId: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }),
      {},
    ],
    ['WRONG_AUDIENCE', 'of another bot', commandJws(ASSESS, { botId: `bt_${keyOf(9).kid}` }), {}],
    ['BAD_SIGNATURE', 'signed by another key', commandJws(ASSESS, {}, keyOf(9)), {}],
    ['BAD_SIGNATURE', 'when another key is pinned', commandJws(), { bot: keyOf(9).publicJwk }],
    ['UNKNOWN_TYPE', 'that is not in the list', resign(commandJws(), { claims: { t: 'shell.run' } }, B), {}],
    [
      'UNKNOWN_TYPE',
      'named like a part of the language',
      resign(commandJws(), { claims: { t: 'constructor' } }, B),
      {},
    ],
    [
      'UNKNOWN_TYPE',
      'that only a hub sends',
      resign(commandJws(), { claims: { t: 'evt.ack', body: { seq: 1 } } }, B),
      {},
    ],
    ['UNKNOWN_TYPE', 'for a job that is not in the list', withBody(ASSESS, { type: 'shell' }), {}],
    [
      'UNKNOWN_TYPE',
      'for a job named like a part of the language',
      withBody(ASSESS, { type: 'toString' }),
      {},
    ],
    [
      'BAD_PARAMS',
      'with a number beyond 2^48',
      resign(commandJws(), { claims: { seq: MAX_NUMBER + 1 } }, B),
      {},
    ],
    [
      'BAD_PARAMS',
      'with a number that is no whole one',
      resign(commandJws(), { claims: { seq: 7.5 } }, B),
      {},
    ],
    ['BAD_PARAMS', 'with a number as text', resign(commandJws(), { claims: { seq: '9' } }, B), {}],
  ])('with %s if it is one %s', async (code, _, raw, changes) => {
    expect(await codeOf(raw, changes)).toBe(code);
  });

  it('with WRONG_TYPE if it is an event of the agent, even under the same key', async () => {
    const event = (key = A) =>
      signDurable(
        { t: 'job.accepted', body: { job: JOB } },
        { ...EVENT_ENVELOPE, seq: 9, prev: NO_EVENT },
        key,
      );
    expect(await codeOf(event())).toBe('WRONG_TYPE');
    expect(await codeOf(event(B))).toBe('WRONG_TYPE');
    expect(await codeOf(resign(event(), { header: { typ: 'awm-cmd+jwt' } }, A))).toBe('BAD_SIGNATURE');
  });

  it.each([
    ['a write without approval', withBody(APPLY, { approval: undefined })],
    ['a read with approval', withBody(ASSESS, { approval: APPROVAL })],
    ['the params of another job', withBody(APPLY, { params: { root: 'root-1' } })],
    ['a param too many', withBody(ASSESS, { params: { root: 'root-1', path: '/etc' } })],
    [
      'a param named like a part of the language',
      resign(
        commandJws(),
        {
          claims: {
            body: JSON.parse(JSON.stringify(ASSESS.body).replace('"root"', '"__proto__":{},"root"')),
          },
        },
        B,
      ),
    ],
    ['a member too many', withBody(ASSESS, { command: 'ls' })],
    ['a root that is a path', withBody(ASSESS, { params: { root: '../x' } })],
    ['a root with a line break behind', withBody(ASSESS, { params: { root: 'root-1\n' } })],
    ['a root in letters of another form', withBody(ASSESS, { params: { root: 'ro\u0301ot-1' } })],
    ['a plan that is no digest', withBody(APPLY, { params: { plan: DIGEST.toUpperCase() } })],
    ['no actor', withBody(ASSESS, { actor: undefined })],
    ['an actor with a short id', withBody(ASSESS, { actor: { ...ACTOR, user: '1234567890123456' } })],
    ['an actor whose id is a number', withBody(ASSESS, { actor: { ...ACTOR, user: 123456789 } })],
    ['a job id of another form', withBody(ASSESS, { job: 'job_1' })],
    ['no body', resign(commandJws(), { claims: { body: undefined } }, B)],
    ['a body that is a list', resign(commandJws(), { claims: { body: [] } }, B)],
  ])('with BAD_PARAMS if it has %s', async (_, raw) => {
    expect(await codeOf(raw)).toBe('BAD_PARAMS');
  });

  it('before it is signed, if its form is wrong', () => {
    const wrong = { t: 'job.cancel', body: { job: 'x', actor: ACTOR } } as const;
    expect(() => signCommand(wrong, ENVELOPE, B)).toThrow('job.cancel is not of its form');
    expect(() => commandJws(ASSESS, { seq: 0 })).toThrow('job.run is not of its form');
  });
});

it('the claims are exactly those of the table', () => {
  expect(Object.keys(decode(commandJws()).claims)).toEqual([
    'iss',
    'aud',
    'jti',
    'iat',
    'exp',
    'ep',
    'seq',
    't',
    'body',
  ]);
});
