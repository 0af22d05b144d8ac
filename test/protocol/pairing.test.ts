import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentPairingOptions } from '../../src/protocol/agent-pairing.ts';
import { signCertificate } from '../../src/protocol/certificates.ts';
import type { CloseName } from '../../src/protocol/close-codes.ts';
import type { HubPairingOptions } from '../../src/protocol/hub-pairing.ts';
import { botIdOf } from '../../src/protocol/ids.ts';
import { PAIRING } from '../../src/protocol/limits.ts';
import { commitmentTo } from '../../src/protocol/pairing-frames.ts';
import { otherSpelling, resign } from './forgery.ts';
import {
  A,
  AGENT,
  APP,
  agentPairing,
  B,
  BOT,
  CERTIFICATE,
  commandJws,
  DIGEST,
  GUILD,
  H,
  hubPairing,
  M,
  N,
  NOW,
  NOW_S,
  nonceOf,
  OWNER,
  sent,
  TestClock,
} from './parties.ts';

type Way = (frame: Buffer) => Buffer;
type Name = 'begin' | 'offer' | 'reveal' | 'claimed' | 'confirm' | 'done' | 'ack';
interface Between extends Partial<Record<Name, Way>> {
  readonly agentOptions?: Partial<AgentPairingOptions>;
  readonly hubOptions?: Partial<HubPairingOptions>;
  readonly user?: typeof OWNER;
}

/** Runs a pairing through somebody in between; the owner says yes to whatever is asked. */
async function pair(between: Between = {}) {
  const agent = agentPairing(between.agentOptions);
  const hub = hubPairing(between.hubOptions);
  const frames: Buffer[] = [];
  const pass = (name: Name, frame: Buffer) => {
    frames.push(frame);
    return between[name]?.(frame) ?? frame;
  };
  const offer = await hub.onFrame(pass('begin', agent.start()));
  if (!('send' in offer)) return { hub: offer, frames };
  const reveal = await agent.onFrame(pass('offer', offer.send));
  if (!('words' in reveal)) return { agent: reveal, frames };
  const question = await hub.onFrame(pass('reveal', reveal.send));
  if (!('ask' in question)) return { hub: question, frames };
  const shown = { terminal: reveal.words, discord: question.ask.words };
  const claimed = hub.claim(between.user ?? OWNER, GUILD);
  const confirm = await agent.onFrame(pass('claimed', sent(claimed)));
  if (!('claimed' in confirm)) return { agent: confirm, shown, frames };
  const confirmed = await hub.onFrame(pass('confirm', confirm.send));
  if (!('confirmed' in confirmed)) return { hub: confirmed, shown, frames };
  const kept = await agent.onFrame(pass('done', sent(hub.finish(AGENT))));
  if (!('keep' in kept)) return { agent: kept, shown, frames };
  const paired = await hub.onFrame(pass('ack', kept.acknowledgement));
  if (!('paired' in paired)) return { hub: paired, shown, frames };
  return { shown, question, confirmed, pins: kept.keep, paired: paired.paired, frames };
}

const edit =
  (changes: (value: Record<string, unknown>) => object): Way =>
  (frame) =>
    Buffer.from(JSON.stringify(changes(JSON.parse(frame.toString()))));
const remake =
  (body: object, key = B, claims: object = {}): Way =>
  (frame) => {
    const jws = frame.toString();
    const before = JSON.parse(Buffer.from(jws.split('.')[1] as string, 'base64url').toString()).body;
    return Buffer.from(resign(jws, { claims: { ...claims, body: { ...before, ...body } } }, key));
  };

