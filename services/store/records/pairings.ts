import type { Selectable } from 'kysely';
import { type Connection, inTransaction } from './connection.ts';
import type { PairingState, PairingTable, Presser } from './database.ts';

/** A machine that waits for a person's answer in Discord. */
export type Pairing = Readonly<Selectable<PairingTable>>;

export type NewPairing = Readonly<
  Pick<PairingTable, 'id' | 'guild' | 'user' | 'words' | 'host' | 'osUser' | 'transcript' | 'expiresAt'>
>;

/** One from another machine: whose it is is known only when somebody claims it. */
export type NewCodePairing = Omit<NewPairing, 'guild' | 'user'> & { readonly codeHash: string };

/** An account is asked at most so often in this time (channel.md §5). */
export const PROMPT_LIMIT = { prompts: 3, withinMs: 3_600_000 } as const;

/** Pairings, from the question to the answer. */
export class Pairings {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Stores a pairing whose question is to be asked now. `too-many`: the account was asked often enough this hour. */
  async begin(pairing: NewPairing): Promise<Pairing | 'too-many'> {
    return await inTransaction(this.#connection, async ({ db, now, nextId }) => {
      const since = now() - PROMPT_LIMIT.withinMs;
      const asked = await new Pairings({ db, now, nextId }).promptsSince(pairing.user, since);
      if (asked >= PROMPT_LIMIT.prompts) return 'too-many';
      const { id, guild, user, words, host, osUser, transcript, expiresAt } = pairing;
      return await db
        .insertInto('pairings')
        .values({
          id,
          guild,
          user,
          words,
          host,
          osUser,
          transcript,
          state: 'pending',
          createdAt: now(),
          expiresAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
    });
  }

  /** Stores a pairing that waits for somebody who types its code. */
  async beginByCode({ codeHash, ...pairing }: NewCodePairing): Promise<Pairing> {
    const { db, now } = this.#connection;
    return await db
      .insertInto('pairings')
      .values({ ...pairing, guild: '', user: '', state: 'pending', createdAt: now(), codeHash })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** Takes the answer to a pairing by code, once, from whoever gives it first. Undefined as with `answer`. */
  async claim(
    id: string,
    { guild, user }: Presser,
    state: Extract<PairingState, 'confirmed' | 'refused'>,
  ): Promise<Pairing | undefined> {
    return await this.#connection.db
      .updateTable('pairings')
      .set({ state, guild, user })
      .where('id', '=', id)
      .where('codeHash', 'is not', null)
      .where('state', '=', 'pending')
      .where('expiresAt', '>', this.#connection.now())
      .returningAll()
      .executeTakeFirst();
  }

  /** Forgets those from other machines that ended: anybody may begin one. */
  async removeOld(): Promise<void> {
    await this.#connection.db
      .deleteFrom('pairings')
      .where('codeHash', 'is not', null)
      .where('expiresAt', '<=', this.#connection.now())
      .execute();
  }

  /** How often an account was asked after `since` (ms), in all guilds together. */
  async promptsSince(user: string, since: number): Promise<number> {
    const { count } = await this.#connection.db
      .selectFrom('pairings')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('user', '=', user)
      .where('createdAt', '>', since)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** A pairing that still waits for this person. */
  async find(id: string, presser: Presser): Promise<Pairing | undefined> {
    return await this.#connection.db
      .selectFrom('pairings')
      .selectAll()
      .where('id', '=', id)
      .where('guild', '=', presser.guild)
      .where('user', '=', presser.user)
      .where('state', '=', 'pending')
      .where('expiresAt', '>', this.#connection.now())
      .executeTakeFirst();
  }

  /** Takes the person's answer, once. Undefined when it was answered or given up before, has expired, or is not theirs. */
  async answer(
    id: string,
    presser: Presser,
    state: Extract<PairingState, 'confirmed' | 'refused'>,
  ): Promise<Pairing | undefined> {
    return await this.#connection.db
      .updateTable('pairings')
      .set({ state })
      .where('id', '=', id)
      .where('guild', '=', presser.guild)
      .where('user', '=', presser.user)
      .where('state', '=', 'pending')
      .where('expiresAt', '>', this.#connection.now())
      .returningAll()
      .executeTakeFirst();
  }

  /** Gives up a pairing whose connection is gone; one that nobody claimed leaves nothing. False when it had been answered. */
  async abandon(id: string): Promise<boolean> {
    const unclaimed = await this.#connection.db
      .deleteFrom('pairings')
      .where('id', '=', id)
      .where('codeHash', 'is not', null)
      .where('state', '=', 'pending')
      .returning('id')
      .executeTakeFirst();
    if (unclaimed !== undefined) return true;
    const row = await this.#connection.db
      .updateTable('pairings')
      .set({ state: 'abandoned' })
      .where('id', '=', id)
      .where('state', '=', 'pending')
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  }
}
