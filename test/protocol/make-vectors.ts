import { signAcknowledgement } from '../../src/protocol/acknowledgements.ts';
import { bodyDigest, eventDigest, NO_EVENT, planDigest, planWords } from '../../src/protocol/digest.ts';
import { signDurable, signPassing } from '../../src/protocol/events.ts';
import { commitmentTo, pairingDigits, pairingWords } from '../../src/protocol/pairing-frames.ts';
import { transcript } from '../../src/protocol/transcript.ts';
import {
  A,
  ACK_ENVELOPE,
  AGENT,
  APPLY,
  agentHandshake,
  agentPairing,
  B,
  CERTIFICATE,
  CONN,
  commandJws,
  DIGEST,
  EVENT_ENVELOPE,
  GUILD,
  H,
  hubHandshake,
  hubPairing,
  JOB,
  N,
  OWNER,
  RESUME,
  RUN,
  sent,
} from './parties.ts';

const PLAN = Buffer.from('{"schema":"awm/plan/1"}\n');

/** One of each frame, and everything that is computed from them, out of fixed keys, nonces and times. */
export async function makeVectors() {
  const pairing = await pairingFrames();
  const handshake = await handshakeFrames();
  const durable = signDurable(
    { t: 'job.accepted', body: { job: JOB } },
    { ...EVENT_ENVELOPE, seq: 1, prev: NO_EVENT },
    A,
  );
  const FATES = { total: 1, in_effect: 1, not_in_effect: 0, needs_you: 0 };
  const paused = signDurable(
    {
      t: 'job.done',
      body: {
        job: JOB,
        type: 'resume',
        result: {
          run: RUN,
          outcome: 'paused',
          after: 'backup',
          milliseconds: 4_200,
          ledger: { key: FATES, file: FATES, secret: FATES, project: FATES },
          checks: [],
          backup: { backup: 7, files: 600, bytes: 1_048_576, verified: { done: 600, of: 600 } },
        },
        audit: DIGEST,
      },
    },
    { ...EVENT_ENVELOPE, seq: 2, prev: eventDigest(durable) },
    A,
  );
  const progress = { phase: 'backup', n: 120, of: 600, bytes: 1_048_576 } as const;
  const passing = signPassing(
    { t: 'job.progress', body: { job: JOB, progress } },
    { ...EVENT_ENVELOPE, conn: CONN, n: 1 },
    A,
  );
  const T = transcript(
    ['pair.begin', 'pair.offer', 'pair.reveal'].map((name) => Buffer.from(pairing[name] ?? '')),
  );
  const proof = [handshake['hello'], handshake['challenge'], handshake['proof']].map((raw) =>
    Buffer.from(raw ?? ''),
  );
  return {
    keys: Object.fromEntries(
      Object.entries({ B, N, H, A }).map(([name, { publicJwk, kid, privateKey }]) => [
        name,
        { d: privateKey.export({ format: 'jwk' }).d, jwk: publicJwk, kid },
      ]),
    ),
    frames: {
      ...pairing,
      ...handshake,
      certificate: CERTIFICATE,
      command: commandJws(APPLY),
      event: durable,
      'command that pauses': commandJws(RESUME),
      'event of a pause': paused,
      'passing event': passing,
      acknowledgement: signAcknowledgement({ t: 'evt.ack', body: { seq: 1 } }, ACK_ENVELOPE, H),
    },
    pairing: {
      commit: commitmentTo(Buffer.from(pairing['pair.reveal'] ?? '')),
      T,
      words: pairingWords(T),
      digits: pairingDigits(T),
    },
    handshake: { th: [1, 2, 3].map((count) => transcript(proof.slice(0, count))) },
    digests: { commandBody: bodyDigest(APPLY.body), event: eventDigest(durable) },
    plan: { bytes: PLAN.toString(), digest: planDigest(PLAN), words: planWords(planDigest(PLAN)) },
  };
}

async function pairingFrames(): Promise<Record<string, string>> {
  const agent = agentPairing();
  const hub = hubPairing();
  const begin = agent.start();
  const offer = sent(await hub.onFrame(begin));
  const reveal = sent(await agent.onFrame(offer));
  await hub.onFrame(reveal);
  const claimed = sent(hub.claim(OWNER, GUILD));
  const confirm = sent(await agent.onFrame(claimed));
  await hub.onFrame(confirm);
  const done = sent(hub.finish(AGENT));
  const kept = await agent.onFrame(done);
  if (!('keep' in kept)) throw new Error('the pairing failed');
  const frames = { begin, offer, reveal, claimed, confirm, done, ack: kept.acknowledgement };
  return Object.fromEntries(
    Object.entries(frames).map(([name, frame]) => [`pair.${name}`, frame.toString()]),
  );
}

async function handshakeFrames(): Promise<Record<string, string>> {
  const agent = agentHandshake();
  const hub = hubHandshake();
  const hello = agent.start();
  const challenge = sent(await hub.onFrame(hello));
  const proof = sent(await agent.onFrame(challenge));
  const welcome = sent(await hub.onFrame(proof));
  const frames = { hello, challenge, proof, welcome };
  return Object.fromEntries(Object.entries(frames).map(([name, frame]) => [name, frame.toString()]));
}
