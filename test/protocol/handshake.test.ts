import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentHandshake, type AgentHandshakeOptions } from '../../src/protocol/agent-handshake.ts';
import { signCertificate } from '../../src/protocol/certificates.ts';
import type { CloseName } from '../../src/protocol/close-codes.ts';
import type { HubHandshakeOptions } from '../../src/protocol/hub-handshake.ts';
import { HANDSHAKE } from '../../src/protocol/limits.ts';
import { resign } from './forgery.ts';
import {
  A,
  AGENT,
  AGENT_HANDSHAKE,
  agentHandshake,
  B,
  BOT,
  CERTIFICATE,
  CONN,
  commandJws,
  DIGEST,
  H,
  hubHandshake,
  M,
  NOW,
  NOW_S,
  nonceOf,
  sent,
  TestClock,
} from './parties.ts';

type Way = (frame: Buffer) => Buffer;
interface Between {
  readonly agent?: Partial<AgentHandshakeOptions>;
  readonly hub?: Partial<HubHandshakeOptions>;
  readonly hello?: Way;
  readonly challenge?: Way;
  readonly proof?: Way;
  readonly welcome?: Way;
}

/** Runs a handshake through somebody in between; says how it ended on both sides and what the agent gave away. */
async function meet(between: Between = {}) {
  const agent = agentHandshake(between.agent);
  const hub = hubHandshake(between.hub);
  const pass = (name: 'hello' | 'challenge' | 'proof' | 'welcome', frame: Buffer) =>
    between[name]?.(frame) ?? frame;
  const frames = [agent.start()];
  const challenge = await hub.onFrame(pass('hello', frames[0] as Buffer));
  if ('close' in challenge) return { hub: challenge.close, frames };
  frames.push(challenge.send);
  const proof = await agent.onFrame(pass('challenge', challenge.send));
  if (!('send' in proof)) return { agent: 'close' in proof ? proof.close : 'done', frames };
  frames.push(proof.send);
  const welcome = await hub.onFrame(pass('proof', proof.send));
  if ('close' in welcome) return { hub: welcome.close, frames };
  frames.push(welcome.send);
  const end = await agent.onFrame(pass('welcome', welcome.send));
  if ('close' in end) return { agent: end.close, frames };
  return { session: 'done' in end ? end.done : undefined, hubSession: welcome.done, frames };
}

const edit =
  (changes: (value: Record<string, unknown>) => object): Way =>
  (frame) =>
    Buffer.from(JSON.stringify(changes(JSON.parse(frame.toString()))));
const remake =
  (body: object, key = H, claims: object = {}): Way =>
  (frame) => {
    const jws = frame.toString();
    const before = JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString()).body;
    return Buffer.from(resign(jws, { claims: { ...claims, body: { ...before, ...body } } }, key));
  };

describe('agent and hub', () => {
  it('prove themselves to each other in four small frames', async () => {
    const { session, hubSession, frames } = await meet();
    expect(session).toMatchObject({
      version: 1,
      hub: { jwk: H.publicJwk, expires: NOW_S + 86_400 },
      welcome: { conn: CONN, cmd_after: 6, evt_ack: 0, hb: 25, time: NOW_S },
    });
    expect(hubSession).toMatchObject({
      version: 1,
      hello: { agent_id: AGENT, inst: nonceOf(30) },
      proof: { ep: 1, last_cmd: 6, policy_hash: DIGEST, ver: '0.1.0' },
      admission: { conn: CONN },
    });
    expect(frames).toHaveLength(HANDSHAKE.frames);
    for (const frame of frames) expect(frame.length).toBeLessThanOrEqual(HANDSHAKE.frameBytes);
  });

  it('do so with a new nonce each time', () => {
    const { nonce: _, ...options } = AGENT_HANDSHAKE;
    const hello = () => new AgentHandshake(options).start().toString();
    expect(hello()).not.toBe(hello());
  });

  it('do so while the hub shows its next certificate too', async () => {
    const next = signCertificate(M.publicJwk, BOT, NOW, B);
    expect(await meet({ hub: { certificates: [next, CERTIFICATE] } })).toHaveProperty('session');
  });
});

