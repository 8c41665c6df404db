import { LRUCache } from 'lru-cache';

export interface Cache<T> {
  /** The remembered value of `key`, or what `fetch` answers. */
  get(key: string, fetch: () => Promise<T>): Promise<T>;
  /** The next `get` asks again; the answer of a fetch in progress isn't remembered. */
  forget(key: string): void;
}

/**
 * Remembers what was fetched for at most `ttlMs` (0: for good), counted from the start of the fetch: an answer describes
 * the moment it was asked for. Callers at the same time share one fetch; a failure isn't remembered.
 */
export function createCache<T>({ ttlMs, maxEntries }: { ttlMs: number; maxEntries: number }): Cache<T> {
  const entries = new LRUCache<string, Promise<T>>({ max: maxEntries, ttl: ttlMs });
  return {
    get: async (key, fetch) => {
      const known = entries.get(key);
      if (known !== undefined) return known;
      const fetched = fetch();
      entries.set(key, fetched);
      try {
        return await fetched;
      } catch (error) {
        if (entries.peek(key) === fetched) entries.delete(key);
        throw error;
      }
    },
    forget: (key) => void entries.delete(key),
  };
}
