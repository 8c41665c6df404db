/** Which steps of the guide have really happened, by what the ledger, Postgres and Hallpass's process show. Pure. */
import type { StepId } from '../../api-guide.js';

/** All moments are milliseconds since 1970. */
export interface Facts {
  readonly requests: readonly RequestFacts[];
  /** What Ana ran, the oldest first. */
  readonly runs: readonly Run[];
  /** When Hallpass went, and when it was back; null: not yet. */
  readonly outages: readonly { readonly from: number; readonly until: number | null }[];
}

export interface RequestFacts {
  /** "R-1042" */
  readonly id: string;
  readonly requester: string;
  readonly role: string;
  readonly target: string;
  /** Who approved it; null: no one did. */
  readonly approver: string | null;
  readonly granted: number | null;
  /** Proved gone. */
  readonly gone: number | null;
  /** Sessions that were ended for it. */
  readonly closed: number;
  readonly why: string | null;
}

export interface Run {
  readonly at: number;
  readonly on: string;
  readonly sql: string;
  /** The server's words when it denied it; null: it did not. */
  readonly denied: string | null;
  readonly rows: number;
}

export interface Players {
  readonly ana: string;
  readonly cora: string;
}

/** What was seen of each step, in words; a step that did not happen yet is not in it. */
export type Seen = Readonly<Partial<Record<StepId, string>>>;

export function seen({ requests, runs, outages }: Facts, { ana, cora }: Players): Seen {
  const hers = requests.filter(({ requester }) => requester === ana);
  const [asked] = hers;
  const refused = runs.find((run) => run.denied !== null && !hers.some((each) => isOut(each, run.at)));
  const approved = hers.find(({ approver, granted }) => approver === cora && granted !== null);
  const read = runs.find(
    (run) => run.rows > 0 && hers.some((each) => isOut(each, run.at) && reads(run, each)),
  );
  const over = hers
    .map((each) => ({ each, run: runs.find((run) => run.denied !== null && isAfter(run, each)) }))
    .find(({ run }) => run !== undefined);
  const survived = outages
    .map((outage) => ({ outage, each: requests.find((each) => outlived(each, outage)) }))
    .find(({ each }) => each !== undefined);
  return {
    ...(asked && { ask: `${asked.id}: ${asked.role} on ${asked.target}` }),
    ...(refused && { refused: refused.denied ?? '' }),
    ...(approved && { approve: `${approved.id} is granted` }),
    ...(read && { rows: `Ana read ${read.rows} ${read.rows === 1 ? 'row' : 'rows'}` }),
    ...(over?.run && { over: ended(over.each, over.run) }),
    ...(survived?.each && { break: `${survived.each.id} was out when Hallpass was killed, and is revoked` }),
  };
}

function isOut({ granted, gone }: RequestFacts, at: number): boolean {
  return granted !== null && granted <= at && (gone === null || at < gone);
}

/** `orders_read` lets her read the schema `orders`. */
function reads({ on, sql }: Run, { target, role }: RequestFacts): boolean {
  return on === target && new RegExp(`\\b${role.split('_')[0]}\\.`, 'i').test(sql);
}

function isAfter(run: Run, each: RequestFacts): boolean {
  return run.on === each.target && each.gone !== null && each.granted !== null && run.at >= each.gone;
}

function ended({ id, why, closed }: RequestFacts, { denied }: Run): string {
  const sessions = closed === 0 ? '' : `, ${closed === 1 ? '1 session' : `${closed} sessions`} ended`;
  return `${id} is ended${why === null ? '' : ` (${why})`}${sessions}; ${denied}`;
}

/** It was out when Hallpass went, and was proved gone only after it was back. */
function outlived(each: RequestFacts, { from, until }: Facts['outages'][number]): boolean {
  return isOut(each, from) && until !== null && each.gone !== null && each.gone > from;
}
