import { LRUCache } from 'lru-cache';

/** About what arrives in five minutes at a busy place: Slack's signature on a payload is good for that long. */
const MOST = 10_000;

/**
 * Tells whether a payload came before, by the id that Slack gives each interaction (`trigger_id`), among the last 10,000 in
 * this process. Only for the log: what makes a repeated payload harmless is that one view makes one request, one version
 * makes one change, and one trigger opens one form.
 */
export function createSeen(): (id: string) => boolean {
  const seen = new LRUCache<string, true>({ max: MOST });
  return (id) => {
    if (seen.has(id)) return true;
    seen.set(id, true);
    return false;
  };
}