describe('a pairing', () => {
  it('ends with the same facts on both sides, after both showed the same words', async () => {
    const end = await pair();
    expect(end.pins).toEqual({
      agentId: AGENT,
      botId: BOT,
      bot: B.publicJwk,
      next: N.kid,
      app: APP,
      guild: GUILD,
      approvers: [OWNER.id],
      epoch: 1,
    });
    expect(end.confirmed).toEqual({ confirmed: { jwk: A.publicJwk, user: OWNER.id, guild: GUILD } });
    expect(end.paired).toEqual({ agentId: AGENT });
    expect(end.question?.ask).toMatchObject({ label: 'ada-laptop', os: 'Debian GNU/Linux 13', user: 'ada' });
    expect(end.shown?.terminal).toEqual(end.shown?.discord);
    expect(end.frames).toHaveLength(7);
  });

  it.each(['ada.l', '@Ada.L', ' ada.l ', OWNER.id])('takes "%s" for the account', async (account) => {
    expect(await pair({ agentOptions: { account } })).toHaveProperty('pins');
  });

  it('shows other words each time', async () => {
    const one = await pair();
    const two = await pair({ hubOptions: { nonce: nonceOf(22) } });
    expect(one.shown?.terminal).not.toEqual(two.shown?.terminal);
  });
});

describe('somebody in between', () => {
  it.each<[string, Way]>([
    ['white space', (frame) => Buffer.from(frame.toString().replace(',', ', '))],
    ['white space behind', (frame) => Buffer.concat([frame, Buffer.from('\n')])],
    ['the label', edit((reveal) => ({ ...reveal, label: 'other' }))],
    ['the order of members', edit(({ t, ...rest }) => ({ ...rest, t }))],
    ['the key', edit((reveal) => ({ ...reveal, jwk: M.publicJwk }))],
    [
      'the spelling of the key',
      edit((reveal) => ({ ...reveal, jwk: { ...A.publicJwk, x: otherSpelling(A.publicJwk.x) } })),
    ],
    ['the nonce', edit((reveal) => ({ ...reveal, nA: nonceOf(96) }))],
    [
      'a spelling of a letter',
      (frame) => Buffer.from(frame.toString().replace('ada-laptop', String.raw`\u0061da-laptop`)),
    ],
  ])('who changes %s in the reveal breaks the commitment', async (_, reveal) => {
    expect((await pair({ reveal })).hub).toEqual({ close: 'AUTH_FAILED' });
  });

  it('who puts a whole agent of its own there shows other words', async () => {
    const own = agentPairing({ key: M, nonce: nonceOf(95) });
    const begin = own.start();
    const hub = hubPairing();
    const agent = agentPairing();
    agent.start();
    const offer = sent(await hub.onFrame(begin));
    const atTerminal = await agent.onFrame(offer);
    const inDiscord = await hub.onFrame(sent(await own.onFrame(offer)));
    expect(inDiscord).toHaveProperty('ask.words');
    expect(atTerminal).toHaveProperty('words');
    expect((inDiscord as { ask: { words: unknown } }).ask.words).not.toEqual(
      (atTerminal as { words: unknown }).words,
    );
  });

  it('who puts a whole bot of its own there shows other words', async () => {
    const mine = { bot: M, certificate: signCertificate(H.publicJwk, botIdOf(M.publicJwk), NOW, M) };
    const ownOffer = sent(await hubPairing(mine).onFrame(agentPairing().start()));
    const end = await pair({ offer: () => ownOffer });
    expect(end.shown?.terminal).not.toEqual(end.shown?.discord);
    expect(end.agent).toEqual({ close: 'AUTH_FAILED' });
  });

  it('cannot make the words equal by varying its own frames: they are fixed before the other nonce is known', async () => {
    const hub = hubPairing();
    const own = agentPairing({ key: M });
    await hub.onFrame(own.start());
    const reveal = (label: string) => {
      const value = { t: 'pair.reveal', v: 1, jwk: M.publicJwk, nA: nonceOf(1), label, os: 'x', user: 'x' };
      return Buffer.from(JSON.stringify(value));
    };
    expect(await hub.onFrame(reveal('a'))).toEqual({ close: 'AUTH_FAILED' });
    expect(await hub.onFrame(reveal('b'))).toEqual({ close: 'BAD_FRAME' });
  });

  it('cannot hide white space in the offer or in the first frame', async () => {
    for (const name of ['begin', 'offer'] as const) {
      const end = await pair({ [name]: (frame: Buffer) => Buffer.concat([frame, Buffer.from(' ')]) });
      expect(end.shown?.terminal).not.toEqual(end.shown?.discord);
      expect(end.agent).toEqual({ close: 'AUTH_FAILED' });
    }
  });
});

