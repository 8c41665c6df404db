/**
 * What perishes between an approval and its GRANT is asked again here, beside the sweeps: whether the rule that
 * approved it still does (is the requester on call: Slack, PagerDuty), and how dangerous the role is (another connection, another database). A sweep waits for
 * none of it, because memberships that are due to go wait for the sweep. It finds the answer in the ledger next time.
 */

import { requestName } from '../../domain/request/request.js';
import { HallpassError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { readRequests } from '../../ledger/requests/read-requests.js';
import { RULE_WORDS } from '../../surfaces/request/rule-words.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { recordBlocked } from '../sweeping/record-blocked.js';
import { ruleToAskAgain } from './by-rule.js';
import { aboveLimit, readingDanger } from './danger-limit.js';
import { membersNow } from './members-now.js';

/** How long a check of one request may take, milliseconds; a later sweep asks again. */
const RENEW_MS = 8_000;
/** Requests that are asked about at once; the others have their turn with a later sweep. */
const MOST_AT_ONCE = 10;
/** The least time between two checks of the same request, milliseconds. */
const PAUSE_MS = 5_000;

type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: string; readonly passing: boolean };

export interface Clearances {
  /** Asks again about an approved request, in the background. Returns at once. */
  renew(id: number): void;
}

export function createClearances(deps: Deps): Clearances {
  const busy = new Set<number>();
  /** When each was asked about last; what is older than the pause is dropped. */
  const asked = new Map<number, number>();

  async function renew(id: number): Promise<void> {
    const verdict = await inTime(RENEW_MS, ask(deps, id), (): Verdict => {
      const why = `what it depends on could not be asked within ${RENEW_MS / 1_000} s`;
      return { ok: false, why, passing: true };
    });
    if (verdict === null) return;
    if (verdict.ok || !verdict.passing) {
      await change(deps, [id], ({ state }) => {
        if (state !== 'granting') return null;
        return verdict.ok
          ? { event: { type: 'cleared' } }
          : { event: { type: 'grant_failed', trouble: verdict.why } };
      });
      return;
    }
    const { requests } = await readRequests(deps.db, [id]);
    const error = new HallpassError(verdict.why, { passing: true });
    await recordBlocked(
      deps,
      requests.filter(({ state }) => state === 'granting').map((request) => ({ request, error })),
    );
  }

  return {
    renew(id) {
      const now = performance.now();
      for (const [each, at] of asked) if (now - at >= PAUSE_MS) asked.delete(each);
      if (busy.has(id) || asked.has(id) || busy.size >= MOST_AT_ONCE) return;
      busy.add(id);
      asked.set(id, now);
      deps.background(
        `ask again about ${requestName(id)}`,
        renew(id).finally(() => busy.delete(id)),
      );
    },
  };
}

/** Null when it waits no more. */
async function ask(deps: Deps, id: number): Promise<Verdict | null> {
  const { requests } = await readRequests(deps.db, [id]);
  const request = requests[0];
  if (request?.state !== 'granting') return null;
  const role = deps.roles.role(request.target, request.role);
  if (role === undefined) {
    return deps.roles.isUnsure(request.target)
      ? { ok: false, why: `${request.target} has not said yet which roles it has`, passing: true }
      : { ok: false, why: `${request.role} is not offered on ${request.target} any more`, passing: false };
  }
  const danger = readingDanger(deps, role, request);
  const rule = ruleToAskAgain(request);
  const [dangerous, beyondRule, said] = await Promise.all([
    aboveLimit(role, role.policy.maxDanger, danger),
    aboveLimit(role, rule?.limit(role.policy) ?? null, danger, 'is granted by this rule'),
    rule?.ask(deps, request, role, { danger, members: membersNow(deps) }) ?? null,
  ]);
  const tooDangerous = dangerous ?? beyondRule;
  if (tooDangerous !== null) return { ok: false, ...tooDangerous };
  if (rule === null || said?.answer === 'yes') return { ok: true };
  if (said?.answer === 'unsure') return { ok: false, why: said.why, passing: true };
  return { ok: false, why: RULE_WORDS[rule.name].over, passing: false };
}
