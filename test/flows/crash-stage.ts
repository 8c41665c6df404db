/** A stage for one test file, and what can be known from outside of a request, of the servers and of a process. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, expect, onTestFinished } from 'vitest';
import { HALLPASS, PERMANENT } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, click, type Name, request, told, type Wish } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { waitFor } from '../support/wait-for.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** What a sample role lets its member do. */
export const QUERY = {
  orders_read: 'select id from orders.orders',
  orders_write: 'update orders.orders set state = state returning id',
  payments_read: 'select id from payments.payments',
} as const;

export type Login = keyof Stage['samples']['people'];
type Role = keyof typeof QUERY;

/** Longer than any bound that is waited for, milliseconds: what is asserted is that it comes at all. */
export const PATIENCE_MS = 50_000;

/** A stage with its two servers apart, and no Hallpass yet. To be called at the top of a file. */
export async function openStage(configure?: (yaml: string) => string): Promise<Stage> {
  const log: string[] = [];
  const stage = await startStage({
    cli: CLI,
    ledgerApart: true,
    onLine: (line) => log.push(line),
    ...(configure ? { configure } : {}),
  });
  afterAll(() => stage.close());
  if (process.env.HALLPASS_TEST_LOG) afterAll(() => console.log(log.join('\n')));
  return stage;
}

/** Asks, and Cora approves; what comes of it is not waited for. @returns the request's id */
export async function approved(stage: Stage, name: Login, wish: Wish): Promise<string> {
  const id = await request(stage.slack, name, wish);
  await click(stage.slack, 'cora', await card(stage.slack, id, /Waiting for approval/), 'Approve');
  return id;
}

/** Asks, is approved and told, and uses it. @returns the request's id and the note that has the Relinquish button */
export async function borrow(
  stage: Stage,
  name: Login,
  wish: Wish & { readonly role: Role },
): Promise<{ readonly id: string; readonly note: SeenMessage }> {
  const id = await approved(stage, name, wish);
  const note = await told(stage.slack, name, id, /psql/);
  await expectReads(stage, name, wish.role);
  return { id, note };
}

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
  const rows = await runSql<Row & pg.QueryResultRow>(
    stage.ledgerUrl,
    `select state, why, trouble, server is not null as placed, granted_at, expires_at, ended_at
       from requests where id = $1`,
    [id.slice('R-'.length)],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`the ledger has no ${id}`);
  return row;
}

/** Waits for the ledger to have the request in this state. */
export function untilInLedger(stage: Stage, id: string, state: string): Promise<Row> {
  const what = `${id} to be ${state} in the ledger`;
  return waitFor(
    async () => {
      const row = await inLedger(stage, id);
      if (row.state !== state) throw new Error(`it is ${row.state} (${row.trouble})`);
      return row;
    },
    { what, timeoutMs: PATIENCE_MS },
  );
}

/** "orders_read ana" for each membership on the target that Hallpass's login granted. */
export async function lent(stage: Stage): Promise<readonly string[]> {
  const rows = await stage.server.query<{ membership: string }>(
    `select m.roleid::regrole || ' ' || m.member::regrole as membership from pg_auth_members m
       where m.grantor = $1::regrole order by 1`,
    [HALLPASS],
  );
  return rows.map(({ membership }) => membership);
}

/** Waits until this login's query is refused, and answers when it was first seen, as `Date.now()` does. */
export async function untilRefused(stage: Stage, login: Login, role: Role): Promise<number> {
  await waitFor(() => isRefused(stage, login, role), {
    what: `${login} to lose ${role}`,
    timeoutMs: PATIENCE_MS,
  });
  return Date.now();
}

/** @throws what the server says, unless it is that permission is denied */
export async function isRefused(stage: Stage, login: Login, role: Role): Promise<boolean> {
  try {
    await stage.sqlAs(login, QUERY[role]);
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return true;
    throw error;
  }
}

export async function expectReads(stage: Stage, login: Login, role: Role): Promise<void> {
  expect(await stage.sqlAs(login, QUERY[role])).not.toEqual([]);
}

/** The first line of everything about this request that rang the person's phone, the oldest first. */
export function rings({ slack }: Stage, name: Name, id: string): readonly string[] {
  return slack
    .as(CAST[name])
    .notifications()
    .filter(({ text }) => text.includes(`${id} ·`))
    .map(({ text }) => text.split('\n')[0]?.replace(/<!date[^>]*>/g, '…') ?? '');
}

/** The labels of a message's buttons. */
export function buttons({ blocks }: SeenMessage): readonly string[] {
  return buttonsOf(blocks);
}

/** Nothing is open, all is told, nothing of ours is left on the target, and what was given for good is still there. */
export async function expectSettled(stage: Stage): Promise<void> {
  const what = 'everything to be ended and told';
  await waitFor(
    async () => {
      const rows = await runSql<{ unsettled: string }>(
        stage.ledgerUrl,
        `select 'R-' || id || ' ' || state as unsettled from requests where ended_at is null
           union all select key || ' unsent' from deliveries where sent < wanted`,
      );
      if (rows.length > 0) throw new Error(rows.map(({ unsettled }) => unsettled).join(', '));
      return true;
    },
    { what, timeoutMs: PATIENCE_MS },
  );
  expect(await lent(stage)).toEqual([]);
  const permanent = await stage.server.query(
    'select from pg_auth_members where roleid = $1::regrole and member = $2::regrole and grantor <> $3::regrole',
    [PERMANENT.role, PERMANENT.login, HALLPASS],
  );
  expect(permanent).toHaveLength(1);
}

/** Keeps others from writing to a table until `release`, or the end of the test; reading goes on. */
export async function holdTable(url: string, table: string): Promise<{ release(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query(`lock table ${table} in share row exclusive mode`);
  const release = () => client.end().catch(() => undefined);
  onTestFinished(release);
  return { release };
}

/** Stops the process where it stands, as a machine does that is suspended; until `thaw`, or the end of the test. */
export function freeze({ pid }: HallpassProcess): { thaw(): void } {
  const signal = (name: NodeJS.Signals) => {
    if (pid !== undefined && isAlive(pid)) process.kill(pid, name);
  };
  const thaw = () => signal('SIGCONT');
  onTestFinished(thaw);
  signal('SIGSTOP');
  return { thaw };
}

export function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves when this moment has passed, by the clock that the ledger's server shares with us. */
export async function untilPast(moment: Date | null): Promise<void> {
  if (moment === null) throw new Error('there is no such moment');
  await sleep(Math.max(0, moment.getTime() - Date.now()) + 1);
}
