import { connect as connectSocket } from 'node:net';
import { WebSocket } from 'ws';
import { AgentHandshake, type AgentSession } from '../../src/protocol/agent-handshake.ts';
import { AgentPairing, type Pins } from '../../src/protocol/agent-pairing.ts';
import { type ReceivedCommand, verifyCommand } from '../../src/protocol/commands.ts';
import { digestOf, eventDigest, NO_EVENT } from '../../src/protocol/digest.ts';
import { signDurable, signPassing } from '../../src/protocol/events.ts';
import { unverifiedClaims } from '../../src/protocol/jws.ts';
import { type KeyPair, newKey } from '../../src/protocol/keys.ts';
import type { Command, DurableEvent, PassingEvent } from '../../src/protocol/messages.ts';
import { DIGEST, nonceOf, OWNER, type TestClock } from '../protocol/parties.ts';

type CommandOf<T extends Command['t']> = Extract<Command, { readonly t: T }>['body'];

/** Options that open a WebSocket at a hub's address; anything may be changed to see it refused. */
export function openSocket(
  address: string,
  { protocol = 'awm.v1', headers = {}, path = '/agent/v1' } = {},
): WebSocket {
  const url = address.startsWith('unix:') ? `ws://localhost${path}` : `${address}${path}`;
  return new WebSocket(url, protocol, {
    perMessageDeflate: false,
    headers,
    ...(address.startsWith('unix:')
      ? { createConnection: () => connectSocket(address.slice('unix:'.length)) }
      : {}),
  });
}

