import type { AccessRequest } from '../domain/request/request.js';
import type { AuditEvent, Refusal, RequestEvent } from '../domain/request/request-events.js';
import { transition } from '../domain/request/transition.js';
import { LEAST_LEFT_MS } from '../domain/request/transitions/refusals.js';
import { HallpassError } from '../errors.js';
import { readRequests } from '../ledger/requests/read-requests.js';
import { type Write, writeTransitions } from '../ledger/requests/write-transitions.js';
import type { Deps } from './deps.js';
import { notesFor, shownBy } from './telling/notices.js';
import { pagesOver } from './telling/steps.js';

/** What every caller of `change` needs. */
export type ChangeDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps'>;
/** What callers need that log it, and tell the operators, too. */
export type TellDeps = ChangeDeps & Pick<Deps, 'config' | 'logger'>;

/** What should happen to a request, with what the audit keeps beside it. */
export interface Intended {
  readonly event: RequestEvent;
  readonly audit?: AuditEvent['data'];
  readonly decision?: Write['decision'];
  /** What the operators are to know of it. */
  readonly alert?: Write['alert'];
  /** Messages beside those that every such event makes. */
  readonly notes?: Write['notes'];
}

export type Changed =
  | { readonly ok: true; readonly request: AccessRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** Losing the race for a row this many times in a row means that something is wrong. */
const MAX_ROUNDS = 20;

/**
 * Reads the requests, asks the state table, and writes what it says, guarded by the version that was read: the
 * loser of a race reads again, and is answered from what the winner wrote.
 * @param intend called with each request as it stands at the ledger's `now`; null leaves it as it is.
 * @returns one entry for each request that `intend` had something to say about.
 */
export async function change(
  { db, outbox, sweeps }: ChangeDeps,
  ids: readonly number[],
  intend: (request: AccessRequest, now: Date) => Intended | null,
): Promise<ReadonlyMap<number, Changed>> {
  const outcome = new Map<number, Changed>();
  const toDo = new Set<string>();
  let open = [...ids];
  for (let round = 0; open.length > 0; round++) {
    if (round === MAX_ROUNDS) {
      throw new HallpassError('the request kept changing while it was being decided', { passing: true });
    }
    const { now, requests } = await readRequests(db, open);
    const writes: Write[] = [];
    for (const request of requests) {
      const intended = intend(request, now);
      if (intended === null) continue;
      const result = transition(request, intended.event, now);
      if (!result.ok) {
        outcome.set(request.id, { ok: false, refusal: result.refusal });
        continue;
      }
      const { next, audit } = result;
      writes.push({
        next,
        audit: { ...audit, data: { ...audit.data, ...intended.audit } },
        notes: [...notesFor(request, next, intended.event, now), ...(intended.notes ?? [])],
        wakes: isWork(request, next),
        leastLeftMs: intended.event.type === 'extend' ? LEAST_LEFT_MS : null,
        shownBy: shownBy(intended.event),
        decision: intended.decision ?? null,
        alert: intended.alert ?? null,
        pagesOver: pagesOver(request, next),
      });
    }
    const written = await writeTransitions(db, writes);
    for (const { next, wakes } of writes) {
      if (!written.has(next.id)) continue;
      outcome.set(next.id, { ok: true, request: next });
      if (wakes) toDo.add(next.target);
    }
    open = writes.filter(({ next }) => !written.has(next.id)).map(({ next }) => next.id);
  }
  if ([...outcome.values()].some(({ ok }) => ok)) outbox.kick();
  for (const name of toDo) sweeps.wake(name);
  return outcome;
}

/** As `change`, with one event for each request. */
export function changeEach(
  deps: ChangeDeps,
  events: ReadonlyMap<number, RequestEvent>,
): ReturnType<typeof change> {
  return change(deps, [...events.keys()], ({ id }) => {
    const event = events.get(id);
    return event === undefined ? null : { event };
  });
}

/** True when there is something new to do on the target. */
function isWork(before: AccessRequest, next: AccessRequest): boolean {
  if (next.state === before.state) {
    if (next.clearedAt !== before.clearedAt) return true;
    return next.extension?.state === 'asked' && next.extension !== before.extension;
  }
  return next.state === 'granting' || next.state === 'ending';
}
