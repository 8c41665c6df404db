import type { AccessRequest, AuditEvent, Refusal, RequestEvent } from '../domain/request.js';
import { isExpired } from '../domain/request.js';
import { isLastCall, LEAST_LEFT_MS, transition } from '../domain/transition.js';
import { HallpassError } from '../errors.js';
import { readRequests } from '../ledger/read-requests.js';
import { type Note, type Write, writeTransitions } from '../ledger/write-transitions.js';
import type { NoteKind } from '../surfaces/direct.js';
import type { Deps } from './deps.js';

/** What is to happen to a request, with what the audit keeps beside it. */
export interface Intended {
  readonly event: RequestEvent;
  readonly audit?: AuditEvent['data'];
  readonly decision?: Write['decision'];
}

export type Changed =
  | { readonly ok: true; readonly request: AccessRequest }
  | { readonly ok: false; readonly refusal: Refusal };

/** Losing the race for a row this often in a row means that something is wrong, not that the row is popular. */
const MAX_ROUNDS = 20;

/**
 * Reads the requests, asks the state table, and writes what it says, guarded by the version that was read: who
 * loses a race reads again and is told what the winner made of it.
 * @param intend called with each request as it stands at the ledger's `now`; null leaves it as it is.
 * @returns one entry for each request that `intend` had something to say about.
 */
export async function change(
  { db, outbox, sweeps }: Pick<Deps, 'db' | 'outbox' | 'sweeps'>,
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
        notes: noteFor(request, next, intended.event, now),
        wakes: isWork(request, next),
        leastLeftMs: intended.event.type === 'extend' ? LEAST_LEFT_MS : null,
        shownBy: shownBy(intended.event),
        decision: intended.decision ?? null,
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

/** There is something new to be done on the target. */
function isWork(before: AccessRequest, next: AccessRequest): boolean {
  if (next.state === before.state) {
    if (next.clearedAt !== before.clearedAt) return true;
    return next.extension?.state === 'asked' && next.extension !== before.extension;
  }
  return next.state === 'granting' || next.state === 'ending';
}

/** What was read about the request concerns who decides, has a message of its own, or is for the audit. */
function shownBy({ type }: RequestEvent): Write['shownBy'] {
  if (type === 'previewed') return 'card';
  return type === 'reviewed' || type === 'users_seen' ? 'none' : 'all';
}

/** Each outcome is a new message to the requester, so that the phone buzzes; everything else edits. */
function noteFor(
  before: AccessRequest,
  next: AccessRequest,
  event: RequestEvent,
  now: Date,
): readonly Note[] {
  if (event.type === 'reviewed') {
    return 'total' in event.result && event.result.total !== 0
      ? [{ key: `left:${next.id}`, kind: 'left_behind', recipient: null }]
      : [];
  }
  if (event.type === 'asking') return askingNotes(before, next, event.mention);
  const kind = noteKind(before, next, event, now);
  const prepared = event.type === 'proved_gone' && event.proof.prepared.length > 0;
  return [
    ...(kind === null ? [] : [{ key: noteKey(next, kind), kind, recipient: next.requester }]),
    ...(prepared ? [{ key: `prepared:${next.id}`, kind: 'prepared', recipient: null }] : []),
  ];
}

/** A card of their own for each who is asked directly; and a call in the card's thread for those who decide since. */
function askingNotes(
  { asking: before }: AccessRequest,
  next: AccessRequest,
  mention: boolean,
): readonly Note[] {
  const news = (next.asking?.directly ?? []).filter((person) => before?.directly.includes(person) !== true);
  return [
    ...news.map((person) => ({ key: `card:${next.id}@${person}`, kind: 'card', recipient: person })),
    ...(mention ? [{ key: `approvers:${next.id}:${next.version}`, kind: 'approvers', recipient: null }] : []),
  ];
}

/** What is told again is a new message: once for each extension, and for each end that a grant is given. */
function noteKey({ id, extension, expiresAt }: AccessRequest, kind: NoteKind): string {
  const key = `note:${id}:${kind}`;
  switch (kind) {
    case 'extended':
    case 'not_extended':
      return `${key}:${extension?.at.getTime()}`;
    // An end that holds again, because the server refused a later one, was told perhaps.
    case 'expiring':
    case 'closing':
      return `${key}:${expiresAt?.getTime()}`;
    default:
      return key;
  }
}

function noteKind(
  before: AccessRequest,
  next: AccessRequest,
  event: RequestEvent,
  now: Date,
): NoteKind | null {
  // Said after the expiry, it would be wrong.
  if (event.type === 'warned') {
    if (isExpired(next, now)) return null;
    return isLastCall(before) ? 'closing' : 'expiring';
  }
  if (event.type === 'extend') return 'extended';
  if (event.type === 'extension_refused') return 'not_extended';
  if (next.state === before.state) return null;
  switch (next.state) {
    case 'active':
      return 'granted';
    case 'denied':
    case 'withdrawn':
    case 'lapsed':
    case 'failed':
    case 'ended':
      return next.state;
    default:
      return null;
  }
}