/** Frames of one socket, awaited one by one; `closed` resolves with the close code. */
export class Wire {
  readonly socket: WebSocket;
  readonly closed: Promise<number>;
  readonly #frames: Buffer[] = [];
  readonly #waiting: ((frame: Buffer | undefined) => void)[] = [];
  #isClosed = false;
  pings = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('ping', () => this.pings++);
    socket.on('message', (data: Buffer) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#frames.push(data);
      else next(data);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#isClosed = true;
        for (const next of this.#waiting.splice(0)) next(undefined);
        resolve(code);
      });
    });
  }

  static async open(address: string): Promise<Wire> {
    const wire = new Wire(openSocket(address));
    await new Promise<void>((resolve, reject) => {
      wire.socket.once('open', resolve);
      wire.socket.once('error', reject);
    });
    return wire;
  }

  /** Undefined when it was closed before another frame came. */
  async next(): Promise<Buffer | undefined> {
    const frame = this.#frames.shift();
    if (frame !== undefined || this.#isClosed) return frame;
    return await new Promise((resolve) => this.#waiting.push(resolve));
  }

  send(frame: Buffer | string): void {
    this.socket.send(frame.toString());
  }
}

/** An agent made of nothing but the protocol: it does what a test tells it, right or wrong. */
export class TestAgent {
  readonly address: string;
  readonly clock: TestClock;
  key: KeyPair = newKey();
  pins: Pins | undefined;
  words: readonly string[] = [];
  wire: Wire | undefined;
  session: AgentSession | undefined;
  /** Every event that it signed, oldest first. */
  readonly events: string[] = [];
  lastCommand = 0;
  readonly #code = Promise.withResolvers<string>();
  readonly #typed = Promise.withResolvers<readonly string[]>();
  #passing = 0;
  #frames: Buffer[] = [];

  constructor(address: string, clock: TestClock) {
    this.address = address;
    this.clock = clock;
  }

  get id(): string {
    return this.pins?.agentId ?? '';
  }

  /** Pairs to the end. Returns the close code when it was refused. */
  async pair(account: string = OWNER.username): Promise<'paired' | number> {
    const wire = await Wire.open(this.address);
    this.wire = wire;
    const pairing = new AgentPairing({
      key: this.key,
      label: 'ada-laptop',
      os: 'Debian GNU/Linux 13',
      user: 'ada',
      account,
      sameMachine: this.address.startsWith('unix:'),
      clock: this.clock,
    });
    wire.send(pairing.start());
    for (;;) {
      const frame = await wire.next();
      if (frame === undefined) return await wire.closed;
      const step = await pairing.onFrame(frame);
      if ('close' in step) {
        wire.socket.close(4401);
        return await wire.closed;
      }
      if ('keep' in step) {
        this.pins = step.keep;
        wire.send(step.acknowledgement);
        await wire.closed;
        return 'paired';
      }
      if ('askDigits' in step) {
        const typed = await this.#typeDigits(pairing);
        if (typed === undefined) {
          wire.socket.close(4401);
          return await wire.closed;
        }
        wire.send(typed);
        continue;
      }
      if ('triesLeft' in step) throw new Error('only typing leads there');
      if ('words' in step) this.words = step.words;
      if ('code' in step) this.#code.resolve(step.code ?? '');
      wire.send(step.send);
    }
  }

  /** What is to be typed in Discord. */
  get code(): Promise<string> {
    return this.#code.promise;
  }

  /** What the person types at the terminal, one after the other. */
  type(...digits: string[]): void {
    this.#typed.resolve(digits);
  }

  async #typeDigits(pairing: AgentPairing): Promise<Buffer | undefined> {
    for (const digits of await this.#typed.promise) {
      const step = pairing.type(digits);
      if ('send' in step) return step.send;
    }
    return undefined;
  }

  handshake(changes: { instance?: string; key?: KeyPair; epoch?: number } = {}): AgentHandshake {
    const { pins } = this;
    if (pins === undefined) throw new Error('not paired');
    const tail = this.events.at(-1);
    return new AgentHandshake({
      agentId: pins.agentId,
      key: changes.key ?? this.key,
      bot: pins.bot,
      botId: pins.botId,
      instance: changes.instance ?? nonceOf(31),
      boot: 'b0071d00-0000-4000-8000-000000000001',
      state: {
        ep: changes.epoch ?? 1,
        last_cmd: this.lastCommand,
        evt_hi: this.events.length,
        evt_tail: tail === undefined ? NO_EVENT : eventDigest(tail),
        policy_hash: DIGEST,
        ver: '0.1.0',
      },
      clock: this.clock,
    });
  }

  /** Connects and proves itself. Returns the close code when either side ends it. */
  async connect(
    changes: { instance?: string; key?: KeyPair; epoch?: number } = {},
  ): Promise<'proven' | number> {
    const wire = await Wire.open(this.address);
    this.wire = wire;
    const handshake = this.handshake(changes);
    wire.send(handshake.start());
    for (;;) {
      const frame = await wire.next();
      if (frame === undefined) return await wire.closed;
      const step = await handshake.onFrame(frame);
      if ('done' in step) {
        this.session = step.done;
        this.#passing = 0;
        return 'proven';
      }
      if ('close' in step) {
        wire.socket.close(4401);
        return await wire.closed;
      }
      wire.send(step.send);
    }
  }

  /** Signs the next event of its chain, without sending it. */
  sign(
    event: DurableEvent,
    place: { seq?: number; prev?: string; key?: KeyPair; epoch?: number } = {},
  ): string {
    const { pins } = this;
    if (pins === undefined) throw new Error('not paired');
    const before = this.events.at(-1);
    return signDurable(
      event,
      {
        agentId: pins.agentId,
        botId: pins.botId,
        epoch: place.epoch ?? 1,
        now: this.clock.now(),
        seq: place.seq ?? this.events.length + 1,
        prev: place.prev ?? (before === undefined ? NO_EVENT : eventDigest(before)),
      },
      place.key ?? this.key,
    );
  }

  /** Signs, remembers and sends an event; resolves when it is acknowledged. */
  async emit(event: DurableEvent): Promise<void> {
    const raw = this.sign(event);
    this.events.push(raw);
    this.wire?.send(raw);
    await this.acknowledged(this.events.length);
  }

  pass(event: PassingEvent): void {
    const { pins, session } = this;
    if (pins === undefined || session === undefined) throw new Error('not connected');
    this.#passing++;
    const { conn } = session.welcome;
    const envelope = { agentId: pins.agentId, botId: pins.botId, epoch: 1, now: this.clock.now(), conn };
    this.wire?.send(signPassing(event, { ...envelope, n: this.#passing }, this.key));
  }

  /** Pieces of a plan, of up to `size` bytes each. */
  sendParts(job: string, bytes: Buffer, size = 64 * 1024): void {
    for (let index = 0; index * size < bytes.length; index++) this.sendPart(job, bytes, index, size);
  }

  sendPart(job: string, bytes: Buffer, index: number, size = 64 * 1024): void {
    const piece = bytes.subarray(index * size, (index + 1) * size);
    const data = piece.toString('base64url');
    this.pass({ t: 'job.part', body: { job, index, sha256: digestOf(piece), data } });
  }

  /** Resolves at `evt.ack` of this number; commands that come before it are kept. Rejects when the connection ends. */
  async acknowledged(seq: number): Promise<void> {
    await this.#take((claims) => {
      const body = claims?.['body'] as Record<string, unknown> | undefined;
      return claims?.['t'] === 'evt.ack' && Number(body?.['seq']) >= seq ? true : undefined;
    });
  }

  /** The next frame of this kind of acknowledgement. */
  async acknowledgement(t: string): Promise<Record<string, unknown>> {
    return await this.#take((claims) => (claims?.['t'] === t ? claims : undefined));
  }

  /** The next command, verified as an agent does. */
  async command<T extends Command['t']>(t: T): Promise<CommandOf<T>> {
    const { command } = await this.rawCommand();
    if (command.t !== t) throw new Error(`${command.t} came instead of ${t}`);
    return command.body as CommandOf<T>;
  }

  async rawCommand(): Promise<ReceivedCommand & { readonly raw: string }> {
    const { pins } = this;
    if (pins === undefined) throw new Error('not paired');
    const raw = await this.#take((claims, frame) => ('jti' in (claims ?? {}) ? frame.toString() : undefined));
    const verified = await verifyCommand(raw, {
      bot: pins.bot,
      botId: pins.botId,
      agentId: pins.agentId,
      now: this.clock.now(),
      epoch: 1,
      afterSeq: this.lastCommand,
    });
    if (!verified.ok) throw new Error(`the agent would refuse it: ${verified.code}`);
    this.lastCommand = verified.seq;
    return { ...verified, raw };
  }

  drop(): void {
    this.wire?.socket.terminate();
    this.wire = undefined;
    this.#frames = [];
  }

  async #take<T>(
    pick: (claims: Readonly<Record<string, unknown>> | undefined, frame: Buffer) => T | undefined,
  ): Promise<T> {
    const kept = this.#frames;
    for (const [index, frame] of kept.entries()) {
      const found = pick(unverifiedClaims(frame.toString()), frame);
      if (found === undefined) continue;
      kept.splice(index, 1);
      return found;
    }
    for (;;) {
      const frame = await this.wire?.next();
      if (frame === undefined) throw new Error('the connection is over');
      const found = pick(unverifiedClaims(frame.toString()), frame);
      if (found !== undefined) return found;
      kept.push(frame);
    }
  }
}
