import type { Connection } from './connection.ts';

/** What `cache.ts` keeps: text that may be lost, each namespace for itself. What has expired is never returned. */
export class CacheEntries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async get(namespace: string, key: string): Promise<string | undefined> {
    const row = await this.#live(namespace).select('value').where('key', '=', key).executeTakeFirst();
    return row?.value;
  }

  /** The values that are there, by key. */
  async getMany(namespace: string, keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const rows = await this.#live(namespace).select(['key', 'value']).where('key', 'in', keys).execute();
    return new Map(rows.map(({ key, value }) => [key, value]));
  }

  /** Stores a value for `ttl` milliseconds, for ever when that is undefined. */
  async set(namespace: string, key: string, value: string, ttl: number | undefined): Promise<void> {
    const expiresAt = ttl === undefined ? null : this.#connection.now() + Math.ceil(ttl);
    await this.#connection.db
      .insertInto('cache')
      .values({ namespace, key, value, expiresAt })
      .onConflict((conflict) => conflict.columns(['namespace', 'key']).doUpdateSet({ value, expiresAt }))
      .execute();
  }

  /** True when there was something. */
  async delete(namespace: string, key: string): Promise<boolean> {
    const row = await this.#connection.db
      .deleteFrom('cache')
      .where('namespace', '=', namespace)
      .where('key', '=', key)
      .returning('key')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Removes everything of this namespace. */
  async clear(namespace: string): Promise<void> {
    await this.#connection.db.deleteFrom('cache').where('namespace', '=', namespace).execute();
  }

  /** The entries behind `after`, in the order of their keys: a page of an iteration that outlives changes. */
  async page(
    namespace: string,
    after: string | undefined,
    limit: number,
  ): Promise<{ key: string; value: string }[]> {
    const page = this.#live(namespace).select(['key', 'value']).orderBy('key').limit(limit);
    return await (after === undefined ? page : page.where('key', '>', after)).execute();
  }

  /** Removes what has expired, in all namespaces, and returns how many they were. */
  async removeExpired(): Promise<number> {
    const rows = await this.#connection.db
      .deleteFrom('cache')
      .where('expiresAt', '<=', this.#connection.now())
      .returning('key')
      .execute();
    return rows.length;
  }

  #live(namespace: string) {
    return this.#connection.db
      .selectFrom('cache')
      .where('namespace', '=', namespace)
      .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', this.#connection.now())]));
  }
}
