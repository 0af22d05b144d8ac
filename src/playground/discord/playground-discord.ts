import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { PermissionFlagsBits as Bits } from 'discord-api-types/v10';
import { announceChannel } from './announce.ts';
import { addChannel, addRole, addUser, type ChannelOption, giveRole } from './build-guild.ts';
import { type Snapshot, snapshotFor } from './driver/snapshot.ts';
import { UserDriver } from './driver/user-driver.ts';
import type { FindingKind, Findings } from './findings.ts';
import type { DropMode } from './gateway/gateway.ts';
import type { Parts } from './parts.ts';
import type { Trouble } from './rest/rate-limit.ts';
import type { RestServer } from './rest/rest-server.ts';
import type { Traffic } from './traffic.ts';
import { makeUser } from './world/accounts.ts';
import type { Change } from './world/changes.ts';
import type { Interaction } from './world/interactions.ts';

export interface UserOptions {
  readonly username: string;
  readonly displayName?: string;
  /** Has the Administrator permission through a role of its own. */
  readonly admin?: boolean;
  /** Names of roles. */
  readonly roles?: readonly string[];
  /** Language of the user's client, `en-US` when left out. */
  readonly locale?: string;
}

export interface Running {
  readonly parts: Parts;
  readonly server: Server;
  readonly rest: RestServer;
  readonly traffic: Traffic;
  readonly findings: Findings;
  readonly tokens: Map<string, string>;
  readonly token: string;
}

/** A running Discord look-alike: where it listens, who is there, and what happened. */
export class PlaygroundDiscord {
  /** Token of the bot. */
  readonly token: string;
  readonly applicationId: string;
  readonly guildId: string;
  /** Every frame in and out, in order. */
  readonly traffic: Traffic;
  /** What was wrong on either side of the wire; requests that Discord would refuse are among it. */
  readonly findings: Findings;
  readonly #running: Running;

  constructor(running: Running) {
    this.#running = running;
    this.token = running.token;
    this.applicationId = running.parts.applicationId;
    this.guildId = running.parts.guild.id;
    this.traffic = running.traffic;
    this.findings = running.findings;
  }

  /** Base address for the client's `rest.api`, without the version. */
  get api(): string {
    return `${this.#running.parts.origin()}/api`;
  }

  /** Base address for the client's `rest.cdn`. */
  get cdn(): string {
    return `${this.#running.parts.origin()}/cdn`;
  }

  /** Everything that people did, with how and when the bot acknowledged it. */
  get interactions(): readonly Interaction[] {
    return this.#running.parts.interactions.all;
  }

  /** Number of connected clients of the bot. */
  get connectedClients(): number {
    return this.#running.parts.gateway.connected;
  }

