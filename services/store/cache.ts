import { EventEmitter } from 'node:events';
import { Keyv, type KeyvStoreAdapter, type StoredData } from 'keyv';
import type { CacheEntries } from './records/cache-entries.ts';

export interface CacheOptions {
  /** Keeps the keys of different caches apart. */
  readonly namespace: string;
  /** How long a value stays when `set` says nothing, in milliseconds; for ever when left out. */
  readonly ttl?: number;
  /** Told when the database failed. The cache then answers that it has nothing. */
  readonly onError?: (error: unknown) => void;
}

/** A cache beside the records. Never for what must not be lost, and not from inside a transaction, which it waits for. */
export function openCache<Value>(
  entries: CacheEntries,
  { namespace, ttl, onError = () => {} }: CacheOptions,
): Keyv<Value> {
  const cache = new Keyv<Value>({
    store: new RecordsAdapter(entries, namespace, onError),
    namespace,
    // The namespace is a column. Keyv's prefix is not applied alike by all its methods.
    useKeyPrefix: false,
    ...(ttl === undefined ? {} : { ttl }),
  });
  cache.on('error', onError);
  return cache;
}

/** How many entries an iteration holds at a time. */
const PAGE = 100;

/** Keyv's storage on the cache table. Values come and go as the text that Keyv made of them. */
class RecordsAdapter extends EventEmitter implements KeyvStoreAdapter {
  /** Keyv iterates only over dialects that it knows by name. */
  readonly opts = { dialect: 'sqlite' };
  /** Keyv sets it, too. */
  namespace: string;
  readonly #entries: CacheEntries;
  readonly #onError: (error: unknown) => void;

  constructor(entries: CacheEntries, namespace: string, onError: (error: unknown) => void) {
    super();
    this.#entries = entries;
    this.namespace = namespace;
    this.#onError = onError;
  }

  async get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    const [value] = await this.#find([key]);
    return value as StoredData<Value> | undefined;
  }

  async getMany<Value>(keys: string[]): Promise<StoredData<Value | undefined>[]> {
    return (await this.#find(keys)) as StoredData<Value | undefined>[];
  }

  async has(key: string): Promise<boolean> {
    return (await this.#find([key]))[0] !== undefined;
  }

  async set(key: string, value: string, ttl?: number): Promise<void> {
    await this.#entries.set(this.namespace, key, value, ttl);
  }

  async delete(key: string): Promise<boolean> {
    return await this.#entries.delete(this.namespace, key);
  }

  async clear(): Promise<void> {
    await this.#entries.clear(this.namespace);
  }

  async *iterator<Value>(): AsyncGenerator<(string | Awaited<Value> | undefined)[], void> {
    let after: string | undefined;
    for (;;) {
      const page = await this.#entries.page(this.namespace, after, PAGE);
      for (const { key, value } of page) yield [key, value];
      after = page.at(-1)?.key;
      if (page.length < PAGE) return;
    }
  }

  /** Keyv passes a failed `get` over in silence and lets a failed `getMany` through: here both are told and find nothing. */
  async #find(keys: readonly string[]): Promise<(string | undefined)[]> {
    try {
      const found = await this.#entries.getMany(this.namespace, keys);
      return keys.map((key) => found.get(key));
    } catch (error) {
      this.#onError(error);
      return keys.map(() => undefined);
    }
  }
}
