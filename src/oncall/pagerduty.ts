/**
 * Asks PagerDuty who is on call. Fails closed: only an entry for this very person that the rule counts means yes. Anything
 * unclear is `unsure`, and the request goes to its approvers.
 */
import type { Logger } from 'pino';
import { z } from 'zod';
import type { OnCallRule } from '../domain/policy/policy.js';
import { coerceError } from '../errors.js';
import type { OnCall, OnCallAnswer } from './on-call.js';
import { createPagerDutyApi, PagerDutyError } from './pagerduty-api.js';
import { createUserIds } from './user-ids.js';

/** For a whole answer, with every request and retry. */
const DEADLINE_MS = 2_000;

type Person = Parameters<OnCall['ask']>[0];

const Reference = z.object({ id: z.string(), summary: z.string().nullish() });

/** https://developer.pagerduty.com/api-reference/3a6b910f11050-list-all-of-the-on-calls */
const Entry = z.object({
  user: Reference,
  escalation_policy: Reference,
  escalation_level: z.number(),
  /** null when the escalation policy names the person without a schedule. */
  schedule: Reference.nullish(),
});

/** A schedule counts only while an escalation policy uses it. @param options `apiUrl`: null for PagerDuty's own. */
export function createPagerDuty(options: {
  readonly token: string;
  readonly apiUrl: string | null;
  readonly logger: Logger;
  /** Called after each call: whether PagerDuty answered as it should. */
  readonly heard?: (up: boolean) => void;
}): OnCall {
  const { token, apiUrl, logger, heard } = options;
  const api = createPagerDutyApi(token, apiUrl, heard);
  const userIdOf = createUserIds(api);
  /** The last one logged, so that an outage is logged once. */
  let trouble: string | null = null;

  async function identify(person: Person, signal: AbortSignal): Promise<string> {
    if (person.pagerduty !== null) return person.pagerduty;
    if (person.email !== null) return userIdOf(person.email, signal);
    throw new PagerDutyError("Neither a PagerDuty id nor an e-mail address of this person's is known.", {
      passing: false,
      nextStep: "Put the person's PagerDuty id into the configuration (people).",
    });
  }

  async function answer(person: Person, rule: OnCallRule, signal: AbortSignal): Promise<OnCallAnswer> {
    const userId = await identify(person, signal);
    // Asked by person only: PagerDuty joins filters with AND, and a rule is an OR. Without `since` and `until` it answers for
    // now.
    for await (const entry of api.list('oncalls', { 'user_ids[]': [userId] }, Entry, signal)) {
      const through = entry.user.id === userId ? whatCounts(entry, rule) : null;
      if (through !== null) return { answer: 'yes', through };
    }
    return { answer: 'no' };
  }

  function explain(error: Error): string {
    if (error.message !== trouble) {
      trouble = error.message;
      logger.warn({ err: error }, 'PagerDuty could not say who is on call');
    }
    return error instanceof PagerDutyError ? error.message : 'PagerDuty could not be asked.';
  }

  return {
    async ask(person, rule) {
      const signal = AbortSignal.timeout(DEADLINE_MS);
      try {
        // Between its retries, the library doesn't listen to the signal.
        const given = await Promise.race([answer(person, rule, signal), rejectOnAbort(signal)]);
        trouble = null;
        return given;
      } catch (thrown) {
        if (signal.aborted) heard?.(false);
        const error = signal.aborted ? tooSlow() : coerceError(thrown);
        return { answer: 'unsure', why: explain(error) };
      }
    },
  };
}

/** The part of the rule that this entry meets, in words; null when none. */
function whatCounts(entry: z.infer<typeof Entry>, rule: OnCallRule): string | null {
  const { schedule, escalation_policy: policy, escalation_level: level } = entry;
  if (schedule && rule.schedules.includes(schedule.id)) return `schedule ${named(schedule)}`;
  const counts = rule.escalationPolicies.some(
    ({ id, levels }) => id === policy.id && (levels === null || levels.includes(level)),
  );
  return counts ? `level ${level} of escalation policy ${named(policy)}` : null;
}

function named({ id, summary }: z.infer<typeof Reference>): string {
  return summary ? `${summary} (${id})` : id;
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(coerceError(signal.reason)), { once: true });
  });
}

function tooSlow(): PagerDutyError {
  return new PagerDutyError(`PagerDuty did not answer within ${DEADLINE_MS / 1000} s.`, { passing: true });
}
