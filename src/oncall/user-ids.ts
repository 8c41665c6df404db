import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { type PagerDutyApi, PagerDutyError } from './pagerduty-api.js';

/** How long the user behind an e-mail address is remembered. */
const KEPT_MS = 5 * 60_000;
const MOST_KEPT = 10_000;

const User = z.object({ id: z.string(), email: z.string() });

/** Finds the id of the one PagerDuty user with exactly this e-mail address. The function throws PagerDutyError. */
export function createUserIds(api: PagerDutyApi) {
  const known = new LRUCache<string, string>({ max: MOST_KEPT, ttl: KEPT_MS });
  return async (email: string, signal: AbortSignal): Promise<string> => {
    const wanted = email.toLowerCase();
    const kept = known.get(wanted);
    if (kept !== undefined) return kept;
    const ids = new Set<string>();
    // `query` finds parts of names and addresses too: ann@example.com also finds joann@example.com.
    for await (const user of api.list('users', { query: email }, User, signal)) {
      if (user.email.toLowerCase() === wanted) ids.add(user.id);
    }
    const [id, ...others] = ids;
    if (id === undefined || others.length > 0) {
      throw new PagerDutyError(
        `PagerDuty has ${id === undefined ? 'no user' : 'several users'} with this person's e-mail address.`,
        { passing: false, nextStep: "Put the person's PagerDuty id into the configuration (people)." },
      );
    }
    known.set(wanted, id);
    return id;
  };
}