describe('the agent closes', () => {
  const another = { id: '999456789012345678', username: 'eve' };
  it.each<[CloseName, string, Between]>([
    ['AUTH_FAILED', 'another account claimed it', { user: another }],
    ['AUTH_FAILED', 'the claim is not signed by the bot', { claimed: remake({}, M) }],
    ['AUTH_FAILED', 'the claim is signed by the hub', { claimed: remake({}, H) }],
    [
      'AUTH_FAILED',
      'the claim is for another bot application',
      { claimed: remake({ app: '999456789012345678' }) },
    ],
    ['AUTH_FAILED', 'the claim belongs to another pairing', { claimed: remake({ T: DIGEST }) }],
    ['AUTH_FAILED', 'the claim is for another agent', { claimed: remake({}, B, { aud: M.kid }) }],
    ['AUTH_FAILED', 'the claim is a done', { claimed: remake({}, B, { t: 'pair.done' }) }],
    ['AUTH_FAILED', 'the claim is a command', { claimed: () => Buffer.from(commandJws()) }],
    ['AUTH_FAILED', 'done names another user', { done: remake({ user: { id: another.id } }) }],
    ['AUTH_FAILED', 'done names another server', { done: remake({ guild: '999456789012345678' }) }],
    ['AUTH_FAILED', 'done begins with another epoch', { done: remake({ ep: 2 }) }],
    ['AUTH_FAILED', 'done has a name of another form', { done: remake({ agent_id: '../etc' }) }],
    [
      'AUTH_FAILED',
      'the certificate of the hub is not by the bot',
      { hubOptions: { certificate: signCertificate(H.publicJwk, BOT, NOW, M) } },
    ],
    ['BAD_FRAME', 'the offer has a member too many', { offer: edit((offer) => ({ ...offer, run: 'ls' })) }],
    [
      'BAD_FRAME',
      'the offer has a code, which the same machine needs none of',
      { offer: edit((offer) => ({ ...offer, code: 'WDJB-MJHT' })) },
    ],
    [
      'BAD_FRAME',
      'the key of the bot has altered trailing bits',
      { offer: edit((offer) => ({ ...offer, root: { ...B.publicJwk, x: otherSpelling(B.publicJwk.x) } })) },
    ],
    ['TIMEOUT', 'the offer is over', { offer: edit((offer) => ({ ...offer, exp: NOW_S })) }],
    [
      'TIMEOUT',
      'the offer would last for a day',
      { offer: edit((offer) => ({ ...offer, exp: NOW_S + 86_400 })) },
    ],
    [
      'TOO_LARGE',
      'the offer is large',
      { offer: (frame) => Buffer.concat([frame, Buffer.alloc(4096, 0x20)]) },
    ],
  ])('with %s when %s', async (close, _, between) => {
    expect((await pair(between)).agent).toEqual({ close });
  });
});

