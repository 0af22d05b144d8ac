import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  ApplicationFlags,
  GatewayCloseCodes,
  type GatewayDispatchEvents,
  GatewayIntentBits,
  GatewayOpcodes,
} from 'discord-api-types/v10';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Traffic } from '../traffic.ts';
import type { Guild } from '../world/guild.ts';
import { guildCreateJson } from '../world/guild-json.ts';
import { GatewaySession } from './session.ts';

/** Intents that Discord gives only to apps that it has allowed them; asking for them closes with 4014. */
const PRIVILEGED =
  GatewayIntentBits.GuildMembers | GatewayIntentBits.GuildPresences | GatewayIntentBits.MessageContent;
const KNOWN_INTENTS = Object.values(GatewayIntentBits)
  .filter((bit) => typeof bit === 'number')
  .reduce((all, bit) => all | bit, 0);

export interface GatewayOptions {
  readonly guild: Guild;
  readonly applicationId: string;
  readonly token: string;
  readonly traffic: Traffic;
  /** Milliseconds between heartbeats that the client is told. */
  readonly heartbeatMs: number;
  /** The gateway's own address, known once the server listens. */
  readonly url: () => string;
}

/** How the gateway lets go of its clients, for tests. */
export type DropMode =
  /** The connection breaks; the client resumes. */
  | 'cut'
  /** The client is asked to reconnect (opcode 7); it resumes. */
  | 'reconnect'
  /** The session ends (opcode 9); the client identifies anew, after its five seconds' pause. */
  | 'invalid-session'
  /** Closed with a code after which a client does not come back, as when its token was reset (4004). */
  | 'dead';

interface Incoming {
  readonly op?: unknown;
  readonly d?: unknown;
}

