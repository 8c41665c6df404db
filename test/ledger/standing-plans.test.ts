/** What the lists of what is granted, to one person or to all, cost, however much is over: too slow for `npm test`, because it fills a ledger. */
import { beforeAll, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { readLastBy, readOfPerson, readOpenBy } from '../../src/ledger/requests/of-person.js';
import { readStanding } from '../../src/ledger/requests/standing.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { postgres } from '../support/postgres.js';
import { aLedger } from './a-ledger.js';

const { db, ownerUrl } = await aLedger();
const sql = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  runSql<Row>(ownerUrl, text, values);

beforeAll(() => registerTargets(db, ['shop-prod']));

test('with 10,000 grants out and 200,000 that are over, each question reads what it shows', async () => {
  const columns = `target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until, state, why, decided_by, server, grantor_oid, role_oid, member_oid, granted_at, expires_at, ended_at`;
  const rows = (n: number, state: string, ended: string) =>
    `insert into requests (${columns})
       select 'shop-prod', 'r' || i, 'l' || i, 'U0P' || i % 500, 'x', 1000, 1000, '[]', gen_random_uuid(), now(), '${state}', ${ended === 'null' ? 'null' : `'expired'`}, 'U0BEN',
         '73', 10, i, i, now(), now() + i * interval '1 second', ${ended} from generate_series(1, ${n}) i`;
  // No audit events are made up for them.
  const database = new URL(ownerUrl).pathname.slice(1);
  await postgres.query(
    `set session_replication_role = replica; ${rows(10_000, 'active', 'null')}; ${rows(200_000, 'ended', 'now()')}`,
    [],
    database,
  );
  await sql('vacuum analyze requests');
  const plan = async (text: string, values: readonly unknown[] = []) => {
    const lines = await sql<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers off, costs off) ${text}`,
      values,
    );
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  };
  const seen: string[] = [];
  type Asked = string | { readonly text: string; readonly values: readonly unknown[] };
  const spy = {
    query: async (asked: Asked, values: readonly unknown[] = []) => {
      const question = typeof asked === 'string' ? { text: asked, values } : asked;
      seen.push(await plan(question.text, question.values));
      return db.query(question.text, [...question.values]);
    },
  } as unknown as typeof db;
  const page = { skip: 9_990, limit: 10, lateMs: 60_000 };
  const all = await readStanding(spy, { target: null, requester: null }, page);
  expect(all).toMatchObject({ total: 10_000, overdue: 0 });
  expect(all.requests).toHaveLength(10);
  await readStanding(spy, { target: 'shop-prod', requester: 'U0P7' }, { ...page, skip: 0 });
  expect((await readOfPerson(spy, 'U0P7', { held: 0, asked: 0 }, 5)).held.total).toBe(20);
  expect(await readOpenBy(spy, 'U0P7', 15)).toMatchObject({ total: 20 });
  expect(await readLastBy(spy, 'U0P7')).not.toBeNull();
  expect(seen).toHaveLength(6);
  for (const each of seen) {
    expect(each).not.toMatch(/Seq Scan on requests/);
    expect(Number(/Execution Time: ([\d.]+) ms/.exec(each)?.[1])).toBeLessThan(150);
  }
});
