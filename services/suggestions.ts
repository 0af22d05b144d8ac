import type { Owner } from './services.ts';
import { openCache } from './store/cache.ts';
import type { CacheEntries } from './store/records/cache-entries.ts';

/** Lists for autocompletion. Each keystroke asks for one, within 3 s and without a second chance. */
export interface Suggestions {
  /** The list of this kind for this person: of a moment ago, else what `make` gives. */
  of<Item>(owner: Owner, kind: string, make: () => Promise<readonly Item[]>): Promise<readonly Item[]>;
}

/** So long a list is good, ms: as long as somebody types a word. */
const TTL_MS = 5_000;

export function createSuggestions(entries: CacheEntries, onError: (error: unknown) => void): Suggestions {
  const cache = openCache<readonly unknown[]>(entries, { namespace: 'suggestions', ttl: TTL_MS, onError });
  return {
    async of<Item>({ guild, user }: Owner, kind: string, make: () => Promise<readonly Item[]>) {
      const key = `${kind}/${guild}/${user}`;
      const known = await cache.get(key);
      // One kind is one type of item.
      if (known !== undefined) return known as readonly Item[];
      const made = await make();
      await cache.set(key, made);
      return made;
    },
  };
}
