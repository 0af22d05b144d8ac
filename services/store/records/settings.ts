import type { Connection } from './connection.ts';
import { fromJson, toJson } from './json.ts';

/** What the bot remembers for each guild, such as where its metrics card is. */
export class Settings {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The value, its shape unchecked; undefined when there is none. */
  async get(guild: string, key: string): Promise<unknown> {
    const row = await this.#connection.db
      .selectFrom('settings')
      .select('value')
      .where('guild', '=', guild)
      .where('key', '=', key)
      .executeTakeFirst();
    return row && fromJson(row.value);
  }

  /** Stores anything that JSON can hold. */
  async set(guild: string, key: string, value: unknown): Promise<void> {
    const changed = { value: toJson(value), updatedAt: this.#connection.now() };
    await this.#connection.db
      .insertInto('settings')
      .values({ guild, key, ...changed })
      .onConflict((conflict) => conflict.columns(['guild', 'key']).doUpdateSet(changed))
      .execute();
  }

  async remove(guild: string, key: string): Promise<void> {
    await this.#connection.db
      .deleteFrom('settings')
      .where('guild', '=', guild)
      .where('key', '=', key)
      .execute();
  }
}
