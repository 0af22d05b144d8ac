import type { Selectable } from 'kysely';
import type { Connection } from './connection.ts';
import type { ComponentTable, Presser } from './database.ts';
import { opaqueId } from './ids.ts';
import { fromJson, toJson } from './json.ts';

/** What a button or menu stands for. The shape of `data` is the route's to check. */
export type Component = Readonly<Omit<Selectable<ComponentTable>, 'data'> & { data: unknown }>;

export interface NewComponent {
  /** The middle of `v1:<route>:<id>`. */
  readonly route: string;
  readonly guild: string;
  /** The only person who may press it; null for anyone in the guild whom the handler lets. */
  readonly owner: string | null;
  /** Anything that JSON can hold. */
  readonly data: unknown;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Buttons and menus that work after a restart: their ids are opaque, what they mean is here. */
export class Components {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The opaque id of the new component. */
  async create({ route, guild, owner, data, expiresAt }: NewComponent): Promise<string> {
    const id = opaqueId();
    await this.#connection.db
      .insertInto('components')
      .values({
        id,
        route,
        guild,
        owner,
        data: toJson(data),
        createdAt: this.#connection.now(),
        expiresAt,
      })
      .execute();
    return id;
  }

  /** What the component stands for; undefined when it has expired, or is not for this person or this guild. */
  async find(id: string, presser: Presser): Promise<Component | undefined> {
    const row = await this.#connection.db
      .selectFrom('components')
      .selectAll()
      .where('id', '=', id)
      .where('guild', '=', presser.guild)
      .where((is) => is.or([is('owner', 'is', null), is('owner', '=', presser.user)]))
      .where('expiresAt', '>', this.#connection.now())
      .executeTakeFirst();
    return row && { ...row, data: fromJson(row.data) };
  }

  /** Removes what has expired and returns how many they were. */
  async removeExpired(): Promise<number> {
    const rows = await this.#connection.db
      .deleteFrom('components')
      .where('expiresAt', '<=', this.#connection.now())
      .returning('id')
      .execute();
    return rows.length;
  }
}
