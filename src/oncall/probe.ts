/** What `hallpass check` asks PagerDuty's REST API: does it take the token, and does it have what policies name? */
import { z } from 'zod';
import { createPagerDutyApi, PAGERDUTY, type PagerDutyApi, PagerDutyError } from './pagerduty-api.js';

/** For each question. */
const TIMEOUT_MS = 5_000;

/** PagerDuty's service regions; an account is in one of them. */
const REGIONS: readonly string[] = [PAGERDUTY, 'https://api.eu.pagerduty.com'];

const reference = z.object({ id: z.string() });

/** https://developer.pagerduty.com/api-reference: "Get a schedule", "Get an escalation policy" */
const schedule = z.object({
  name: z.string(),
  escalation_policies: z.array(reference).optional(),
});

const policy = z.object({
  name: z.string(),
  escalation_rules: z.array(z.object({})),
  services: z.array(reference).optional(),
});

interface ScheduleSeen {
  readonly name: string;
  /** An escalation policy uses it: without one, PagerDuty counts nobody on it as on call. */
  readonly isUsed: boolean;
}

interface PolicySeen {
  readonly name: string;
  /** The first level is 1. */
  readonly levels: number;
  /** A service uses it, or PagerDuty doesn't say: without one, it pages nobody. */
  readonly isUsed: boolean;
}

/** Each throws PagerDutyError. */
export interface PagerDutyProbe {
  /** @returns null when the configured address accepts the token; else the address of the region that does. */
  findRegion(): Promise<string | null>;
  /** null: there is none. */
  schedule(id: string): Promise<ScheduleSeen | null>;
  escalationPolicy(id: string): Promise<PolicySeen | null>;
  hasUser(id: string): Promise<boolean>;
}

/** @param regions tests have their own. */
export function createPagerDutyProbe(
  { token, apiUrl }: { readonly token: string; readonly apiUrl: string | null },
  regions: readonly string[] = REGIONS,
): PagerDutyProbe {
  const [home = PAGERDUTY] = regions;
  const here = apiUrl ?? home;
  const api = createPagerDutyApi(token, here);
  const signal = () => AbortSignal.timeout(TIMEOUT_MS);

  const isTaken = async (one: PagerDutyApi): Promise<void> => {
    // The first entry is enough; an account without users doesn't exist.
    for await (const _ of one.list('users', {}, reference, signal())) return;
  };

  return {
    async findRegion() {
      try {
        await isTaken(api);
        return null;
      } catch (thrown) {
        if (!(thrown instanceof PagerDutyError) || !thrown.isTokenRefused) throw thrown;
        for (const region of regions) {
          if (region === here.replace(/\/+$/, '')) continue;
          const [outcome] = await Promise.allSettled([isTaken(createPagerDutyApi(token, region))]);
          if (outcome.status === 'fulfilled') return region;
        }
        throw thrown;
      }
    },

    async schedule(id) {
      const seen = await api.get('schedules', id, 'schedule', schedule, signal());
      return seen && { name: seen.name, isUsed: (seen.escalation_policies ?? []).length > 0 };
    },

    async escalationPolicy(id) {
      const seen = await api.get('escalation_policies', id, 'escalation_policy', policy, signal());
      if (seen === null) return null;
      return { name: seen.name, levels: seen.escalation_rules.length, isUsed: seen.services?.length !== 0 };
    },

    hasUser: async (id) => (await api.get('users', id, 'user', reference, signal())) !== null,
  };
}
