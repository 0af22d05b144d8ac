import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';
import { signAcknowledgement } from '../../../src/protocol/acknowledgements.ts';
import { signCertificate } from '../../../src/protocol/certificates.ts';
import type { Clock } from '../../../src/protocol/clock.ts';
import { CLOSE_CODES, type CloseName } from '../../../src/protocol/close-codes.ts';
import { type CommandEnvelope, signCommand } from '../../../src/protocol/commands.ts';
import { type Digest, NO_EVENT } from '../../../src/protocol/digest.ts';
import { type ReceivedDurable, verifyEvent } from '../../../src/protocol/events.ts';
import { HubHandshake, type HubHandshakeOptions } from '../../../src/protocol/hub-handshake.ts';
import { HubPairing, type PairingQuestion } from '../../../src/protocol/hub-pairing.ts';
import { newAgentId, newCommandId, newConnectionId } from '../../../src/protocol/ids.ts';
import type { KeyPair, PublicJwk } from '../../../src/protocol/keys.ts';
import { TRANSPORT } from '../../../src/protocol/limits.ts';
import type { Acknowledgement, Command, DurableEvent, PassingEvent } from '../../../src/protocol/messages.ts';
import { readPlain } from '../../../src/protocol/pairing-frames.ts';
import { APP, B, BOT, GUILD, H, N, OWNER } from '../../protocol/parties.ts';

type BodyOf<T extends DurableEvent['t']> = Extract<DurableEvent, { readonly t: T }>['body'];

export interface HubAgent {
  readonly id: string;
  readonly jwk: PublicJwk;
}

/** A hub as small as can be over a real Unix socket, made of the protocol's own half. Frames are kept as they came. */
export class TestHub {
  readonly socketPath: string;
  readonly clock: Clock;
  readonly identity: { bot: KeyPair; hub: KeyPair; botId: string } = { bot: B, hub: H, botId: BOT };
  agent: HubAgent | undefined;
  /** Every text frame that arrived, in order. */
  readonly frames: string[] = [];
  /** Every text frame that was sent. */
  readonly sent: string[] = [];
  readonly events: DurableEvent[] = [];
  readonly passing: PassingEvent[] = [];
  /** Durable events that came again after they were stored. */
  repeated = 0;
  /** Other refusals of events. */
  readonly refused: string[] = [];
  readonly closes: number[] = [];
  connections = 0;
  proven = 0;
  /** False: events are kept but never acknowledged. */
  acknowledges = true;
  welcomeChanges: { cmdAfter?: number; evtAck?: number } = {};
  handshakeChanges: Partial<HubHandshakeOptions> = {};
  /** What the owner does in Discord; undefined: nobody answers. */
  answer: ((question: PairingQuestion) => { id: string; username: string } | undefined) | undefined = () =>
    OWNER;
  seq = 0;
  #last: { seq: number; digest: Digest } = { seq: 0, digest: NO_EVENT };
  #conn = '';
  #passed = 0;
  #n = 0;
  #socket: WebSocket | undefined;
  readonly #http: Server;
  readonly #wss: WebSocketServer;
  #watchers: (() => void)[] = [];

