/** What the ledger's own connections make sure of, whatever the server and its administrators have set. */
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { readTypes } from '../../src/connections/types.js';
import { connectLedger, createPool } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { createLogger } from '../../src/logger.js';
import { installedMajors } from '../support/majors.js';
import { createDatabase, postgres } from '../support/postgres.js';
import { aLedger, aWish } from './a-ledger.js';

const silent = createLogger('silent');

describe.each(installedMajors())('on Postgres $major', ({ binaries }) => {
  test('what was written survives a crash, also where synchronous_commit is off', async () => {
    const cluster = await startCluster({
      binaries,
      settings: { synchronous_commit: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '0' },
    });
    const db = createPool(cluster.url, () => undefined);
    onTestFinished(async () => {
      await db.end();
      await cluster.close();
    });
    await migrateLedger(cluster.url, cluster.url, silent);
    await cluster.query('CHECKPOINT');
    await insertRequest(db, aWish());
    await cluster.kill();
    await cluster.start();
    expect(await cluster.query('SELECT state FROM requests')).toEqual([{ state: 'pending' }]);
    expect(await cluster.query('SELECT kind FROM events')).toEqual([{ kind: 'submitted' }]);
  });
});

describe('a session of the ledger', async () => {
  const ledger = await aLedger();
  const login = new URL(ledger.databaseUrl).username;

  function open(url: string): pg.Pool {
    const db = createPool(url, () => undefined);
    onTestFinished(() => db.end());
    return db;
  }

  test('without triggers is refused, and the setting is named', async () => {
    await postgres.query(`ALTER ROLE ${login} SET session_replication_role = 'replica'`);
    onTestFinished(async () => {
      await postgres.query(`ALTER ROLE ${login} RESET session_replication_role`);
    });
    await expect(open(ledger.databaseUrl).query('select 1')).rejects.toMatchObject({
      message: expect.stringContaining('session_replication_role is replica'),
      nextStep: expect.stringContaining('RESET session_replication_role'),
    });
  });

  test.each([
    'statement_timeout=1',
    'lock_timeout=1',
    'idle_in_transaction_session_timeout=1',
    'query_timeout=1',
    `options=${encodeURIComponent('-c DateStyle=German -c default_transaction_read_only=on')}`,
  ])('is not changed by %s in its URL', async (parameter) => {
    const db = open(`${ledger.databaseUrl}?${parameter}`);
    const { rows } = await db.query(
      `select pg_sleep(0.02), now() as now, current_setting('statement_timeout') as limit,
              current_setting('default_transaction_read_only') as read_only`,
    );
    expect(rows).toMatchObject([{ now: expect.any(Date), limit: '10s', read_only: 'off' }]);
  });

  test('finds its tables in the schema that the URL names', async () => {
    const { url } = await createDatabase('elsewhere');
    const owner = await connectLedger(url);
    onTestFinished(() => owner.end());
    await owner.query('create schema "Hall pass"');
    const named = `${url}?options=${encodeURIComponent('-c search_path="Hall\\ pass"')}`;
    await migrateLedger(named, named, silent);
    expect((await open(named).query('select from requests')).rows).toEqual([]);
    await expect(migrateLedger(url, url, silent)).rejects.toMatchObject({
      message: expect.stringContaining('in the schema Hall pass'),
      nextStep: expect.stringContaining('options=-csearch_path'),
    });
  });
});

test.each([
  ['28/11/2026 14:16:38 UTC', pg.types.builtins.TIMESTAMPTZ],
  ['28.11.2026 14:16:38.12 CET', pg.types.builtins.TIMESTAMPTZ],
  ['Sat 28 Nov 14:16:38 2026 UTC', pg.types.builtins.TIMESTAMPTZ],
  ['11-12-2026', pg.types.builtins.DATE],
  ['', pg.types.builtins.TIMESTAMP],
])('%s is an error as a moment, never null and never another day', (text, oid) => {
  const parse = readTypes({ bigintAsNumber: true }).getTypeParser(oid);
  expect(() => parse(text)).toThrow("a moment that can't be read");
});

test('a moment in ISO style is read to the millisecond', () => {
  const parse = readTypes({ bigintAsNumber: true }).getTypeParser(pg.types.builtins.TIMESTAMPTZ);
  expect(parse('2026-11-28 14:16:38.123456+00')).toEqual(new Date('2026-11-28T14:16:38.123Z'));
  expect(parse('2026-11-28 19:46:38+05:30')).toEqual(new Date('2026-11-28T14:16:38Z'));
});
