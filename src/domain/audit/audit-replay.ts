/**
 * Is a request in the ledger what its audit events make of it? Replays them through the state table and names what
 * doesn't fit. Pure.
 */

import { UNJUDGED } from '../policy/emergency.js';
import { type AccessRequest, ruleOf } from '../request/request.js';
import type { RequestEvent } from '../request/request-events.js';
import { isFinal } from '../request/request-state.js';
import { transition } from '../request/transition.js';
import { type PastEvent, readTold, recovered, SLACK_MS, submitted } from './audit-events.js';

/**
 * @param request as it stands in the ledger.
 * @param events of the kinds that tell, in their order.
 * @param prunedAt when the oldest events were deleted last; null when none ever were.
 * @returns what does not fit, in words; empty when all does.
 */
export function misfitsOf(
  request: AccessRequest,
  events: readonly PastEvent[],
  prunedAt: Date | null,
): readonly string[] {
  const begins = events[0]?.kind === 'submitted' || events[0]?.kind === 'recovered';
  const mayBePruned = prunedAt !== null && isFinal(request.state) && request.createdAt <= prunedAt;
  if (!begins && !mayBePruned) {
    return [
      events.length === 0 ? 'no audit event tells of it' : 'no audit event says that anybody asked for it',
    ];
  }
  const misfits: string[] = [];
  let made: AccessRequest | null = null;
  for (const told of events) {
    const next: AccessRequest | string | null =
      made === null && !begins ? resume(request, told) : step(made, told, request);
    if (typeof next === 'string') misfits.push(`event ${told.id} (${told.kind}) ${next}`);
    else made = next ?? made;
  }
  return made === null ? misfits : [...misfits, ...differences(request, made)];
}

/** What one event makes of what the events before it made; a sentence when that can't be. */
function step(
  made: AccessRequest | null,
  told: PastEvent,
  row: AccessRequest,
): AccessRequest | string | null {
  if (told.kind === 'submitted') return made === null ? begin(told, row) : 'says that it was asked for again';
  if (told.kind === 'recovered') return recover(made, told, row);
  if (made === null) return 'comes before anybody asked for it';
  const happened = readTold(told, made);
  if (happened === null || typeof happened === 'string') return happened;
  const { event, now = told.at, ends, given } = happened;
  // The clock was read a moment before the event was written: near a deadline either side of it may have been meant.
  for (const off of [0, -SLACK_MS, SLACK_MS]) {
    const result = transition({ ...made, ...given }, event, new Date(now.getTime() + off));
    if (result.ok) return ends === undefined ? result.next : endAt(result.next, ends, event.type);
  }
  return `can’t follow what came before it: the request was ${made.state}`;
}

/** Sets the end to the event's own, whichever side of a deadline was meant. */
function endAt(next: AccessRequest, expiresAt: Date, type: RequestEvent['type']): AccessRequest {
  const { grantedAt } = next;
  if (type === 'granted' || grantedAt === null) return { ...next, expiresAt };
  return { ...next, expiresAt, durationMs: expiresAt.getTime() - grantedAt.getTime() };
}

/** As it was submitted; the row supplies what no event says. */
function begin({ actor, data }: PastEvent, row: AccessRequest): AccessRequest | string {
  const wish = submitted.safeParse(data);
  if (!wish.success || actor === null) return 'does not say who asked for what';
  const emergency = row.emergency && UNJUDGED;
  return { ...row, ...BLANK, emergency, ...wish.data, requester: actor, durationMs: wish.data.wishedMs };
}

const BLANK = {
  state: 'pending',
  why: null,
  trouble: null,
  decidedAt: null,
  decidedBy: null,
  decidedVia: null,
  deniedBecause: null,
  onCallNote: null,
  place: null,
  terms: null,
  mark: null,
  grantedAt: null,
  grantedMs: null,
  expiresAt: null,
  extension: null,
  warnAt: null,
  sessionsBefore: null,
  reviewAt: null,
  endedBy: null,
  endedBecause: null,
  endedAt: null,
} as const satisfies Partial<AccessRequest>;

