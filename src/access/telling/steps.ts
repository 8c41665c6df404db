/** Who is told of a step of the ladder. The key of each message names the step, so that it is sent once. */
import { type Step, type ToldStep, toldStepSchema } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { readEvents } from '../../ledger/audit/history.js';
import type { Queryable } from '../../ledger/pool.js';
import type { Note } from '../../ledger/requests/write-transitions.js';

/** The approvers in the card's thread, those who were asked directly where their card is, and the requester. */
export function stepNotes(
  { stepsTold, ...before }: AccessRequest,
  next: AccessRequest,
  steps: readonly Step[],
): readonly Note[] {
  const step = steps[stepsTold];
  if (step === undefined || next.stepsTold === stepsTold) return [];
  const key = `reminder:${next.id}:${next.stepsTold}`;
  const inThread = { key, kind: 'reminder', recipient: null };
  const directly = (before.asking?.directly ?? []).map((person) => ({
    ...inThread,
    key: `${key}@${person}`,
    recipient: person,
  }));
  return [
    ...(step.remind || step.to.length > 0 ? [inThread] : []),
    ...(step.remind ? directly : []),
    { key: `step:${next.id}:${next.stepsTold}`, kind: 'step', recipient: next.requester },
  ];
}

/** The step that the message with this key tells of; null when the key names none. */
export function stepOf(key: string): number | null {
  const nth = /^(?:reminder|step):\d+:(\d+)/.exec(key)?.[1];
  return nth === undefined ? null : Number(nth);
}

/** The key of the page of one step. */
export function pageOf(id: number, nth: number): string {
  return `undecided/${id}/${nth}`;
}

/** The key of the page about an emergency. */
export function emergencyPage(id: number): string {
  return `emergency/${id}`;
}

/** The pages that are over because the request is decided, or over itself, or its emergency was judged. */
export function pagesOver(before: AccessRequest, next: AccessRequest): readonly string[] {
  if (before.emergency?.verdict === 'due' && next.emergency?.verdict !== 'due')
    return [emergencyPage(next.id)];
  if (before.state !== 'pending' || next.state === 'pending') return [];
  return Array.from({ length: before.stepsTold }, (_, i) => pageOf(before.id, i + 1));
}

/** The steps of this request that were told, the oldest first. */
export async function toldSteps(
  db: Queryable,
  { id, stepsTold }: Pick<AccessRequest, 'id' | 'stepsTold'>,
): Promise<readonly ToldStep[]> {
  if (stepsTold === 0) return [];
  const events = await readEvents(db, id, 'step_told');
  return events.flatMap((data) => toldStepSchema.safeParse(data).data ?? []);
}
