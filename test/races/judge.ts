/**
 * What must be true of requests whatever raced, read by SQL from the ledger and from the target:
 * - each change of state left one audit event: their number is the version, and read in order they are one history;
 * - one decision each at most, of whom the request names, after the approvals that weren't enough yet, and one end;
 * - the members of the role are those of the active requests, and nobody else.
 */
import type pg from 'pg';
import { expect } from 'vitest';
import type { TestServer } from '../postgres/server.js';

export interface Judged {
  readonly id: number;
  readonly state: string;
  readonly why: string | null;
  readonly login: string;
  readonly decided_by: string | null;
  readonly duration_ms: number;
  readonly history: readonly string[];
  /** In the order of their decisions. */
  readonly deciders: readonly string[];
  readonly hashes: readonly string[];
}

/** From each event to those that may follow it. */
const FOLLOWS: Readonly<Record<string, readonly string[]>> = {
  submitted: ['approved', 'approved_partly', 'denied'],
  approved_partly: ['approved', 'approved_partly', 'denied'],
  approved: ['grant_intended', 'relinquished', 'end_asked'],
  grant_intended: ['granted', 'relinquished', 'end_asked'],
  granted: ['relinquished', 'end_asked', 'extended', 'proved_gone'],
  extended: ['extension_confirmed'],
  extension_confirmed: ['proved_gone'],
  relinquished: ['proved_gone'],
  end_asked: ['proved_gone'],
  denied: [],
  proved_gone: [],
};

/**
 * A sweep met what another was doing, and said so, and it was tried again; and a membership that came back, or too late:
 * its request has a new version for it, to be shown, in whatever state it is.
 */
const BESIDE: ReadonlySet<string> = new Set([
  ...['hindered', 'sessions_open'],
  ...['leftover_found', 'leftover_open', 'leftover_taken_back', 'leftover_kept'],
]);

const READ = `
  select r.id, r.state, r.why, r.login, r.decided_by, r.duration_ms, r.version,
      array(select e.kind from events e where e.request_id = r.id order by e.id) as history,
      array(select d.approver from decisions d where d.request_id = r.id order by d.decided_at) as deciders,
      array(select e.data->>'configHash' from events e where e.request_id = r.id and e.data ? 'configHash' order by e.id)
        as hashes
    from requests r where r.id = any($1::bigint[])`;

type Row = Judged & { readonly version: number };

/** @returns the requests, in the order of the ids */
export async function judge(
  db: pg.Pool,
  server: TestServer,
  ids: readonly number[],
): Promise<readonly Judged[]> {
  const { rows } = await db.query<Row>(READ, [ids]);
  expect(rows).toHaveLength(ids.length);
  for (const row of rows) expectOneHistory(row);
  const byId = new Map(rows.map((row) => [row.id, row]));
  expect(await members(server)).toEqual(await activeLogins(db));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function expectOneHistory({ id, state, why, version, history, deciders, decided_by }: Row): void {
  const told = `R-${id} is ${state} (${why}) at ${version}: ${history.join(', ')}`;
  expect(history.length, told).toBe(version);
  const steps = history.filter((kind) => !BESIDE.has(kind));
  for (const [i, kind] of steps.entries()) {
    if (i > 0) expect(FOLLOWS[steps[i - 1] ?? ''] ?? [], told).toContain(kind);
  }
  const decided = history.filter((kind) => kind === 'approved' || kind === 'denied').length;
  const partly = history.filter((kind) => kind === 'approved_partly').length;
  expect(deciders.length, told).toBe(decided + partly);
  expect(decided <= 1 && (decided === 0 ? null : deciders.at(-1)) === decided_by, told).toBe(true);
  if (state === 'ended') {
    const asked = steps.at(-2);
    const because = asked === 'relinquished' ? 'relinquished' : asked === 'end_asked' ? 'ended' : 'expired';
    expect(why, told).toBe(because);
  }
}

/** Who holds the role by Hallpass. */
export async function members(server: TestServer): Promise<readonly string[]> {
  const rows = await server.sql(
    `select m.member::regrole::text as login from pg_auth_members m
       where m.roleid = 'granted'::regrole and m.grantor = 'hallpass'::regrole order by 1`,
  );
  return rows.map(({ login }) => String(login));
}

async function activeLogins(db: pg.Pool): Promise<readonly string[]> {
  const { rows } = await db.query<{ login: string }>(
    `select login from requests where state = 'active' order by login`,
  );
  return rows.map(({ login }) => login);
}

/** Every holder of the role has an open request; checked at any moment, while all is in motion. */
export async function expectNoStranger(db: pg.Pool, server: TestServer): Promise<void> {
  const open = async () => {
    const { rows } = await db.query<{ login: string }>('select login from requests where ended_at is null');
    return rows.map(({ login }) => login);
  };
  // A request may end, or begin, while the target is read.
  const before = await open();
  const held = await members(server);
  const known = new Set([...before, ...(await open())]);
  expect(held.filter((login) => !known.has(login))).toEqual([]);
}