describe('the agent gives nothing away and closes', () => {
  it.each<[CloseName, string, Between]>([
    ['AUTH_FAILED', 'the hub has a key of its own', { hub: { key: M } }],
    [
      'AUTH_FAILED',
      'the hub vouches for itself',
      { hub: { key: M, certificates: [signCertificate(M.publicJwk, BOT, NOW, M)] } },
    ],
    [
      'AUTH_FAILED',
      'the certificate is over',
      { hub: { certificates: [signCertificate(H.publicJwk, BOT, new Date(NOW.getTime() - 87_001_000), B)] } },
    ],
    ['AUTH_FAILED', 'the hub belongs to another bot', { hub: { botId: `bt_${M.kid}` } }],
    ['AUTH_FAILED', 'another bot is pinned', { agent: { bot: M.publicJwk } }],
    ['AUTH_FAILED', 'the challenge answers another hello', { challenge: remake({ nA: nonceOf(99) }) }],
    [
      'AUTH_FAILED',
      'the challenge is for another agent',
      { challenge: remake({ agent_id: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }) },
    ],
    ['AUTH_FAILED', 'the transcript is another', { challenge: remake({ th: DIGEST }) }],
    ['VERSION', 'the hub chose a version that was not offered', { challenge: remake({ v: 2 }) }],
    [
      'AUTH_FAILED',
      'somebody stripped the list of versions',
      { hello: edit((hello) => ({ ...hello, v: [1, 2] })) },
    ],
    [
      'AUTH_FAILED',
      'somebody took away a capability',
      { agent: { capabilities: ['zip'] }, hello: edit((hello) => ({ ...hello, caps: [] })) },
    ],
    [
      'AUTH_FAILED',
      'somebody moved a member of hello',
      { hello: edit(({ t, ...rest }) => ({ ...rest, t })) },
    ],
    [
      'AUTH_FAILED',
      'somebody added white space to hello',
      { hello: (frame) => Buffer.concat([frame, Buffer.from(' ')]) },
    ],
    [
      'AUTH_FAILED',
      'somebody exchanged the nonce',
      { hello: edit((hello) => ({ ...hello, nA: nonceOf(98) })) },
    ],
    ['BAD_FRAME', 'the answer is no challenge', { challenge: () => Buffer.from('{}') }],
    ['BAD_FRAME', 'the answer is a command', { challenge: () => Buffer.from(commandJws()) }],
    ['BAD_FRAME', 'the challenge has a member too many', { challenge: remake({ also: 1 }) }],
    ['BAD_FRAME', 'there is no certificate', { challenge: remake({ certs: [] }) }],
    [
      'TOO_LARGE',
      'the challenge is large',
      { challenge: (frame) => Buffer.concat([frame, Buffer.alloc(4096, 0x41)]) },
    ],
  ])('with %s when %s', async (close, _, between) => {
    const { agent, frames } = await meet(between);
    expect(agent).toBe(close);
    expect(frames).toHaveLength(2);
  });

  it('when an old challenge is played to it again', async () => {
    const old = sent(
      await hubHandshake({ nonce: nonceOf(77) }).onFrame(agentHandshake({ nonce: nonceOf(78) }).start()),
    );
    const { agent, frames } = await meet({ challenge: () => old });
    expect(agent).toBe('AUTH_FAILED');
    expect(frames).toHaveLength(2);
  });
});

describe('the agent closes at the welcome', () => {
  it.each<[string, Between]>([
    ['it is signed by the bot instead of the hub', { welcome: remake({}, B) }],
    ['its transcript is another', { welcome: remake({ th: DIGEST }) }],
    ['it is a challenge', { welcome: remake({}, H, { t: 'challenge' }) }],
    ['the hub let it be changed', { welcome: (frame) => Buffer.from(frame.toString().replace(/.$/, 'x')) }],
  ])('when %s', async (_, between) => {
    expect((await meet(between)).agent).toBe('AUTH_FAILED');
  });
});

