/** What an event makes of a request, and words for the audit trail that several events share. */

import type { OtherUser } from '../other-users.js';
import type { AccessRequest } from '../request.js';
import type { AuditEvent, Refusal, RequestEvent } from '../request-events.js';

export interface Made extends AuditEvent {
  readonly change: Partial<AccessRequest>;
}

/** What is made of it, or why nothing is. */
export type Outcome = Made | Refusal['code'];

export type EventOf<T extends RequestEvent['type']> = Extract<RequestEvent, { readonly type: T }>;

/** @param actor a Slack user id; null when Hallpass itself acted. */
export function to(
  change: Partial<AccessRequest>,
  kind: string,
  actor: string | null,
  data: AuditEvent['data'] = {},
): Made {
  return { change, kind, actor, data };
}

/** A person in Slack is the actor; what an operator says on the command line is data. */
export function actorOf({
  by,
  because,
}: {
  readonly by: string | null;
  readonly because?: string;
}): readonly [actor: string | null, data: AuditEvent['data']] {
  return because === undefined ? [by, {}] : [null, { by, because }];
}

/** Names in one audit event. */
const MOST_NAMES = 50;

/** Which other logins could use it, as many as people can read. */
export function namesOf(users: readonly OtherUser[]): {
  readonly users?: readonly string[];
  readonly moreUsers?: number;
} {
  if (users.length === 0) return {};
  const names = users.slice(0, MOST_NAMES).map(({ name }) => name);
  return users.length > MOST_NAMES
    ? { users: names, moreUsers: users.length - MOST_NAMES }
    : { users: names };
}