describe('the bot closes', () => {
  it.each<[CloseName, string, Between]>([
    ['BAD_FRAME', 'the first frame is a reveal', { begin: () => Buffer.from('{"t":"pair.reveal"}') }],
    ['BAD_FRAME', 'the first frame is a hello', { begin: () => Buffer.from('{"t":"hello"}') }],
    ['AUTH_FAILED', 'the confirmation is signed by another key', { confirm: remake({}, M) }],
    [
      'AUTH_FAILED',
      'the confirmation names another user',
      { confirm: remake({ user: { id: '999456789012345678' } }, A) },
    ],
    [
      'AUTH_FAILED',
      'the confirmation names another server',
      { confirm: remake({ guild: '999456789012345678' }, A) },
    ],
    [
      'AUTH_FAILED',
      'the confirmation names another application',
      { confirm: remake({ app: '999456789012345678' }, A) },
    ],
    ['AUTH_FAILED', 'the confirmation belongs to another pairing', { confirm: remake({ T: DIGEST }, A) }],
    ['AUTH_FAILED', 'its own claim comes back', { confirm: remake({}, B) }],
    [
      'AUTH_FAILED',
      'another agent is acknowledged',
      { ack: remake({ agent_id: 'ag_019ab2c3-d4e5-7f60-8123-4567890000ff' }, A) },
    ],
    ['AUTH_FAILED', 'somebody else acknowledges', { ack: remake({}, M) }],
  ])('with %s when %s', async (close, _, between) => {
    expect((await pair(between)).hub).toEqual({ close });
  });

  it.each([
    ['label', 'a\u001b[2Jb'],
    ['label', 'laptop\n'],
    ['os', 'x\u202ey'],
    ['user', 'a\u200bb'],
    ['user', ''],
    ['label', 'x'.repeat(65)],
  ])('with BAD_FRAME when %s is %j, although it was committed to', async (member, value) => {
    const hub = hubPairing();
    const reveal = Buffer.from(
      JSON.stringify({
        t: 'pair.reveal',
        v: 1,
        jwk: A.publicJwk,
        nA: nonceOf(1),
        label: 'l',
        os: 'o',
        user: 'u',
        [member]: value,
      }),
    );
    await hub.onFrame(Buffer.from(JSON.stringify({ t: 'pair.begin', v: 1, commit: commitmentTo(reveal) })));
    expect(await hub.onFrame(reveal)).toEqual({ close: 'BAD_FRAME' });
  });

  it('when it is told of an answer to a question that was not asked, or twice', async () => {
    const early = hubPairing();
    expect(early.claim(OWNER, GUILD)).toEqual({ close: 'BAD_FRAME' });
    expect(early.finish(AGENT)).toEqual({ close: 'BAD_FRAME' });
    const hub = hubPairing();
    const agent = agentPairing();
    const reveal = sent(await agent.onFrame(sent(await hub.onFrame(agent.start()))));
    await hub.onFrame(reveal);
    expect(hub.claim(OWNER, GUILD)).toHaveProperty('send');
    expect(hub.claim(OWNER, GUILD)).toEqual({ close: 'BAD_FRAME' });
  });

  it('when the agent goes on before the owner answered', async () => {
    const hub = hubPairing();
    const agent = agentPairing();
    const reveal = sent(await agent.onFrame(sent(await hub.onFrame(agent.start()))));
    await hub.onFrame(reveal);
    expect(await hub.onFrame(reveal)).toEqual({ close: 'BAD_FRAME' });
    expect(hub.claim(OWNER, GUILD)).toEqual({ close: 'BAD_FRAME' });
  });
});

it('after five minutes both sides close with TIMEOUT', async () => {
  const clock = new TestClock();
  const hub = hubPairing({ clock });
  const agent = agentPairing({ clock });
  const reveal = sent(await agent.onFrame(sent(await hub.onFrame(agent.start()))));
  await hub.onFrame(reveal);
  clock.pass(PAIRING.totalMs + 1);
  expect(hub.claim(OWNER, GUILD)).toEqual({ close: 'TIMEOUT' });
  expect(await agent.onFrame(reveal)).toEqual({ close: 'TIMEOUT' });
});

it('one changed bit in any frame ends the pairing or shows other words', async () => {
  const { frames } = await pair();
  const names: readonly Name[] = ['begin', 'offer', 'reveal', 'claimed', 'confirm', 'done', 'ack'];
  const flips = fc
    .nat(6)
    .chain((which) => fc.tuple(fc.constant(which), fc.nat((frames[which] as Buffer).length - 1), fc.nat(7)));
  await fc.assert(
    fc.asyncProperty(flips, async ([which, place, bit]) => {
      const flip: Way = (frame) => {
        const changed = Buffer.from(frame);
        changed[place] = (changed[place] as number) ^ (1 << bit);
        return changed;
      };
      const end = await pair({ [names[which] as Name]: flip });
      expect(end).not.toHaveProperty('paired');
      if (which < 2 && end.shown !== undefined) expect(end.shown.terminal).not.toEqual(end.shown.discord);
    }),
    { numRuns: 400 },
  );
});

it('the certificate in the offer is that of the hub that is spoken to', async () => {
  expect((await pair()).frames[1]?.toString()).toContain(CERTIFICATE);
});
