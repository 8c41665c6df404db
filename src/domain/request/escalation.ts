/**
 * What happens while nobody decides: a ladder of steps, each so long after the request was made. Today's policy says what
 * the steps are. They are told one after another, and a request lapses only after the last one was told and had its time
 * to be answered: where Hallpass was down, the lapse waits. Pure.
 */
import { z } from 'zod';
import { type ApprovalRule, missingBy } from '../policy/approvals.js';
import { askedBy, type Policy, type Principal, rulesFor, type Weight } from '../policy/policy.js';
import { ASKED_AS_MADE } from './asking.js';
import { type AccessRequest, askedNow, rulesOf } from './request.js';

export interface Step {
  /** After the request was made, milliseconds. */
  readonly afterMs: number;
  /** The approvers are reminded in the thread of the card. */
  readonly remind: boolean;
  /** These are asked from then on as well; empty when the step asks nobody else. */
  readonly to: readonly Principal[];
  /** The operators are paged. */
  readonly page: boolean;
}

/** What was told last has at least this long to be answered before the request lapses, milliseconds. */
export const ANSWER_MS = 5 * 60_000;

/** Two steps are told at least so far apart, also when both are overdue; milliseconds. */
export const APART_MS = 15_000;

type Waiting = Pick<AccessRequest, 'createdAt' | 'pendingUntil' | 'stepsTold' | 'stepAt' | 'stepToldAt'>;

/** When the next step of today's ladder is due; null when all of them were told. @param steps in the order of their time. */
export function nextStepAt(
  steps: readonly Step[],
  { createdAt, stepsTold, stepToldAt }: Pick<Waiting, 'createdAt' | 'stepsTold' | 'stepToldAt'>,
): Date | null {
  const step = steps[stepsTold];
  if (step === undefined) return null;
  const apart = stepToldAt === null ? 0 : stepToldAt.getTime() + APART_MS;
  return new Date(Math.max(createdAt.getTime() + step.afterMs, apart));
}

/** What is to be done about the ladder of a request. */
export interface Climb {
  /** The step to be told now; null: the policy has changed, and only the time of the next one does. */
  readonly step: Step | null;
  /** When the one after it is due; null when there is none. */
  readonly stepAt: Date | null;
}

/** What today's ladder makes of a request that waits; null when nothing is to be done now. */
export function climb(request: Waiting, steps: readonly Step[], now: Date): Climb | null {
  if (hasLapsed(request, now)) return null;
  const at = nextStepAt(steps, request);
  const step = at === null || at > now ? undefined : steps[request.stepsTold];
  if (step !== undefined) {
    const told = { ...request, stepsTold: request.stepsTold + 1, stepToldAt: now };
    return { step, stepAt: nextStepAt(steps, told) };
  }
  return at?.getTime() === request.stepAt?.getTime() ? null : { step: null, stepAt: at };
}

/**
 * When a request that nobody decides lapses; null while a step is still to be told: then it can't. The deadline that was
 * said binds, unless the last step was told too late to be answered by then.
 */
export function lapsesAt({
  pendingUntil,
  stepAt,
  stepToldAt,
}: Omit<Waiting, 'createdAt' | 'stepsTold'>): Date | null {
  if (stepAt !== null) return null;
  return new Date(
    Math.max(pendingUntil.getTime(), stepToldAt === null ? 0 : stepToldAt.getTime() + ANSWER_MS),
  );
}

/** Has the time in which it could be decided passed? Binds before anything has written it. @param now the ledger's clock. */
export function hasLapsed(request: Omit<Waiting, 'createdAt' | 'stepsTold'>, now: Date): boolean {
  const at = lapsesAt(request);
  return at !== null && at <= now;
}

/** As `lapsesAt`; while steps are to be told, the earliest that it can be, for people to read. */
export function lapsesAtTheEarliest(request: Omit<Waiting, 'createdAt' | 'stepsTold'>): Date {
  const { stepAt, pendingUntil } = request;
  return (
    lapsesAt(request) ?? new Date(Math.max(pendingUntil.getTime(), (stepAt?.getTime() ?? 0) + ANSWER_MS))
  );
}

/** Those asked, and after them whom the steps that were told ask as well. */
export function askedToo(
  asked: readonly Principal[],
  steps: readonly Step[],
  stepsTold: number,
): readonly Principal[] {
  const all = new Map(asked.map((each) => [each.id, each]));
  for (const each of steps.slice(0, stepsTold).flatMap(({ to }) => to)) {
    if (!all.has(each.id)) all.set(each.id, each);
  }
  return [...all.values()];
}

/** The rules of a request, once so many steps were told: whom those ask may serve any of them. */
export function withEscalated(
  rules: readonly ApprovalRule[],
  steps: readonly Step[],
  stepsTold: number,
): readonly ApprovalRule[] {
  return rules.map(({ from, count }) => ({ from: askedToo(from, steps, stepsTold), count }));
}

/** The rules under this policy, once so many steps were told, and those whom messages mention. */
export function rulesAfter(
  policy: Policy,
  weight: Weight,
  stepsTold: number,
): { readonly rules: readonly ApprovalRule[]; readonly asked: readonly Principal[] } {
  const rules = rulesFor(policy, weight);
  return {
    rules: withEscalated(rules, policy.escalate, stepsTold),
    asked: askedToo(askedBy(rules, policy), policy.escalate, stepsTold),
  };
}

/** Those who are asked for an approval that is still missing. */
function stillNeeded(request: AccessRequest): readonly Principal[] {
  const rules = rulesOf(request);
  const missing = missingBy(rules, request.approvals);
  const open = new Set(
    rules.flatMap(({ from }, i) => ((missing[i] ?? 0) > 0 ? from.map(({ id }) => id) : [])),
  );
  return askedNow(request).filter(({ id }) => open.has(id));
}

const principals = z.array(z.object({ id: z.string(), name: z.string().nullable() }));

/** A step that was told, as the audit event of it says. */
export const toldStepSchema = z.object({
  /** From 1. */
  nth: z.number(),
  /** So long after the request was made; milliseconds. */
  afterMs: z.number(),
  reminded: principals,
  to: principals,
  page: z.boolean(),
});
export type ToldStep = Readonly<z.infer<typeof toldStepSchema>>;

/** What telling a step at `now` makes of the request, and what the audit says of it. */
export function tellStep(
  request: AccessRequest,
  { step, stepAt }: Climb & { readonly step: Step },
  now: Date,
): { readonly change: Partial<AccessRequest>; readonly told: ToldStep } {
  const before = askedNow(request);
  const approvers = askedToo(before, [step], 1);
  const stepsTold = request.stepsTold + 1;
  return {
    change: {
      stepsTold,
      stepAt,
      stepToldAt: now,
      ...(approvers.length === before.length
        ? {}
        : {
            asking: { ...(request.asking ?? ASKED_AS_MADE), approvers },
            rules: withEscalated(rulesOf(request), [step], 1),
          }),
    },
    told: {
      nth: stepsTold,
      afterMs: now.getTime() - request.createdAt.getTime(),
      reminded: step.remind ? [...stillNeeded(request)] : [],
      to: [...step.to],
      page: step.page,
    },
  };
}
