/**
 * The same again: a request that is covered by an earlier approval for a longer time is approved at once. Whether that
 * approval still holds is asked whenever it is used; one that doesn't ends, and approvers decide.
 */
import type { RoleConfig } from '../../config/config.js';
import { approversOf, type Repeat } from '../../domain/policy/repeat.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { redraw } from '../../ledger/messages/deliveries.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { endRepeats, isRepeatOpen, readRepeatsFor } from '../../ledger/requests/repeats.js';
import * as words from '../../surfaces/request/repeat.js';
import type { Moment, Rule, RuleDeps, Wish } from './rule.js';
import type { RuleAnswer } from './rule-answer.js';
import { nameOf, type StillApproved, stillApproved } from './still-approved.js';

/** Nothing is approved again later than its request is made: it is asked about for so long, milliseconds, in spite of a crash. */
const ASKED_MS = 3 * 60_000;

export const repeat = {
  name: 'repeat',
  extends: false,
  // Also where today's policy allows none: then what was approved again ends.
  applies: (_, { createdAt }, now) => now.getTime() - createdAt.getTime() < ASKED_MS,
  limit: () => null,

  /** One that the policy forbids by now, or whose approvers may not decide any more, is ended here. */
  async ask(deps: RuleDeps, request: Wish, role: RoleConfig, { danger }: Moment): Promise<RuleAnswer> {
    let unsure: string | null = null;
    for (const repeated of await readRepeatsFor(deps.db, request)) {
      const [original] = (await readRequests(deps.db, [repeated.requestId])).requests;
      if (original === undefined) continue;
      const answer = await holds(deps, repeated, original, { request, role, danger });
      if (answer.answer === 'unsure') unsure = answer.why;
      if (answer.answer === 'no' && request.id !== null) {
        const { because } = answer;
        await endRepeats(deps.db, repeated, { by: null, because }, { asked: requestName(request.id) });
        // Its card may be there already, and says why it was not approved at once.
        await redraw(deps.db, request.id);
        deps.outbox.kick();
      }
      if (answer.answer !== 'yes') continue;
      const names = await Promise.all(approversOf(original).map((by) => nameOf(deps, by)));
      return {
        answer: 'yes',
        through: words.through(names, original.id),
        maxMs: Math.min(repeated.maxMs, role.policy.maxMs),
        audit: { repeat: repeated.id, request: requestName(original.id) },
        stillHolds: () => isRepeatOpen(deps.db, repeated.id),
      };
    }
    return unsure === null ? { answer: 'no' } : { answer: 'unsure', why: unsure };
  },
} as const satisfies Rule;

async function holds(
  deps: RuleDeps,
  { createdAt, until }: Repeat,
  original: AccessRequest,
  { request, role, danger }: { readonly request: Wish; readonly role: RoleConfig } & Pick<Moment, 'danger'>,
): Promise<StillApproved> {
  const { repeatMs } = role.policy;
  if (repeatMs === null || until.getTime() > createdAt.getTime() + repeatMs) {
    return { answer: 'no', because: words.policyForbids(repeatMs) };
  }
  return stillApproved(deps, original, role, request.durationMs, danger);
}