/** The gateway: JSON text frames, one shard, no compression (page "Gateway"). */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #sessions = new Map<string, GatewaySession>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Takes over a connection of the HTTP server. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (client) => {
      const query = new URL(request.url ?? '', 'http://loopback').searchParams;
      if (query.get('v') !== '10') client.close(GatewayCloseCodes.InvalidAPIVersion);
      else if ((query.get('encoding') ?? 'json') !== 'json') client.close(GatewayCloseCodes.DecodeError);
      else this.#welcome(client);
    });
  }

  /** Sends an event to every session that asked for one of these intents; 0 is for all. */
  dispatch(name: GatewayDispatchEvents, data: object, intents: number = GatewayIntentBits.Guilds): void {
    for (const session of this.#sessions.values()) {
      if (intents === 0 || (session.intents & intents) !== 0) session.dispatch(name, data);
    }
  }

  /** Number of clients that are connected and identified. */
  get connected(): number {
    return [...this.#sessions.values()].filter(({ isConnected }) => isConnected).length;
  }

  drop(mode: DropMode): void {
    for (const session of this.#sessions.values()) {
      if (session.socket === undefined) continue;
      if (mode === 'cut') session.socket.terminate();
      if (mode === 'dead') session.socket.close(GatewayCloseCodes.AuthenticationFailed);
      if (mode === 'reconnect') this.#send(session.socket, { op: GatewayOpcodes.Reconnect, d: null });
      if (mode === 'invalid-session')
        this.#send(session.socket, { op: GatewayOpcodes.InvalidSession, d: false });
    }
    if (mode === 'invalid-session' || mode === 'dead') this.#sessions.clear();
  }

  close(): void {
    for (const client of this.#server.clients) client.terminate();
    this.#server.close();
    this.#sessions.clear();
  }

  #welcome(client: WebSocket): void {
    const state: { session: GatewaySession | undefined } = { session: undefined };
    this.#send(client, { op: GatewayOpcodes.Hello, d: { heartbeat_interval: this.#options.heartbeatMs } });
    client.on('message', (data) => {
      const text = data.toString();
      this.#options.traffic.record({ from: 'bot', over: 'gateway', about: '', text });
      const frame = parse(text);
      if (frame === undefined) client.close(GatewayCloseCodes.DecodeError);
      else this.#receive(client, frame, state);
    });
    client.on('close', (code) => {
      state.session?.detach(client);
      const isOver = code === 1000 || code === 1001;
      if (isOver && state.session !== undefined) this.#sessions.delete(state.session.id);
    });
    client.on('error', () => client.terminate());
  }

  #receive(client: WebSocket, { op, d }: Incoming, state: { session: GatewaySession | undefined }): void {
    const data = (typeof d === 'object' && d !== null ? d : {}) as Readonly<Record<string, unknown>>;
    const refusal = outOfTurn(op, state.session !== undefined);
    if (refusal !== undefined) client.close(refusal);
    else if (op === GatewayOpcodes.Heartbeat) this.#send(client, { op: GatewayOpcodes.HeartbeatAck });
    else if (op === GatewayOpcodes.Identify) state.session = this.#identify(client, data);
    else if (op === GatewayOpcodes.Resume) state.session = this.#resume(client, data);
  }

  #identify(client: WebSocket, data: Readonly<Record<string, unknown>>): GatewaySession | undefined {
    const refusal = this.#refusal(data);
    if (refusal !== undefined) {
      client.close(refusal);
      return undefined;
    }
    const { guild, applicationId, url, traffic } = this.#options;
    const session = new GatewaySession(Number(data['intents']), client, traffic);
    this.#sessions.set(session.id, session);
    session.dispatch('READY', {
      v: 10,
      user: { ...guild.users.get(guild.botId), verified: true, mfa_enabled: true, email: null },
      guilds: [{ id: guild.id, unavailable: true }],
      session_id: session.id,
      session_type: 'normal',
      resume_gateway_url: url(),
      shard: [0, 1],
      application: { id: applicationId, flags: ApplicationFlags.ApplicationCommandBadge },
      private_channels: [],
      presences: [],
      relationships: [],
    });
    if ((session.intents & GatewayIntentBits.Guilds) !== 0) {
      session.dispatch('GUILD_CREATE' as GatewayDispatchEvents, guildCreateJson(guild));
    }
    return session;
  }

  #refusal({ token, intents, shard }: Readonly<Record<string, unknown>>): GatewayCloseCodes | undefined {
    if (bareToken(token) !== this.#options.token) return GatewayCloseCodes.AuthenticationFailed;
    if (typeof intents !== 'number' || (intents & ~KNOWN_INTENTS) !== 0)
      return GatewayCloseCodes.InvalidIntents;
    if ((intents & PRIVILEGED) !== 0) return GatewayCloseCodes.DisallowedIntents;
    const isOnly = shard === undefined || (Array.isArray(shard) && shard[0] === 0 && shard[1] === 1);
    return isOnly ? undefined : GatewayCloseCodes.InvalidShard;
  }

  #resume(
    client: WebSocket,
    { token, session_id, seq }: Readonly<Record<string, unknown>>,
  ): GatewaySession | undefined {
    const session = this.#sessions.get(String(session_id));
    if (bareToken(token) !== this.#options.token || session === undefined) {
      this.#send(client, { op: GatewayOpcodes.InvalidSession, d: false });
      return undefined;
    }
    session.resume(client, Number(seq));
    return session;
  }

  #send(client: WebSocket, frame: object): void {
    const text = JSON.stringify(frame);
    this.#options.traffic.record({ from: 'discord', over: 'gateway', about: '', text });
    client.send(text);
  }
}

/** The close code of a frame that is unknown, or comes too early or too late. */
function outOfTurn(op: unknown, isIdentified: boolean): GatewayCloseCodes | undefined {
  if (op === GatewayOpcodes.Heartbeat) return undefined;
  if (op === GatewayOpcodes.Identify || op === GatewayOpcodes.Resume) {
    return isIdentified ? GatewayCloseCodes.AlreadyAuthenticated : undefined;
  }
  if (!isIdentified) return GatewayCloseCodes.NotAuthenticated;
  return op === GatewayOpcodes.PresenceUpdate ? undefined : GatewayCloseCodes.UnknownOpcode;
}

function bareToken(token: unknown): string {
  return String(token).replace(/^Bot /, '');
}

function parse(text: string): Incoming | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return typeof frame === 'object' && frame !== null ? frame : undefined;
  } catch {
    return undefined;
  }
}
