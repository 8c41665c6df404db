/** A stage for one test file, and what can be seen and done from outside: requests, servers, processes. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, expect, onTestFinished } from 'vitest';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { HALLPASS, PERMANENT } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, type Name, request, told, type Wish } from '../../sandbox/stage/people.js';
import { type Stage, type StageOptions, startStage } from '../../sandbox/stage/stage.js';
import { waitFor } from '../support/wait-for.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** What a sample role lets its member do. */
const QUERY = {
  orders_read: 'select id from orders.orders',
  orders_write: 'update orders.orders set state = state returning id',
  payments_read: 'select id from payments.payments',
  vault_read: 'select id from keys.keys',
} as const;

export type Login = keyof Stage['samples']['people'];
export type Role = keyof typeof QUERY;

/** Longer than any bound that is waited for, milliseconds: what is asserted is that it comes at all. */
export const PATIENCE_MS = 50_000;

export interface LoggedStage extends Stage {
  /** What all its Hallpasses wrote, line by line. */
  readonly log: readonly string[];
}

/** A stage with its two servers apart, and no Hallpass yet. To be called at the top of a file. */
export async function openStage(options: Partial<StageOptions> = {}): Promise<LoggedStage> {
  const log: string[] = [];
  const onLine = (line: string) => log.push(line);
  const stage = await startStage({ cli: CLI, ledgerApart: true, onLine, ...options });
  afterAll(() => stage.close());
  afterEach(({ task }) => {
    if (task.result?.state === 'fail')
      console.error(`The end of Hallpass's log:\n${log.slice(-30).join('\n')}`);
  });
  return { ...stage, log };
}

/** Asks, and Cora approves; what comes of it is not waited for. @returns the request's id */
export async function approved(stage: Stage, name: Login, wish: Wish): Promise<string> {
  const id = await request(stage.slack, name, wish);
  await click(stage.slack, 'cora', await card(stage.slack, id, /Waiting for approval/), 'Approve');
  return id;
}

/** Asks, is approved and told, and uses it. @returns the request's id and the note that has the Relinquish button */
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

/** "orders_read ana" for each membership on the target (or another server) that Hallpass's login granted. */
export async function granted({
  server,
}: {
  readonly server: Pick<Stage['server'], 'query'>;
}): Promise<readonly string[]> {
  const rows = await server.query<{ membership: string }>(
    `select m.roleid::regrole || ' ' || m.member::regrole as membership from pg_auth_members m
       where m.grantor = $1::regrole order by 1`,
    [HALLPASS],
  );
  return rows.map(({ membership }) => membership);
}

/** Waits until this login's query is refused. @returns how long after `since` that was seen, milliseconds */
export async function untilRefused(
  stage: Stage,
  login: Login,
  role: Role,
  since: Date | null,
): Promise<number> {
  if (since === null) throw new Error('there is no such moment');
  const what = `${login} to lose ${role}`;
  await waitFor(() => isRefused(stage, login, role), { what, timeoutMs: PATIENCE_MS });
  return Date.now() - since.getTime();
}

/** @throws what the server says, unless it is that permission is denied */
export async function isRefused(stage: Stage, login: Login, role: Role): Promise<boolean> {
  try {
    await query(stage, login, role);
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return true;
    throw error;
  }
}

export async function expectReads(stage: Stage, login: Login, role: Role): Promise<void> {
  expect(await query(stage, login, role)).not.toEqual([]);
}

function query(stage: Stage, login: Login, role: Role): Promise<unknown[]> {
  return stage.sqlAs(login, QUERY[role], role === 'vault_read' ? 'vault' : 'shop');
}

/**
 * Waits until all is said about this request, and expects that just this rang the person's phone: the first line of
 * each message, the oldest first. That a card names its requester does not count.
 */
export async function expectRung(
  stage: Stage,
  name: Name,
  id: string,
  titles: readonly string[],
): Promise<void> {
  const what = `${id} to ring ${name} ${titles.length} times`;
  await waitFor(() => rings(stage, name, id).length >= titles.length, { what, timeoutMs: PATIENCE_MS });
  await untilAllSent(stage, id);
  expect(rings(stage, name, id)).toEqual(titles);
}

function rings({ slack }: Stage, name: Name, id: string): readonly string[] {
  return slack
    .as(CAST[name])
    .notifications()
    .filter(({ text, why }) => why !== 'mention' && text.includes(`${id} ·`))
    .map(({ text }) => text.split('\n')[0]?.replace(/<!date[^>]*>/g, '…') ?? '');
}

/** Waits until Slack shows what the ledger says: of all requests, or of one, or one kind of message about it. */
export async function untilAllSent(stage: Stage, id?: string, kind?: 'status'): Promise<void> {
  await waitFor(
    async () => {
      const rows = await runSql<{ key: string }>(
        stage.ledgerUrl,
        `select key from deliveries where sent < wanted
           and ($1::bigint is null or request_id = $1) and ($2::text is null or kind = $2)`,
        [id?.slice('R-'.length), kind],
      );
      if (rows.length > 0) throw new Error(rows.map(({ key }) => key).join(', '));
      return true;
    },
    { what: 'all messages to be sent', timeoutMs: PATIENCE_MS },
  );
}

/** The newest message in the operators' channel that says so, as Olga sees it. */
export function operatorsHear({ slack }: Stage, pattern: RegExp): Promise<SeenMessage> {
  return slack.waitFor(
    () =>
      slack
        .as(CAST.olga)
        .messages(CHANNELS.operators)
        .findLast((message) => pattern.test(all(message))),
    PATIENCE_MS,
  );
}

/** The labels of a message's buttons. */
export function buttons({ blocks }: SeenMessage): readonly string[] {
  return buttonsOf(blocks);
}

/** All is ended and told, nothing of ours is left on the target, and what was given for good is still there. */
export async function expectSettled(stage: Stage): Promise<void> {
  await waitFor(
    async () => {
      const rows = await runSql<{ id: string; state: string }>(
        stage.ledgerUrl,
        'select id, state from requests where ended_at is null',
      );
      if (rows.length > 0) throw new Error(rows.map(({ id, state }) => `R-${id} is ${state}`).join(', '));
      return true;
    },
    { what: 'all requests to be ended', timeoutMs: PATIENCE_MS },
  );
  await untilAllSent(stage);
  expect(await granted(stage)).toEqual([]);
  const permanent = await stage.server.query(
    'select from pg_auth_members where roleid = $1::regrole and member = $2::regrole and grantor <> $3::regrole',
    [PERMANENT.role, PERMANENT.login, HALLPASS],
  );
  expect(permanent).toHaveLength(1);
}

/** Ends all sessions of this login (pg_terminate_backend). */
export async function endSessions(server: Cluster, user: string): Promise<void> {
  await server.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [
    user,
  ]);
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

/** Whether a statement of Hallpass's waits for a lock on the target. */
export async function waitsForLock({ server }: Stage): Promise<boolean> {
  const waiting = await server.query(
    `select from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
    [HALLPASS],
  );
  return waiting.length > 0;
}

/** Stops the process where it stands, as a machine does that is suspended; until `thaw`, or the end of the test. */
export function freeze(pid: number | null | undefined): { thaw(): void } {
  const signal = (name: NodeJS.Signals) => {
    if (typeof pid === 'number' && isAlive(pid)) process.kill(pid, name);
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
