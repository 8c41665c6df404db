/** The audit trail, as the judges of policies read it: what its events hold may be anything. */
import { z } from 'zod';
import type { LedgerEvent, LedgerRequest } from '../ledger.js';
import { policyOf, type RunPolicy } from '../policies.js';

export interface Life {
  readonly request: LedgerRequest;
  readonly policy: RunPolicy;
  readonly events: readonly LedgerEvent[];
}

export function livesOf(
  requests: readonly LedgerRequest[],
  trail: ReadonlyMap<string, readonly LedgerEvent[]>,
): readonly Life[] {
  return requests.map((request) => ({
    request,
    policy: policyOf(request.target, request.role),
    events: trail.get(request.id) ?? [],
  }));
}

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const data = z.object({
  durationMs: z.number().optional(),
  expiresAt: time.optional(),
  maxMs: z.number().optional(),
  until: time.optional(),
  rule: z.string().optional(),
  repeat: z.number().optional(),
  nth: z.number().optional(),
  verdict: z.enum(['justified', 'not_justified']).optional(),
  approvals: z.array(z.object({ by: z.string(), rule: z.number() })).optional(),
});

/** What the judges ask of an event. @throws ZodError when something of it is of another kind */
export function dataOf(event: LedgerEvent): Readonly<z.infer<typeof data>> {
  return data.parse(event.data);
}

/** The kinds of events that approve, and by what; null for people. */
export const APPROVED: Readonly<
  Record<string, 'on_call' | 'automatic' | 'repeat' | 'break_glass' | 'people'>
> = {
  approved: 'people',
  approved_on_call: 'on_call',
  approved_automatically: 'automatic',
  approved_again: 'repeat',
  approved_in_emergency: 'break_glass',
};

/** Those of whom the same is approved again, and was not ended. */
export function repeatedNow(lives: readonly Life[]): ReadonlySet<string> {
  const last = ({ events }: Life) =>
    events.findLast(({ kind }) => kind === 'repeat_made' || kind === 'repeat_ended')?.kind;
  return new Set(lives.filter((life) => last(life) === 'repeat_made').map(({ request }) => request.id));
}

/** What reviewers said of emergencies, by request. */
export function verdictsOf(lives: readonly Life[]): ReadonlyMap<string, 'justified' | 'not_justified'> {
  return new Map(
    lives.flatMap(({ request, events }) => {
      const judged = events.find(({ kind }) => kind === 'judged');
      const verdict = judged && dataOf(judged).verdict;
      return verdict === undefined ? [] : [[request.id, verdict] as const];
    }),
  );
}
