/** Leases, and the look that takes one: who gets it, who is refused, and what a look costs the ledger. */
import pg from 'pg';
import { beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { releaseLease, renewLease, takeLease } from '../../src/ledger/targets/leases.js';
import { look } from '../../src/ledger/targets/look.js';
import { recordChecked, registerTargets } from '../../src/ledger/targets/targets.js';
import { waitFor } from '../support/wait-for.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, databaseUrl, ownerUrl } = await aLedger();
/** Past what the ledger refuses its login: a change that no event explains. */
const byOwner = (sql: string, params: readonly unknown[] = []) => runSql(ownerUrl, sql, [...params]);
const TARGET = 'shop';
const ask = (holder: string) => ({
  holder,
  most: { requests: 500, endings: 500 },
  compareMs: 300_000,
  takeoverMs: 300_000,
  take: true,
});

beforeAll(() => registerTargets(db, [TARGET]));
beforeEach(async () => {
  await byOwner("update requests set state = 'lapsed', ended_at = now() where ended_at is null");
  await db.query("update leases set until = '-infinity'");
  await recordChecked(db, TARGET, 'one', '73');
});

/** Something to be granted there. */
async function somethingDue(): Promise<void> {
  const request = await insertRequest(db, aWish({ target: TARGET }));
  await byOwner("update requests set state = 'granting', decided_at = now() where id = $1", [request?.id]);
}

test('a look takes the lease where something is due, and writes nothing where nothing is', async () => {
  const idle = await look(db, TARGET, ask('one'));
  expect(idle).toMatchObject({ held: false, compare: false, leaseMs: 0, due: { requests: [], endings: [] } });
  await somethingDue();
  const one = await look(db, TARGET, ask('one'));
  expect(one.held).toBe(true);
  expect(one.due.requests).toHaveLength(1);
  const two = await look(db, TARGET, ask('two'));
  expect(two.held).toBe(false);
  expect(two.due.requests).toHaveLength(1);
  expect(two.leaseMs).toBeGreaterThan(5_000);
  expect((await look(db, TARGET, ask('one'))).held).toBe(true);
  await releaseLease(db, TARGET, 'one');
  expect((await look(db, TARGET, ask('two'))).held).toBe(true);
});

test('what has run out is taken, also by its renewer no more; what ends in a year counts for nothing', async () => {
  expect(await takeLease(db, 'x', 'one')).toBe(true);
  expect(await takeLease(db, 'x', 'two')).toBe(false);
  await db.query("update leases set until = now() - interval '1 s' where name = 'x'");
  await renewLease(db, 'x', 'one');
  expect(await takeLease(db, 'x', 'two')).toBe(true);
  await db.query("update leases set until = now() + interval '1 year' where name = 'x'");
  expect(await takeLease(db, 'x', 'one')).toBe(true);
});

test('a release that is under way is waited for; a row that stays locked is a refusal', async () => {
  await somethingDue();
  expect(await takeLease(db, TARGET, 'one')).toBe(true);
  const other = new pg.Client({ connectionString: databaseUrl });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('begin');
  await other.query('update leases set until = now() where name = $1', [TARGET]);
  const waiting = look(db, TARGET, ask('two'));
  await waitFor(
    async () =>
      (
        await db.query(
          "select from pg_stat_activity where wait_event_type = 'Lock' and usename = current_user",
        )
      ).rowCount === 1,
    { what: 'the look to wait' },
  );
  await other.query('commit');
  expect((await waiting).held).toBe(true);
  await other.query('begin');
  await other.query('select from leases for update');
  const began = performance.now();
  const refused = await look(db, TARGET, ask('three'));
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(refused.held).toBe(false);
  expect(refused.due.requests).toHaveLength(1);
  await other.query('rollback');
});
