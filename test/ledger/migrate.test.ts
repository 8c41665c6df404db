/** Migrations, and what keeps them waiting: nobody without rights on our tables, and nobody forever. */

import { readdir } from 'node:fs/promises';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { checkLedger, viewLedger } from '../../src/access/check/ledger.js';
import { createPool, LedgerError } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readRequests } from '../../src/ledger/requests/read-requests.js';
import { readDatabaseRights } from '../../src/ledger/schema/database-rights.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { MIGRATIONS } from '../../src/ledger/schema/migrated.js';
import { MIGRATIONS_TABLE } from '../../src/ledger/schema/migration-lock.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { createDatabase, postgres, type TestDatabase, uniqueName } from '../support/postgres.js';
import { aWish } from './a-ledger.js';

const silent = pino({ level: 'silent' });

async function createLogin(database: string) {
  const name = uniqueName('login');
  await postgres.query(`create role ${name} login password 'x'`);
  afterAll(async () => {
    await postgres.query(`drop owned by ${name}`, [], database).catch(() => undefined);
    await postgres.query(`drop role if exists ${name}`);
  });
  return { name, url: postgres.urlFor({ user: name, password: 'x', database }) };
}

async function openSession(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'somebody' });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

const rights = async ({ url }: TestDatabase) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await readDatabaseRights(client);
  } finally {
    await client.end();
  }
};

test('a first one goes on although another login holds the advisory locks, and closes the database to it', async () => {
  const owner = await createDatabase('migrate');
  const [app, intruder] = [await createLogin(owner.database), await createLogin(owner.database)];
  const session = await openSession(intruder.url);
  for (const key of ['7241865325823964', "hashtext('hallpass grants')"]) {
    await session.query(`select pg_advisory_lock(${key})`);
  }
  expect(await rights(owner)).toEqual({ database: owner.database, open: true, mine: true });
  await migrateLedger(owner.url, app.url, silent);
  expect(await rights(owner)).toEqual({ database: owner.database, open: false, mine: true });
  await expect(runSql(intruder.url, 'select 1')).rejects.toThrow(/permission denied for database/);
  expect(await runSql(app.url, 'select from requests')).toEqual([]);
  // Another login that needs it is given it by name, and keeps it.
  await runSql(owner.url, `grant connect on database ${owner.database} to ${intruder.name}`);
  await migrateLedger(owner.url, app.url, silent);
  await runSql(intruder.url, 'select 1');
});

test('a superuser that does not own the database leaves it open, and says what its owner should run', async () => {
  const owner = await createDatabase('migrate');
  const app = await createLogin(owner.database);
  const lines: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  await migrateLedger(postgres.urlFor({ database: owner.database }), app.url, logger);
  expect(await rights(owner)).toMatchObject({ open: true });
  expect(lines.join('')).toContain('REVOKE CONNECT, TEMPORARY ON DATABASE');
  const db = createPool(app.url, () => undefined);
  onTestFinished(() => db.end());
  const said = await checkLedger(await viewLedger(db), { targets: new Map() });
  expect(said[0]).toMatchObject({
    level: 'note',
    nextStep: expect.stringContaining(
      `REVOKE CONNECT, TEMPORARY ON DATABASE "${owner.database}" FROM PUBLIC;`,
    ),
  });
});

test('waits for another one, and says who it is when that lasts too long', async () => {
  const owner = await createDatabase('migrate');
  const app = await createLogin(owner.database);
  await migrateLedger(owner.url, app.url, silent);
  const other = await openSession(owner.url);
  await other.query('begin');
  await other.query('lock table migrations in share update exclusive mode');
  const began = performance.now();
  const error: unknown = await migrateLedger(owner.url, app.url, silent).catch((thrown: unknown) => thrown);
  expect(performance.now() - began).toBeLessThan(40_000);
  expect(error).toBeInstanceOf(LedgerError);
  expect(error).toMatchObject({
    message: expect.stringContaining('locked for 30 s'),
    nextStep: expect.stringMatching(/pid \d+ \(\w+, somebody\).*pg_terminate_backend/),
  });
});

test('waits for another one, and goes on when that is done', async () => {
  const owner = await createDatabase('migrate');
  const app = await createLogin(owner.database);
  const other = await openSession(owner.url);
  await other.query(
    'create table migrations (id serial primary key, name varchar(255) not null, run_on timestamp not null)',
  );
  await other.query('begin');
  await other.query('lock table migrations in share update exclusive mode');
  const migrating = migrateLedger(owner.url, app.url, silent);
  const isOver = await Promise.race([
    migrating.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, 500, false)),
  ]);
  expect(isOver).toBe(false);
  await other.query('rollback');
  expect((await migrating).login).toBe(app.name);
});

test('the newest steps are undone and made again: requests stay, and who decided last', async () => {
  const owner = await createDatabase('undone');
  const app = await createLogin(owner.database);
  await migrateLedger(owner.url, app.url, silent);
  const db = createPool(app.url, () => undefined);
  onTestFinished(() => db.end());
  await registerTargets(db, ['shop-prod']);
  const rules = [{ from: [{ id: 'S0DBA', name: 'dba' }], count: 2 }];
  const request = await insertRequest(db, aWish({ rules }));
  for (const [verdict, at] of [
    ['approve', '10:00'],
    ['deny', '10:05'],
  ]) {
    await runSql(
      owner.url,
      'insert into decisions (request_id, approver, verdict, via, decided_at) values ($1, $2, $3, $4, $5)',
      [request?.id, 'U0CORA', verdict, 'dba', `2026-12-01 ${at}Z`],
    );
  }
  const client = await openSession(owner.url);
  const quiet = () => undefined;
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const names = (await readdir(MIGRATIONS)).map((file) => file.replace(/\.sql$/, '')).sort();
  const since = names.slice(names.indexOf('0022_policies'));
  const undone = await runner({
    dbClient: client,
    dir: MIGRATIONS,
    direction: 'down',
    count: since.length,
    migrationsTable: MIGRATIONS_TABLE,
    logger,
  });
  expect(undone.map(({ name }) => name)).toEqual(since.toReversed());
  expect(await runSql(owner.url, 'select verdict from decisions')).toEqual([{ verdict: 'deny' }]);
  await expect(runSql(owner.url, 'select rules from requests')).rejects.toThrow('"rules" does not exist');
  const { steps } = await migrateLedger(owner.url, app.url, silent);
  expect(steps).toEqual(since);
  const { requests } = await readRequests(db, [request?.id ?? 0]);
  expect(requests).toMatchObject([{ state: 'pending', rules: null, approvals: [] }]);
});
