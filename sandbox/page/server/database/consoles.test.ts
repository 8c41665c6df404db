/** The console against a real server, as the page uses it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Cluster, startCluster } from '../../../postgres/cluster.js';
import { buildSamples, type Samples } from '../../../postgres/samples.js';
import type { ConsoleSession, Outcome, Ran } from '../../api-database.js';
import { Consoles } from './consoles.js';

const ANA = { login: 'ana', on: 'shop' } as const;
const BEN = { login: 'ben', on: 'shop' } as const;

let server: Cluster;
let samples: Samples;
let consoles: Consoles;
let sessions: readonly ConsoleSession[] = [];

beforeAll(async () => {
  server = await startCluster({ name: 'console' });
  samples = await buildSamples(server, { ordersAdmin: true });
  await server.query('grant temporary on database shop to ana');
  consoles = new Consoles({
    urlOf: ({ login, on }) =>
      on === 'shop' && login === 'ana'
        ? samples.people.ana.url
        : login === 'ben'
          ? samples.people.ben.url
          : null,
    onChange: (now) => {
      sessions = now;
    },
  });
});
beforeEach(() => consoles.closeAll());
afterAll(async () => {
  await consoles.closeAll();
  await server.close();
});

const run = (sql: string, at: typeof ANA | typeof BEN = ANA): Promise<Ran> => consoles.run(at, sql);
const ana = () => sessions.find(({ login }) => login === 'ana');

/** What a person reads of it, in a line each. */
function read(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'rows':
      return `${outcome.tag}: ${outcome.rows.map((row) => row.map((value) => value ?? 'null').join(',')).join(' ')}`;
    case 'finished':
      return outcome.tag;
    case 'error':
    case 'notice':
      return `${outcome.severity} ${outcome.code}: ${outcome.message}`;
  }
}
const readAll = async (sql: string) => (await run(sql)).outcomes.map(read);

test('answers each of several statements, with what the server says between them', async () => {
  expect(
    await readAll(
      "create temp table t (n int, s text); insert into t values (1, null), (2, 'two'); select * from t; do $$ begin raise notice 'hm'; end $$; update t set n = 3; select 1/0; select 2",
    ),
  ).toEqual([
    'CREATE TABLE',
    'INSERT 0 2',
    'SELECT 2: 1,null 2,two',
    'NOTICE 00000: hm',
    'DO',
    'UPDATE 2',
    'ERROR 22012: division by zero',
  ]);
  expect(ana()).toMatchObject({ transaction: 'idle', running: false });
  expect(await readAll('')).toEqual([]);
  expect(await readAll('copy (values (1), (2)) to stdout')).toEqual(['COPY 2: 1 2']);
  expect(await readAll('create temp table c (n int); copy c from stdin')).toEqual([
    'CREATE TABLE',
    expect.stringContaining('the console sends no data'),
  ]);
});

test('shows 500 rows and counts the rest, numbers at the right', async () => {
  const [outcome] = (await run("select n, 'x' as x from generate_series(1, 1200) n")).outcomes;
  expect(outcome).toMatchObject({
    total: 1200,
    tag: 'SELECT 1200',
    columns: [
      { name: 'n', right: true },
      { name: 'x', right: false },
    ],
  });
  expect(outcome?.kind === 'rows' && outcome.rows.length).toBe(500);
});

test('an error has its code, its hint and its place', async () => {
  const [outcome] = (await run('select 1;\nselect citi from orders.customers')).outcomes.slice(-1);
  expect(outcome).toMatchObject({
    severity: 'ERROR',
    code: '42501',
    message: 'permission denied for schema orders',
  });
  await server.query('grant orders_read to ana');
  const [misspelt] = (await run('select citi from orders.customers')).outcomes;
  await server.query('revoke orders_read from ana');
  expect(misspelt).toMatchObject({
    code: '42703',
    hint: expect.stringContaining('"customers.city"'),
    at: { line: 'LINE 1: select citi from orders.customers', caret: '               ^' },
  });
});

test('a session stays open: transactions, cursors, temporary tables and SET ROLE behave', async () => {
  const first = await run('begin; declare c cursor for select n from generate_series(1, 5) n');
  expect(first.opened).toMatchObject({ because: null, pid: expect.any(Number) });
  expect(ana()).toMatchObject({ transaction: 'open', pid: first.opened?.pid });
  expect(await readAll('fetch 2 from c')).toEqual(['FETCH 2: 1 2']);
  expect(await readAll('fetch 2 from c')).toEqual(['FETCH 2: 3 4']);
  expect(await readAll('select nope')).toEqual([expect.stringContaining('42703')]);
  expect(ana()).toMatchObject({ transaction: 'failed' });
  expect(await readAll('select 1')).toEqual([expect.stringContaining('25P02')]);
  expect(await readAll('rollback')).toEqual(['ROLLBACK']);
  expect(ana()).toMatchObject({ transaction: 'idle' });

  expect(await readAll('set role payments_read')).toEqual([
    expect.stringContaining('permission denied to set role'),
  ]);
  await server.query('grant payments_read to ana');
  expect(await readAll('set role payments_read')).toEqual(['SET']);
  expect(await readAll('select current_user, session_user')).toEqual(['SELECT 1: payments_read,ana']);
  await server.query('revoke payments_read from ana');
});

