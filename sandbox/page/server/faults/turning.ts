/** What comes of a clock that was turned forward: what is due then, and what Hallpass does about it. */
import { runSql } from '../../../postgres/server-access.js';

/** What is looked at of a request, before and after. */
export interface Seen {
  readonly id: number;
  readonly requester: string;
  readonly role: string;
  readonly target: string;
  readonly state: string;
  readonly why: string | null;
  readonly steps: number;
  /** Its emergency is still to be reviewed, and the question stands in Slack or not. */
  readonly judging: boolean;
  /** What the clock asks of Hallpass now; null: nothing. */
  readonly due: 'expiry' | 'lapse' | 'step' | 'review' | null;
}

export function readSeen(url: string, ids: readonly number[]): Promise<Seen[]> {
  return runSql<Seen>(
    url,
    `select id::int, requester, role, target, state, why, steps_told as steps, judge_at is not null as judging,
       case when state = 'active' and expires_at <= now() then 'expiry'
            when state = 'pending' and step_at <= now() then 'step'
            when state = 'pending' and greatest(pending_until, step_told_at + interval '5 minutes') <= now() then 'lapse'
            when judge_at <= now() then 'review' end as due
       from requests where id = any($1) order by id`,
    [ids],
  );
}

const DUE: Readonly<Record<NonNullable<Seen['due']>, string>> = {
  expiry: 'its time is up',
  lapse: 'lapses',
  step: 'has waited long enough for the next step of its ladder',
  review: 'has to be reviewed',
};

/** What the requests that are due wait for, a line each; the others in one line. */
export function describeDue(all: readonly Seen[]): readonly string[] {
  if (all.length === 0) return ['Nothing was open, so nothing is due.'];
  const lines = all.flatMap((seen) => (seen.due === null ? [] : [`${nameOf(seen)} ${DUE[seen.due]}.`]));
  const others = all.length - lines.length;
  if (others === 0) return lines;
  const they = others === 1 ? '1 request is closer to its end' : `${others} requests are closer to their end`;
  return [...lines, `${they}, and not due.`];
}

/** What has become of them since; null for one that is as it was. */
export function describeChange(before: Seen, after: Seen): string | null {
  if (before.state !== after.state) {
    return `${nameOf(after)}: ${after.state}${after.why === null ? '' : ` (${after.why})`}.`;
  }
  if (before.steps !== after.steps) return `${nameOf(after)}: the next step of its ladder was told.`;
  if (before.due === 'review' && after.due !== 'review') return `${nameOf(after)}: its review was asked for.`;
  return null;
}

function nameOf({ id, role, target }: Seen): string {
  return `R-${id} (${role} on ${target})`;
}