describe('the hub closes', () => {
  it.each<[CloseName, string, Between]>([
    ['UNPAIRED', 'it does not know the agent', { hub: { find: async () => undefined } }],
    ['REVOKED', 'the agent was revoked', { hub: { find: async () => ({ jwk: A.publicJwk, barred: true }) } }],
    [
      'AUTH_FAILED',
      'the agent has another key by now',
      { hub: { find: async () => ({ jwk: M.publicJwk, barred: false }) } },
    ],
    ['AUTH_FAILED', 'somebody has only the name of an agent', { agent: { key: M } }],
    ['AUTH_FAILED', 'somebody names the key but does not have it', { agent: { key: { ...M, kid: A.kid } } }],
    ['VERSION', 'there is no version in common', { hello: edit((hello) => ({ ...hello, v: [2, 3] })) }],
    ['BAD_FRAME', 'hello has a member too many', { hello: edit((hello) => ({ ...hello, cmd: 'ls' })) }],
    [
      'BAD_FRAME',
      'hello names a member twice',
      { hello: (frame) => Buffer.from(frame.toString().replace('{', '{"v":[2],')) },
    ],
    ['BAD_FRAME', 'hello is no JSON', { hello: () => Buffer.from([0xff, 0xfe]) }],
    ['TOO_LARGE', 'hello is large', { hello: (frame) => Buffer.concat([frame, Buffer.alloc(4096, 0x20)]) }],
    ['AUTH_FAILED', 'the proof answers another challenge', { proof: remake({ nH: nonceOf(97) }, A) }],
    ['AUTH_FAILED', 'the transcript is another', { proof: remake({ th: DIGEST }, A) }],
    ['AUTH_FAILED', 'the proof is signed by another key', { proof: remake({}, M) }],
    ['AUTH_FAILED', 'the proof is for another bot', { proof: remake({}, A, { aud: `bt_${M.kid}` }) }],
    ['AUTH_FAILED', 'the proof has a member too many', { proof: remake({ also: 1 }, A) }],
    ['AUTH_FAILED', 'the hub’s own challenge comes back', { proof: () => Buffer.from(commandJws()) }],
    ['RATE', 'the records say so', { hub: { admit: async () => ({ close: 'RATE' }) } }],
  ])('with %s when %s', async (close, _, between) => {
    expect((await meet(between)).hub).toBe(close);
  });

  it('before it answers, when the key that is named is not the one it knows', async () => {
    expect((await meet({ agent: { key: M } })).frames).toHaveLength(1);
  });

  it('asks its records to let somebody in only after the proof', async () => {
    let admitted = 0;
    const admit = async () => {
      admitted += 1;
      return { conn: CONN, cmdAfter: 0, evtAck: 0 };
    };
    await meet({ hub: { admit }, proof: remake({}, M) });
    expect(admitted).toBe(0);
    await meet({ hub: { admit } });
    expect(admitted).toBe(1);
  });
});

describe('time and order', () => {
  it('either side closes with TIMEOUT after five seconds', async () => {
    const clock = new TestClock();
    const agent = agentHandshake({ clock });
    const hub = hubHandshake({ clock });
    const hello = agent.start();
    clock.pass(HANDSHAKE.totalMs);
    const challenge = sent(await hub.onFrame(hello));
    clock.pass(1);
    const proof = await agent.onFrame(challenge);
    expect(proof).toEqual({ close: 'TIMEOUT' });
    expect(await hub.onFrame(hello)).toEqual({ close: 'TIMEOUT' });
  });

  it('a frame too many, one before the first, one after the end, and two at a time fit nothing', async () => {
    const agent = agentHandshake();
    const hub = hubHandshake();
    expect(await agentHandshake().onFrame(Buffer.from('x'))).toEqual({ close: 'BAD_FRAME' });
    const challenge = sent(await hub.onFrame(agent.start()));
    const [one, two] = await Promise.all([agent.onFrame(challenge), agent.onFrame(challenge)]);
    expect(two).toEqual({ close: 'BAD_FRAME' });
    await hub.onFrame(sent(one));
    expect(await hub.onFrame(sent(one))).toEqual({ close: 'BAD_FRAME' });
  });

  it('there is no second try after a failure', async () => {
    const agent = agentHandshake();
    const challenge = sent(await hubHandshake().onFrame(agent.start()));
    await agent.onFrame(Buffer.from('x'));
    expect(await agent.onFrame(challenge)).toEqual({ close: 'BAD_FRAME' });
  });
});

it('one changed bit in any frame ends the handshake', async () => {
  const { frames } = await meet();
  const names = ['hello', 'challenge', 'proof', 'welcome'] as const;
  const flips = fc
    .nat(3)
    .chain((which) => fc.tuple(fc.constant(which), fc.nat((frames[which] as Buffer).length - 1), fc.nat(7)));
  await fc.assert(
    fc.asyncProperty(flips, async ([which, place, bit]) => {
      const flip: Way = (frame) => {
        const changed = Buffer.from(frame);
        changed[place] = (changed[place] as number) ^ (1 << bit);
        return changed;
      };
      const end = await meet({ [names[which] as string]: flip });
      expect(end).not.toHaveProperty('session');
      if (which < 3) expect(end).not.toHaveProperty('hubSession');
    }),
    { numRuns: 400 },
  );
});
