/** Every event is chained, however many processes write at once; and a writer can only append. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../src/access/audit/verify.js';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { hashAt, readHead } from '../../src/ledger/audit/audit-chain.js';
import { insertEvent } from '../../src/ledger/audit/insert-event.js';
import { createPool } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aWish } from '../ledger/a-ledger.js';
import { createDatabase } from '../support/postgres.js';
import { addEvents, anAuditedLedger } from './ledger.js';

const { db, databaseUrl, owner } = await anAuditedLedger();
const count = async (sql: string) => Number((await owner.query(sql)).rows[0]?.count);

beforeAll(async () => {
  await registerTargets(db, ['shop-prod']);
  await addEvents(db, 3);
});

describe('the login that Hallpass runs with', () => {
  it.each([
    'update events set kind = kind',
    'delete from events',
    'truncate events cascade',
    "insert into events (id, kind, data) overriding system value values (9, 'x', '{}')",
    "insert into events (at, kind, data) values (now(), 'x', '{}')",
    'alter table events disable trigger events_chained',
    'drop trigger events_chained on events',
    "set session_replication_role = 'replica'",
    "insert into audit_chain values (99, 1, decode(repeat('00', 32), 'hex'))",
    'update audit_chain set seq = seq',
    'delete from audit_chain',
    'truncate audit_chain',
    'update audit_head set seq = 0',
    'delete from audit_head',
    'select from audit_head for update',
    "insert into audit_checkpoints values (1, decode(repeat('00', 32), 'hex'), 1, now(), 'x', decode(repeat('00', 64), 'hex'))",
    'delete from audit_checkpoints',
    "create or replace function audit_append() returns trigger language plpgsql as 'begin end'",
    'create temp table mine (id int); create trigger t after insert on mine referencing new table as added for each statement execute function audit_append()',
  ])('may not: %s', async (sql) => {
    await expect(db.query(sql)).rejects.toMatchObject({ code: '42501' });
  });

  it('chains what it inserts, in whatever way and whatever it has made to stand in the way', async () => {
    const thief = new pg.Client({ connectionString: databaseUrl });
    await thief.connect();
    try {
      await owner.query(
        `do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$`,
      );
      await thief.query('create temp table audit_head (one boolean, seq bigint, hash bytea)');
      await thief.query("insert into audit_head values (true, 0, '')");
      await thief.query('create temp table audit_chain (seq bigint, event_id bigint, hash bytea)');
      await thief.query(
        "set timezone = 'Asia/Kathmandu'; set datestyle = 'German'; set intervalstyle = 'sql_standard'",
      );
      await thief.query(`with a as (insert into events (kind, data) values ('a', '{"x": 1.50}')),
        b as (insert into events (kind, data) select 'b', '"\\u2028"' from generate_series(1, 2))
        insert into events (kind, actor, data) values (E'c\\n"', 'ünï', 'null')`);
      await thief.query("insert into events (kind, data) select 'none', '{}' where false");
      await thief.query('begin');
      await thief.query("insert into events (kind, data) values ('undone', '{}')");
      await thief.query('rollback');
    } finally {
      await thief.end();
    }
    const { head, faults } = await verifyChain(db, null, null);
    expect(faults).toEqual([]);
    expect(head.seq).toBe(7);
  });
});

it('is whole, without a gap or a deadlock, when eight connections write thousands of events at once', async () => {
  const before = await readHead(db);
  const shared = await insertRequest(db, aWish());
  if (shared === null) throw new Error('not inserted');
  const say = async (writer: pg.Pool, ids: readonly number[], round: number) => {
    const event = { type: 'on_call_said', note: `round ${round}` } as const;
    const outcomes = await change({ db: writer, ...OTHERS_LOOK }, ids, () => ({ event }));
    expect([...outcomes.values()].filter(({ ok }) => ok)).toHaveLength(ids.length);
  };
  const writers = Array.from({ length: 8 }, () => createPool(databaseUrl, () => undefined));
  afterAll(() => Promise.all(writers.map((writer) => writer.end())));
  await Promise.all(
    writers.map(async (writer, index) => {
      const made = [];
      for (let n = 0; n < 25; n++) made.push(await insertRequest(writer, aWish()));
      const ids = made.flatMap((request) => (request === null ? [] : [request.id]));
      for (let round = 0; round < 20; round++) {
        await say(writer, ids, round);
        // All note something of one request, while one of them changes it.
        await Promise.all([
          insertEvent(writer, shared.id, { kind: 'noted', actor: null, data: { round } }),
          ...(index === 0 ? [say(writer, [shared.id], round)] : []),
        ]);
      }
    }),
  );
  const written = 1 + 8 * (25 + 20 * (25 + 1)) + 20;
  const { head, faults, count: verified } = await verifyChain(db, null, null);
  expect(faults).toEqual([]);
  expect(head.seq).toBe(before.seq + written);
  expect(verified).toBe(head.seq);
  expect(await count('select count(*) from audit_chain join events on id = event_id')).toBe(head.seq);
  // The changes of one request are chained in the order in which they happened.
  expect(
    await count(
      `select count(*) from (select id, lag(id) over (partition by request_id order by seq) as last
         from audit_chain join events on id = event_id where kind <> 'noted') e where id < last`,
    ),
  ).toBe(0);
  expect(await hashAt(db, head.seq)).toBe(head.hash);
  expect(await hashAt(db, head.seq + 1)).toBeNull();
});

it('takes in what an older release has written, in its order', async () => {
  const old = await createDatabase('old_ledger');
  const dir = join(import.meta.dirname, '../../migrations');
  const earlier = (await readdir(dir)).filter((name) => name < '0008').length;
  const client = new pg.Client({ connectionString: old.url });
  await client.connect();
  try {
    const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    await runner({
      dbClient: client,
      dir,
      direction: 'up',
      count: earlier,
      migrationsTable: 'migrations',
      logger: quiet,
    });
    await client.query(
      `insert into events (kind, actor, data) select 'old', 'U' || n, jsonb_build_object('n', n) from generate_series(1, 2000) n`,
    );
    await client.query('delete from events where id % 7 = 0');
    await migrateLedger(old.url, old.url, pino({ level: 'silent' }));
    await addEvents(client, 1);
    const { rows } = await client.query('select count(*)::int as count from events');
    const pool = createPool(old.url, () => undefined);
    const verdict = await verifyChain(pool, null, null).finally(() => pool.end());
    expect(verdict).toMatchObject({ faults: [], count: rows[0].count, head: { seq: rows[0].count } });
  } finally {
    await client.end();
  }
});