test('what runs can be canceled, and nothing else runs meanwhile', async () => {
  await run('begin');
  const sleeping = run('select pg_sleep(60)');
  await vi.waitFor(() => expect(ana()?.running).toBe(true));
  await expect(run('select 1')).rejects.toThrow('Cancel it first');
  expect(await consoles.verbs['console-cancel'](ANA)).toBe(true);
  const { outcomes, ms } = await sleeping;
  expect(outcomes.map(read)).toEqual(['ERROR 57014: canceling statement due to user request']);
  expect(ms).toBeLessThan(30_000);
  expect(ana()).toMatchObject({ transaction: 'failed', running: false });
  expect(await consoles.verbs['console-cancel'](ANA)).toBe(false);
  expect(await readAll('rollback')).toEqual(['ROLLBACK']);
});

test('a session that the server ended says so at once, and the next run opens another', async () => {
  const { opened } = await run('create temp table mine ()');
  const end = () =>
    server.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ana'");
  const because = 'terminating connection due to administrator command';
  await end();
  await vi.waitFor(() => expect(ana()).toMatchObject({ ended: because, pid: null }));
  const next = await run('select count(*) from mine');
  expect(next.opened?.because).toBe(because);
  expect(next.opened?.pid).not.toBe(opened?.pid);
  expect(next.outcomes.map(read)).toEqual([expect.stringContaining('42P01')]);

  const sleeping = run('select pg_sleep(60)');
  await vi.waitFor(() => expect(ana()?.running).toBe(true));
  await sleep(50);
  await end();
  expect((await sleeping).outcomes.map(read)).toEqual([`FATAL 57P01: ${because}`]);
  expect(ana()).toMatchObject({ ended: because, running: false });
  expect(await readAll('select 1')).toEqual(['SELECT 1: 1']);
});

test.each([
  ['fast', /^terminating connection due to administrator command$/],
  // It says so where it still can.
  ['immediate', /^terminating connection|^server closed the connection unexpectedly$/],
] as const)('a server that is stopped (%s) does not answer, and then it does', async (mode, says) => {
  onTestFinished(() => server.start());
  await run('begin');
  await server.stop(mode);
  await vi.waitFor(() => expect(ana()?.ended).toMatch(says));
  expect(await readAll('select 1')).toEqual([expect.stringMatching(/Shop does not answer: .*ECONNREFUSED/)]);
  await server.start();
  expect((await run('select 1')).opened?.because).toMatch(says);
});

test('reconnecting opens a new session, under today’s rights to connect', async () => {
  const { opened } = await run('set role none');
  const sleeping = run('select pg_sleep(60)');
  await vi.waitFor(() => expect(ana()?.running).toBe(true));
  expect(await consoles.verbs['console-reconnect'](ANA)).toMatchObject({
    opened: { because: null },
    outcomes: [],
  });
  await sleeping;
  const left = await server.query("select pid from pg_stat_activity where usename = 'ana'");
  expect(left).toEqual([{ pid: ana()?.pid }]);
  expect(ana()?.pid).not.toBe(opened?.pid);

  await server.query('revoke connect on database shop from ana');
  expect(await consoles.verbs['console-reconnect'](ANA)).toMatchObject({
    opened: null,
    outcomes: [{ severity: 'FATAL', message: 'permission denied for database "shop"' }],
  });
  expect(ana()).toBeUndefined();
  await server.query('grant connect on database shop to ana');
});

test('each login has a session of its own, and where it has none, the console says so', async () => {
  await Promise.all([run('begin'), run('select 1', BEN)]);
  expect(sessions.map(({ login, transaction }) => `${login} ${transaction}`).sort()).toEqual([
    'ana open',
    'ben idle',
  ]);
  await expect(consoles.run({ login: 'eve', on: 'vault' }, 'select 1')).rejects.toThrow(
    'eve has no login on Vault',
  );
  await consoles.closeAll();
  expect(sessions).toEqual([]);
  await vi.waitFor(async () =>
    expect(await server.query("select from pg_stat_activity where usename in ('ana', 'ben')")).toEqual([]),
  );
});
