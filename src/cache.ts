export interface Cache<T> {
  /** What is remembered of `key`, or what `fetch` answers. */
  get(key: string, fetch: () => Promise<T>): Promise<T>;
  /** The next `get` asks again; the answer of a fetch under way is not remembered. */
  forget(key: string): void;
}

/**
 * Remembers what was fetched for at most `ttlMs`, counted from the start of the fetch: an answer describes the moment
 * it was asked for, not the moment it arrived. Callers at the same time share one fetch; a failure is not remembered.
 */
export function createCache<T>({ ttlMs, maxEntries }: { ttlMs: number; maxEntries: number }): Cache<T> {
  const entries = new Map<string, { readonly startedAt: number; readonly value: Promise<T> }>();

  return {
    get: async (key, fetch) => {
      const now = performance.now();
      const known = entries.get(key);
      if (known !== undefined && now - known.startedAt < ttlMs) return known.value;

      const entry = { startedAt: now, value: fetch() };
      // A Map keeps the order of insertion: the first entry is the oldest.
      entries.delete(key);
      entries.set(key, entry);
      if (entries.size > maxEntries) {
        const oldest = entries.keys().next();
        if (!oldest.done) entries.delete(oldest.value);
      }
      try {
        return await entry.value;
      } catch (error) {
        if (entries.get(key) === entry) entries.delete(key);
        throw error;
      }
    },
    forget: (key) => {
      entries.delete(key);
    },
  };
}
