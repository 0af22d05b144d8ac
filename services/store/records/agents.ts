import type { Selectable } from 'kysely';
import type { PublicJwk } from '../../../src/protocol/keys.ts';
import { type Connection, inTransaction } from './connection.ts';
import type { AgentState, AgentTable, Scope } from './database.ts';
import { fromJson, toJson } from './json.ts';

/** A paired machine. */
export type Agent = Readonly<Omit<Selectable<AgentTable>, 'jwk'> & { jwk: PublicJwk }>;

/** What a pairing tells about a machine and its key. */
export interface PairedKey {
  readonly label: string;
  readonly os: string;
  readonly jwk: PublicJwk;
  /** RFC 7638, of `jwk`. */
  readonly thumbprint: string;
}

/** The machines that people paired. */
export class Agents {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Stores a machine that was paired for the first time: active, epoch 1. `id` is `ag_<uuidv7>`. */
  async add(agent: PairedKey & Scope & { readonly id: string }): Promise<Agent> {
    const row = await this.#connection.db
      .insertInto('agents')
      .values({
        ...agent,
        jwk: toJson(agent.jwk),
        epoch: 1,
        state: 'active',
        pairedAt: this.#connection.now(),
        lastRoundTripAt: null,
        agentVersion: null,
        lastCommand: 0,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return toAgent(row);
  }

  /**
   * Gives a known machine the key of a new pairing, with the next epoch. In the same transaction the old key dies: it is
   * no longer in the row, and what was signed for it and not yet accepted expires. Command numbers go on.
   * @returns undefined when it is not that person's machine, or when the key is the one that it has
   */
  async pairAgain(id: string, scope: Scope, paired: PairedKey): Promise<Agent | undefined> {
    return await inTransaction(this.#connection, async ({ db, now }) => {
      const row = await db
        .updateTable('agents')
        .set((column) => ({
          label: paired.label,
          os: paired.os,
          jwk: toJson(paired.jwk),
          thumbprint: paired.thumbprint,
          epoch: column('epoch', '+', 1),
          state: 'active',
          pairedAt: now(),
          lastRoundTripAt: null,
          agentVersion: null,
        }))
        .where('id', '=', id)
        .where('guild', '=', scope.guild)
        .where('owner', '=', scope.owner)
        .where('thumbprint', '!=', paired.thumbprint)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) return undefined;
      await db
        .updateTable('outbox')
        .set({ state: 'expired' })
        .where('agent', '=', id)
        .where('epoch', '<', row.epoch)
        .where('state', 'in', ['queued', 'sent'])
        .execute();
      return toAgent(row);
    });
  }

  /** One machine of that person; revoked ones too. Undefined for anybody else's. */
  async find(id: string, scope: Scope): Promise<Agent | undefined> {
    const row = await this.#connection.db
      .selectFrom('agents')
      .selectAll()
      .where('id', '=', id)
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner)
      .executeTakeFirst();
    return row && toAgent(row);
  }

  /** The machines of that person that are not revoked, the oldest pairing first. */
  async ofOwner(scope: Scope): Promise<Agent[]> {
    const rows = await this.#connection.db
      .selectFrom('agents')
      .selectAll()
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner)
      .where('state', '!=', 'revoked')
      .orderBy('pairedAt')
      .orderBy('id')
      .execute();
    return rows.map(toAgent);
  }

  /** The hub's look-up: whoever says to be this machine still has to prove the key. Never for an id from Discord. */
  async claimed(id: string): Promise<Agent | undefined> {
    const row = await this.#connection.db
      .selectFrom('agents')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    return row && toAgent(row);
  }

  /**
   * Notes that the machine of this epoch answered just now.
   * @returns false when it was paired again, suspended or revoked meanwhile: the connection has to end
   */
  async noteRoundTrip(id: string, epoch: number, agentVersion: string): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('agents')
      .set({ lastRoundTripAt: this.#connection.now(), agentVersion })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('state', '=', 'active')
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Suspends an active machine, for two living copies of its key; only `pairAgain` lifts it. False if it was not active. */
  async suspend(id: string, epoch: number): Promise<boolean> {
    return await this.#move(id, epoch, ['active'], 'suspended');
  }

  /** Revokes a machine as it asked for itself (`unpaired`). False if that was done before or it was paired again. */
  async unpaired(id: string, epoch: number): Promise<boolean> {
    return await this.#move(id, epoch, ['active', 'suspended'], 'revoked');
  }

  /** Revokes a machine as its owner asked for. False if that was done before or it is not theirs. */
  async revoke(id: string, scope: Scope): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('agents')
      .set({ state: 'revoked' })
      .where('id', '=', id)
      .where('guild', '=', scope.guild)
      .where('owner', '=', scope.owner)
      .where('state', '!=', 'revoked')
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Revokes those paired before `before` (ms) that never proved their key since, and returns their ids (channel.md §5). */
  async revokeUnproven(before: number): Promise<string[]> {
    const rows = await this.#connection.db
      .updateTable('agents')
      .set({ state: 'revoked' })
      .where('lastRoundTripAt', 'is', null)
      .where('pairedAt', '<', before)
      .where('state', '!=', 'revoked')
      .returning('id')
      .execute();
    return rows.map(({ id }) => id);
  }

  async #move(id: string, epoch: number, from: readonly AgentState[], to: AgentState): Promise<boolean> {
    const row = await this.#connection.db
      .updateTable('agents')
      .set({ state: to })
      .where('id', '=', id)
      .where('epoch', '=', epoch)
      .where('state', 'in', from)
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }
}

function toAgent(row: Selectable<AgentTable>): Agent {
  return { ...row, jwk: fromJson(row.jwk) as PublicJwk };
}
