/**
 * While nobody decides, the steps of the request's ladder are told, one after another: today's policy says what they are.
 * A process that was down tells what is overdue before anything lapses (domain/request/escalation.ts).
 */
import { climb, type Step } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { nextStep, readPendingAfter, readToStep } from '../../ledger/requests/read-requests.js';
import type { Reading } from '../../ledger/requests/request-row.js';
import type { Alert } from '../../ledger/requests/write-transitions.js';
import { undecided, undecidedSummary } from '../../surfaces/request/ladder.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { namesOf } from '../telling/operators.js';
import { pageOf } from '../telling/steps.js';

/** Requests looked at together. */
const BATCH = 500;

type LadderDeps = Pick<Deps, 'db' | 'config' | 'roles' | 'outbox' | 'sweeps' | 'metrics' | 'logger'>;

export interface Ladder {
  /** Tells the steps that are due. @returns milliseconds until the next one is; null when none is. */
  look(): Promise<number | null>;
}

export function createLadder(deps: LadderDeps): Ladder {
  /** The configuration under which the time of each step was set; null: since this process began, it wasn't. */
  let lookedUnder: string | null = null;
  return {
    async look() {
      const { hash } = deps.config;
      if (lookedUnder !== hash) {
        const isSure = await lookAt(deps, (page) => readPendingAfter(deps.db, page));
        if (isSure) lookedUnder = hash;
      }
      await lookAt(deps, (page) => readToStep(deps.db, page));
      return nextStep(deps.db);
    },
  };
}

/** @returns false when the policy of some is not known at present: they are looked at later, and don't lapse meanwhile. */
async function lookAt(
  deps: LadderDeps,
  read: (page: { readonly after: number; readonly limit: number }) => Promise<Reading>,
): Promise<boolean> {
  let isSure = true;
  let after = 0;
  for (;;) {
    const { now, requests } = await read({ after, limit: BATCH });
    const due = requests.filter((request) => {
      const steps = stepsToday(deps, request);
      if (steps === null) isSure = false;
      return steps !== null && climb(request, steps, now) !== null;
    });
    await tell(
      deps,
      due.map(({ id }) => id),
    );
    const last = requests.at(-1);
    if (last === undefined || requests.length < BATCH) return isSure;
    after = last.id;
  }
}

async function tell(deps: LadderDeps, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const before = new Map<number, number>();
  const outcomes = await change(deps, ids, (request, now) => {
    const steps = stepsToday(deps, request);
    if (steps === null || request.state !== 'pending') return null;
    before.set(request.id, request.stepsTold);
    const alert = climb(request, steps, now)?.step?.page === true ? alertOf(deps, request, now) : null;
    return { event: { type: 'step_due', steps }, alert };
  });
  for (const [id, outcome] of outcomes) {
    if (!outcome.ok || outcome.request.stepsTold === before.get(id)) continue;
    deps.metrics.stepTold();
    deps.logger.info({ request: id, step: outcome.request.stepsTold }, 'a step of the ladder was told');
  }
}

/** Today's ladder; null while it isn't known what the target offers. Without a policy nothing is left of it. */
function stepsToday({ roles }: Pick<Deps, 'roles'>, { target, role }: AccessRequest): readonly Step[] | null {
  const offered = roles.role(target, role);
  if (offered === undefined) return roles.isUnsure(target) ? null : [];
  return offered.policy.escalate;
}

/** The page, and what the operators' channel says of it. */
function alertOf({ config }: Pick<Deps, 'config'>, request: AccessRequest, now: Date): Alert {
  const facts = {
    request,
    targetName: namesOf(config, request.target).targetName,
    afterMs: now.getTime() - request.createdAt.getTime(),
  };
  const key = pageOf(request.id, request.stepsTold + 1);
  const { target, role, requester } = request;
  return {
    key,
    summary: undecidedSummary(facts),
    details: { target, role, requester, asked: request.createdAt },
    channel: config.slack.operatorsChannel,
    message: undecided(facts),
  };
}