  createUser({ username, displayName, admin = false, roles = [], locale }: UserOptions): UserDriver {
    const { guild, snowflakes, clock, changes } = this.#running.parts;
    const id = snowflakes.next();
    addUser(guild, clock, makeUser(id, username, displayName));
    if (locale !== undefined) guild.locales.set(id, locale);
    for (const name of roles) giveRole(guild, id, this.roleId(name));
    if (admin) giveRole(guild, id, this.#adminRole());
    changes.tell({ kind: 'members' });
    return this.as(id);
  }

  /** The client of a user. @throws when there is no such user */
  as(user: { readonly id: string } | string): UserDriver {
    const id = typeof user === 'string' ? user : user.id;
    const found = this.#running.parts.guild.users.get(id);
    if (found === undefined) throw new Error(`There is no user ${id}.`);
    return new UserDriver(this.#running.parts, id, found.username);
  }

  /** Another bot account, for programs that only check a token. Returns the token, made up where none is given. */
  createBot(username: string, token = newToken()): string {
    const { guild, snowflakes } = this.#running.parts;
    const id = snowflakes.next();
    guild.users.set(id, makeUser(id, username, undefined, true));
    this.#running.tokens.set(token, id);
    return token;
  }

  /** Id of the channel with this name. @throws when there is none */
  channelId(name: string): string {
    const found = this.#running.parts.guild.guildChannels.find((channel) => channel.name === name);
    if (found === undefined) throw new Error(`There is no channel #${name}.`);
    return found.id;
  }

  /** Id of the role with this name. @throws when there is none */
  roleId(name: string): string {
    const found = [...this.#running.parts.guild.roles.values()].find((role) => role.name === name);
    if (found === undefined) throw new Error(`There is no role ${name}.`);
    return found.id;
  }

  createChannel(option: ChannelOption): string {
    const { guild, snowflakes } = this.#running.parts;
    const id = addChannel(guild, snowflakes, option);
    this.#announce(id, true);
    return id;
  }

  /** Allows and denies a role or user permissions in one channel, in place of what was set for them before. */
  setPermissions(
    channelId: string,
    targetId: string,
    { allow = 0n, deny = 0n }: { allow?: bigint; deny?: bigint },
  ): void {
    const { guild } = this.#running.parts;
    const channel = guild.channels.get(channelId);
    if (channel?.kind !== 'guild') throw new Error(`There is no channel ${channelId}.`);
    const type = guild.roles.has(targetId) ? 0 : 1;
    const others = channel.overwrites.filter(({ id }) => id !== targetId);
    channel.overwrites = [...others, { id: targetId, type, allow, deny }];
    this.#announce(channelId);
  }

  /** What a user's screen shows, as plain JSON. */
  snapshotFor(user: { readonly id: string } | string): Snapshot {
    return snapshotFor(this.#running.parts, typeof user === 'string' ? user : user.id);
  }

  /** Calls `listener` after every change, whoever sees it. Returns how to stop. */
  on(_event: 'change', listener: (change: Change) => void): () => void {
    return this.#running.parts.changes.listen(listener);
  }

  /** Lets go of the bot's gateway connections; the session keeps its events unless it is ended. */
  dropGateway(mode: DropMode = 'cut'): void {
    this.#running.parts.gateway.drop(mode);
  }

  /** Makes every request fail, until it is set to undefined again. */
  setTrouble(trouble: Trouble | undefined): void {
    this.#running.rest.trouble = trouble;
  }

  /**
   * Stops listening.
   * @throws when the bot used a route that is not there, when an answer of the playground was not as Discord's, or when
   *   an interaction was never acknowledged in time; kinds in `allow` are passed over
   */
  async close({ allow = [] }: { allow?: readonly FindingKind[] } = {}): Promise<void> {
    const { parts, server, findings } = this.#running;
    for (const text of parts.interactions.unanswered()) findings.note('unanswered', text);
    parts.interactions.close();
    parts.gateway.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
    const failing: FindingKind[] = ['unknown-route', 'invalid-response', 'unanswered'];
    const faults = findings.all.filter(({ kind }) => failing.includes(kind) && !allow.includes(kind));
    if (faults.length === 0) return;
    const lines = faults.map(({ kind, text }) => `- ${kind}: ${text}`);
    throw new Error(`The playground ended with ${faults.length} faults:\n${lines.join('\n')}`);
  }

  #announce(channelId: string, isNew = false): void {
    const channel = this.#running.parts.guild.channels.get(channelId);
    if (channel !== undefined) announceChannel(this.#running.parts, channel, isNew);
  }

  #adminRole(): string {
    const { guild, snowflakes } = this.#running.parts;
    const known = [...guild.roles.values()].find(({ name }) => name === 'Administrator');
    if (known !== undefined) return known.id;
    const position = guild.roles.size;
    const id = snowflakes.next();
    addRole(guild, {
      id,
      name: 'Administrator',
      permissions: Bits.Administrator,
      position,
      botId: undefined,
    });
    return id;
  }
}

/** A bot token in the three parts that people know. */
export function newToken(): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64url');
  return `${part(18)}.${part(4)}.${part(28)}`;
}