/** The ledger had lost it or its grant, and took both from what the server remembered; so does this. */
function recover(
  made: AccessRequest | null,
  { data }: PastEvent,
  row: AccessRequest,
): AccessRequest | string {
  const grant = recovered.safeParse(data);
  if (!grant.success) return 'does not say what was recovered';
  const { server, expiresAt } = grant.data;
  if (row.place?.server !== server) return 'was recovered from another server';
  const { place, terms, grantedAt, mark } = row;
  return { ...(made ?? { ...row, ...BLANK }), state: 'active', place, terms, grantedAt, mark, expiresAt };
}

/** The beginning was pruned: what the request must have been for this event to follow; null when that isn't known. */
function resume(row: AccessRequest, told: PastEvent): AccessRequest | null {
  const { place, extension } = row;
  const states: readonly Partial<AccessRequest>[] = [
    { ...BLANK },
    { state: 'granting', place: null },
    { state: 'granting', place },
    { state: 'active', extension: null },
    { state: 'active', extension: extension && { ...extension, state: 'asked' } },
    { state: 'ending' },
  ];
  for (const state of states) {
    const next = step({ ...row, ...state }, told, row);
    if (next !== null && typeof next !== 'string') return next;
  }
  return null;
}

/** What a request is compared by, and how it is said; null when the value itself is not to be shown. */
const COMPARED: readonly (readonly [string, (request: AccessRequest) => unknown, 'shown' | 'hidden'])[] = [
  ['state', ({ state }) => state, 'shown'],
  ['why', ({ why }) => why, 'shown'],
  ['target', ({ target }) => target, 'shown'],
  ['role', ({ role }) => role, 'shown'],
  ['login', ({ login }) => login, 'shown'],
  ['requester', ({ requester }) => requester, 'shown'],
  ['reason', ({ reason }) => reason, 'hidden'],
  ['asked', ({ asked }) => JSON.stringify(asked.map(({ id, name }) => [id, name])), 'hidden'],
  ['wished', ({ wishedMs }) => `${wishedMs} ms`, 'shown'],
  ['duration', ({ durationMs }) => `${durationMs} ms`, 'shown'],
  ['decided by', ({ decidedBy }) => decidedBy, 'shown'],
  ['decided via', ({ decidedVia }) => decidedVia, 'hidden'],
  ['decided rule', (request) => ruleOf(request), 'shown'],
  ['denied because', ({ deniedBecause }) => deniedBecause, 'hidden'],
  ['expires', ({ expiresAt }) => expiresAt?.toISOString(), 'shown'],
  ['ended by', ({ endedBy }) => endedBy, 'shown'],
  ['ended because', ({ endedBecause }) => endedBecause, 'hidden'],
  ['place', ({ place }) => placeOf(place), 'shown'],
  ['sessions', ({ terms }) => terms?.sessions, 'shown'],
  ['idle', ({ terms }) => terms?.idleMs, 'shown'],
  ['set role', ({ terms }) => terms?.setRole, 'shown'],
  ['verdict', ({ emergency }) => emergency?.verdict, 'shown'],
  ['judged by', ({ emergency }) => emergency?.by, 'shown'],
  ['verdict’s words', ({ emergency }) => emergency?.words, 'hidden'],
  ['extended by', ({ extension }) => extension?.by, 'shown'],
];

function placeOf(place: AccessRequest['place']): string | null {
  return place && `server ${place.server}, ${place.roleOid} to ${place.memberOid} by ${place.grantorOid}`;
}

function differences(row: AccessRequest, made: AccessRequest): readonly string[] {
  return COMPARED.flatMap(([name, value, how]) => {
    const [is, was] = [value(row) ?? 'nothing', value(made) ?? 'nothing'];
    if (is === was) return [];
    return how === 'hidden'
      ? [`${name}: is not what its events say`]
      : [`${name}: is ${is}, and its events make it ${was}`];
  });
}
