import type { Selectable } from 'kysely';
import type { Connection } from './connection.ts';
import type { AuditTable } from './database.ts';

/** One line of the audit log: a raw JWS, or a decision. */
export type AuditRow = Readonly<Selectable<AuditTable>>;

export interface NewAuditRow extends Pick<AuditTable, 'kind' | 'body'> {
  readonly guild?: string;
  readonly agent?: string;
  readonly job?: string;
  /** The account on whose behalf it was. */
  readonly actor?: string;
}

/** Channel.md §10: 90 days, in milliseconds. */
export const AUDIT_KEPT_MS = 90 * 24 * 3_600_000;

/** What was signed and decided. Append only, but for what is older than it is kept. */
export class Audit {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async append({ kind, body, guild, agent, job, actor }: NewAuditRow): Promise<void> {
    await this.#connection.db
      .insertInto('audit')
      .values({
        id: this.#connection.nextId(),
        at: this.#connection.now(),
        guild: guild ?? null,
        agent: agent ?? null,
        job: job ?? null,
        actor: actor ?? null,
        kind,
        body,
      })
      .execute();
  }

  /** The lines of a guild from `from` to before `to` (ms), in order. */
  async list(
    guild: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<AuditRow[]> {
    return await this.#connection.db
      .selectFrom('audit')
      .selectAll()
      .where('guild', '=', guild)
      .where('at', '>=', from)
      .where('at', '<', to)
      .orderBy('id')
      .execute();
  }

  /** Removes lines that are older than they are kept, and returns how many they were. */
  async removeOld(): Promise<number> {
    const rows = await this.#connection.db
      .deleteFrom('audit')
      .where('at', '<', this.#connection.now() - AUDIT_KEPT_MS)
      .returning('id')
      .execute();
    return rows.length;
  }
}