  private constructor(socketPath: string, clock: Clock) {
    this.socketPath = socketPath;
    this.clock = clock;
    this.#http = createServer();
    this.#wss = new WebSocketServer({
      server: this.#http,
      path: TRANSPORT.path,
      perMessageDeflate: false,
      maxPayload: TRANSPORT.maxPayloadBytes,
      handleProtocols: (offered) => (offered.has(TRANSPORT.subprotocol) ? TRANSPORT.subprotocol : false),
    });
    this.#wss.on('connection', (socket) => this.#onConnection(socket));
  }

  static async start(folder: string, clock: Clock): Promise<TestHub> {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const hub = new TestHub(join(folder, 'hub.sock'), clock);
    await new Promise<void>((resolve) => hub.#http.listen(hub.socketPath, resolve));
    chmodSync(hub.socketPath, 0o600);
    return hub;
  }

  get address(): string {
    return `unix:${this.socketPath}`;
  }

  /** Number of the last event that is stored. */
  get stored(): number {
    return this.#last.seq;
  }

  /** Signs the next command and sends it, if somebody is connected. Returns what was sent. */
  command(command: Command, changes: Partial<CommandEnvelope> = {}, key = this.identity.bot): string {
    const raw = this.sign(command, changes, key);
    this.send(raw);
    return raw;
  }

  sign(command: Command, changes: Partial<CommandEnvelope> = {}, key = this.identity.bot): string {
    const now = this.clock.now();
    const agentId = this.agent?.id ?? '';
    const envelope = { botId: BOT, agentId, id: newCommandId(now), epoch: 1, seq: ++this.seq, now };
    return signCommand(command, { ...envelope, ...changes }, key);
  }

  say(
    message: Acknowledgement,
    changes: { n?: number; conn?: string } = {},
    key = this.identity.hub,
  ): string {
    const envelope = { botId: BOT, agentId: this.agent?.id ?? '', epoch: 1, now: this.clock.now() };
    const raw = signAcknowledgement(
      message,
      { ...envelope, conn: this.#conn, n: ++this.#n, ...changes },
      key,
    );
    this.send(raw);
    return raw;
  }

  send(frame: string | Buffer): void {
    this.sent.push(frame.toString());
    this.#socket?.send(frame.toString());
  }

  sendBinary(frame: Buffer): void {
    this.#socket?.send(frame, { binary: true });
  }

  /** Ends the connection without a word. */
  drop(): void {
    this.#socket?.terminate();
  }

  close(name: CloseName): void {
    this.#socket?.close(CLOSE_CODES[name].code);
  }

  /** Waits until something is so; looked at after everything that happens here. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** The first durable event of this kind for a job. */
  async eventOf<T extends DurableEvent['t']>(job: string, t: T): Promise<BodyOf<T>> {
    const find = () =>
      this.events.find((event) => event.t === t && 'job' in event.body && event.body.job === job);
    await this.until(() => find() !== undefined);
    const body: unknown = find()?.body;
    return body as BodyOf<T>;
  }

  /** Kinds of the durable events of a job, in order. */
  historyOf(job: string): string[] {
    return this.events.flatMap((event) => ('job' in event.body && event.body.job === job ? [event.t] : []));
  }

  async stop(): Promise<void> {
    for (const client of this.#wss.clients) client.terminate();
    this.#wss.close();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  /** Whoever waits looks again: something happened. */
  look(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const look of watchers) look();
  }

  #onConnection(socket: WebSocket): void {
    this.connections++;
    let handle: ((frame: Buffer) => Promise<void>) | undefined;
    let work: Promise<void> = Promise.resolve();
    socket.on('message', (data: Buffer) => {
      this.frames.push(data.toString());
      work = work
        .then(async () => {
          handle ??=
            readPlain('pair.begin', data) === undefined ? this.#handshake(socket) : this.#pairing(socket);
          await handle(data);
        })
        .finally(() => this.look());
    });
    socket.on('error', () => {});
    socket.on('close', (code) => {
      this.closes.push(code);
      this.look();
    });
    this.look();
  }

  #handshake(socket: WebSocket): (frame: Buffer) => Promise<void> {
    const { bot, hub, botId } = this.identity;
    const conn = newConnectionId(this.clock.now());
    const handshake = new HubHandshake({
      key: hub,
      certificates: [signCertificate(hub.publicJwk, botId, this.clock.now(), bot)],
      botId,
      minVersion: '0.1.0',
      find: async (id) => (id === this.agent?.id ? { jwk: this.agent.jwk, barred: false } : undefined),
      admit: async (_hello, proof) => ({
        conn,
        cmdAfter: proof.last_cmd,
        evtAck: this.#last.seq,
        ...this.welcomeChanges,
      }),
      clock: this.clock,
      ...this.handshakeChanges,
    });
    let isProven = false;
    return async (frame) => {
      if (isProven) return this.#onEvent(frame.toString());
      const step = await handshake.onFrame(frame);
      if ('close' in step) return socket.close(CLOSE_CODES[step.close].code);
      this.sent.push(step.send.toString());
      socket.send(step.send.toString());
      if (step.done === undefined) return;
      isProven = true;
      this.proven++;
      this.#conn = conn;
      this.#n = 0;
      this.#passed = 0;
      this.#socket = socket;
    };
  }

  async #onEvent(raw: string): Promise<void> {
    const { agent } = this;
    if (agent === undefined) return;
    const verified = await verifyEvent(raw, {
      agent: agent.jwk,
      agentId: agent.id,
      botId: BOT,
      now: this.clock.now(),
      epoch: 1,
      last: this.#last,
      connection: { conn: this.#conn, n: this.#passed },
    });
    if (!verified.ok) {
      if (verified.code === 'REPLAY') this.repeated++;
      else this.refused.push(verified.code);
    } else if (verified.durable) this.#store(verified);
    else {
      this.#passed = verified.n;
      this.passing.push(verified.event);
    }
  }

  #store({ seq, digest, event }: ReceivedDurable): void {
    this.#last = { seq, digest };
    this.events.push(event);
    if (this.acknowledges) this.say({ t: 'evt.ack', body: { seq } });
  }

  #pairing(socket: WebSocket): (frame: Buffer) => Promise<void> {
    const { bot, hub, botId } = this.identity;
    const certificate = signCertificate(hub.publicJwk, botId, this.clock.now(), bot);
    const pairing = new HubPairing({
      bot,
      next: N.kid,
      certificate,
      app: APP,
      code: null,
      clock: this.clock,
    });
    let step: Awaited<ReturnType<HubPairing['onFrame']>>;
    return async (frame) => {
      step = await pairing.onFrame(frame);
      if ('ask' in step) {
        const user = this.answer?.(step.ask);
        if (this.answer !== undefined && user === undefined)
          return socket.close(CLOSE_CODES.AUTH_FAILED.code);
        if (user === undefined) return;
        step = pairing.claim(user, GUILD);
      }
      if ('confirmed' in step) {
        this.agent = { id: newAgentId(this.clock.now()), jwk: step.confirmed.jwk };
        step = pairing.finish(this.agent.id);
      }
      if ('close' in step) socket.close(CLOSE_CODES[step.close].code);
      if ('send' in step) socket.send(step.send.toString());
    };
  }
}
