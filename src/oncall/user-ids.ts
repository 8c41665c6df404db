import { z } from 'zod';
import { type PagerDutyApi, PagerDutyError } from './pagerduty-api.js';

/** How long the user behind an e-mail address is remembered, milliseconds. */
const KEPT_MS = 5 * 60_000;

const User = z.object({ id: z.string(), email: z.string() });

export interface UserIds {
  /** The id of the one PagerDuty user with exactly this e-mail address. Throws PagerDutyError. */
  byEmail(email: string, signal: AbortSignal): Promise<string>;
}

export function createUserIds(api: PagerDutyApi): UserIds {
  const known = new Map<string, { readonly id: string; readonly until: number }>();
  return {
    async byEmail(email, signal) {
      const wanted = email.toLowerCase();
      const kept = known.get(wanted);
      if (kept !== undefined && performance.now() < kept.until) return kept.id;

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
      known.set(wanted, { id, until: performance.now() + KEPT_MS });
      return id;
    },
  };
}
