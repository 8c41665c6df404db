/**
 * What a heartbeat finds to do, in one round trip: each part reads an index that holds only what is open, due or recent.
 * It is the only statement an idle Hallpass runs.
 */

import { HOMES_DUE } from './messages/homes.js';
import type { Queryable } from './pool.js';
import { EMERGENCIES_DUE } from './requests/emergencies.js';

export interface Pulse {
  /** Targets with something to grant or to revoke now, or whose memberships are to be compared at once. */
  readonly work: readonly string[];
  /** Targets with a grant, or with one that ended within the hour. The others are idle. */
  readonly busy: readonly string[];
  /** Requests wait for a decision. */
  readonly pending: boolean;
  /** There is an open request. */
  readonly open: boolean;
  /** There are people whom Slack couldn't be asked about. */
  readonly unread: boolean;
  /** Grants ended, and the target was not yet read for what was left behind. */
  readonly toReview: boolean;
  /** Emergencies wait to be granted, or for a reviewer to be asked. */
  readonly emergencies: boolean;
  /** Messages that Slack was not told. */
  readonly unsent: boolean;
  /** Homes that may have to be published. */
  readonly homes: boolean;
  /** Pages that PagerDuty was not told. */
  readonly unpaged: boolean;
  /** Places where Slack takes no message. */
  readonly shut: boolean;
  /** Something has to be revoked, or was overdue and the operators don't know how that ended. */
  readonly revocations: boolean;
}

const OPEN = `select from requests where state in ('pending', 'granting', 'active', 'ending')`;

const PULSE = `
  select
    array(select t.name from targets t where t.checked_at is null
      or exists (select from requests r where r.target = t.name and r.state in ('granting', 'ending'))
      or exists (select from requests r where r.target = t.name and r.state = 'active' and r.expires_at <= now())
      or exists (select from requests r where r.target = t.name and r.state = 'active' and r.extension = 'asked')
      or exists (select from strays s where s.target = t.name and s.settled_at is null)) as work,
    array(select t.name from targets t where
      exists (select from requests r where r.target = t.name and r.state in ('granting', 'ending'))
      or exists (select from requests r where r.target = t.name and r.state = 'active')
      or exists (select from requests r where r.target = t.name and r.server is not null
                   and r.ended_at > now() - interval '1 hour')) as busy,
    exists (select from requests where state = 'pending') as pending,
    exists (${OPEN}) as open,
    exists (select from rounds where name <> 'people') as unread,
    exists (select from requests where review_at <= now()) as "toReview",
    ${EMERGENCIES_DUE} as emergencies,
    exists (select from deliveries where sent < wanted) as unsent,
    ${HOMES_DUE} as homes,
    exists (select from pages where sent < wanted) as unpaged,
    exists (select from shut_places) as shut,
    exists (select from requests where state in ('granting', 'ending')) or exists (select from requests where state = 'active')
      or exists (select from strays where settled_at is null)
      or exists (select from overdue where mended_at is null) or exists (select from overdue where told < version)
      as revocations`;

export async function readPulse(db: Queryable): Promise<Pulse> {
  const { rows } = await db.query<Pulse>({ name: 'pulse', text: PULSE, values: [] });
  const [pulse] = rows;
  if (pulse === undefined) throw new Error('the ledger gave no answer');
  return pulse;
}

/** For when the ledger couldn't be asked: everything is looked at. @param targets all of them */
export function unknownPulse(targets: readonly string[]): Pulse {
  return {
    ...{ work: targets, busy: targets, pending: true, open: true, unread: true, toReview: true },
    ...{ emergencies: true, unsent: true, homes: true, unpaged: true, shut: true, revocations: true },
  };
}
