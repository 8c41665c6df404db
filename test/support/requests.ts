/** Requests: making them, and what the ledger has of them. */
import type pg from 'pg';
import { expect } from 'vitest';
import { HALLPASS, PERMANENT } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { card, click, type Name, request, told, type Wish } from '../../sandbox/stage/people.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { expectReads, granted, type Login, type Role } from './access.js';
import { waitFor } from './wait-for.js';

/** Longer than any test takes. */
export const LONG = { duration: '15 minutes' } as const;

/** Makes a request that Cora approves, and doesn't wait for the GRANT. @returns its id */
export async function approved(stage: Stage, name: Name, wish: Wish): Promise<string> {
  const id = await request(stage.slack, name, wish);
  await click(stage.slack, 'cora', await card(stage.slack, id, /Waiting for approval/), 'Approve');
  return id;
}

/** As `approved`, until the role is granted and works. @returns also the message with the Relinquish button */
export async function obtain(
  stage: Stage,
  name: Login,
  wish: Wish & { readonly role: Role },
): Promise<{ readonly id: string; readonly note: SeenMessage }> {
  const id = await approved(stage, name, wish);
  const note = await told(stage.slack, name, id, /psql/);
  await expectReads(stage, name, wish.role);
  return { id, note };
}

/** "R-1042" as the ledger keeps it: "1042". */
const numberOf = (id: string): string => id.slice('R-'.length);

interface Row {
  readonly state: string;
  readonly why: string | null;
  readonly trouble: string | null;
  readonly placed: boolean;
  readonly granted_at: Date | null;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
}

/** The request as the ledger has it. */
export async function inLedger(stage: Stage, id: string): Promise<Row> {
  const [row] = await runSql<Row & pg.QueryResultRow>(
    stage.ledgerUrl,
    `select state, why, trouble, server is not null as placed, granted_at, expires_at, ended_at
       from requests where id = $1`,
    [numberOf(id)],
  );
  if (row === undefined) throw new Error(`the ledger has no ${id}`);
  return row;
}

/** Waits for the ledger to have the request in this state. */
export function untilInLedger(stage: Stage, id: string, state: string): Promise<Row> {
  return waitFor(
    async () => {
      const row = await inLedger(stage, id);
      if (row.state !== state) throw new Error(`it is ${row.state} (${row.trouble})`);
      return row;
    },
    { what: `${id} to be ${state} in the ledger` },
  );
}

/** Changes a request as the ledger's owner, for instance to move its times. */
export async function changeInLedger({ ledgerUrl }: Stage, id: string, set: string): Promise<void> {
  await runSql(ledgerUrl, `update requests set ${set} where id = $1`, [numberOf(id)]);
}

/** The audit events of a request, in order, except those that come at a time of their own. */
export function eventsOf(
  { ledgerUrl }: Stage,
  id: string,
): Promise<{ kind: string; actor: string | null; data: Record<string, unknown> }[]> {
  return runSql(
    ledgerUrl,
    `select kind, actor, data from events where request_id = $1 and kind not in ('previewed', 'reviewed') order by id`,
    [numberOf(id)],
  );
}

/** Waits until Slack shows what the ledger says: of all requests, or of one, or one kind of message about it. */
export async function untilAllSent(stage: Stage, id?: string, kind?: 'status'): Promise<void> {
  await waitFor(
    async () => {
      const rows = await runSql<{ key: string }>(
        stage.ledgerUrl,
        `select key from deliveries where sent < wanted
           and ($1::bigint is null or request_id = $1) and ($2::text is null or kind = $2)`,
        [id && numberOf(id), kind],
      );
      if (rows.length > 0) throw new Error(rows.map(({ key }) => key).join(', '));
      return true;
    },
    { what: 'all messages to be sent' },
  );
}

/** Waits until all requests have ended. */
export async function untilAllEnded(stage: Stage): Promise<void> {
  await waitFor(
    async () => {
      const rows = await runSql<{ id: string; state: string }>(
        stage.ledgerUrl,
        'select id, state from requests where ended_at is null',
      );
      if (rows.length > 0) throw new Error(rows.map(({ id, state }) => `R-${id} is ${state}`).join(', '));
      return true;
    },
    { what: 'all requests to be ended' },
  );
}

/** All has ended and people were told; nothing of Hallpass's is left on the target, and the permanent grant is there. */
export async function expectSettled(stage: Stage): Promise<void> {
  await untilAllEnded(stage);
  await untilAllSent(stage);
  expect(await granted(stage)).toEqual([]);
  const permanent = await stage.server.query(
    'select from pg_auth_members where roleid = $1::regrole and member = $2::regrole and grantor <> $3::regrole',
    [PERMANENT.role, PERMANENT.login, HALLPASS],
  );
  expect(permanent).toHaveLength(1);
}
