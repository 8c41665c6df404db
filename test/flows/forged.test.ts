/** An attacker who can write to the ledger gets nothing granted without an approval, and what they wrote is found. */
import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all } from '../../sandbox/stage/people.js';
import { audit } from '../audit/command.js';
import { expectReads, granted } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import { obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();

/** Past Hallpass, as who owns the ledger. */
const byOwner = <R extends object>(sql: string, params: readonly unknown[] = []) =>
  runSql<R>(stage.ledgerUrl, sql, [...params]);

const FORGED = `insert into requests (state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
    pending_until, decided_at, decided_by, decided_via)
  values ('granting', 'shop', 'orders_write', 'ben', $1, 'x', 3600000, 3600000, '[]', gen_random_uuid()::text,
    now() + interval '1 hour', now(), $2, 'dba') returning id::int`;

test('a request that stands as approved in the ledger, and nowhere in the audit trail, is never granted', async () => {
  const hallpass = await stage.startHallpass();
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', duration: '1 hour' });
  const [row] = await byOwner<{ id: number }>(FORGED, [CAST.ben, CAST.cora]);
  const report = await operatorsHear(stage, /nobody approved it/);
  expect(all(report)).toContain(`R-${row?.id} was not granted`);
  const { trouble } = await untilInLedger(stage, `R-${row?.id}`, 'failed');
  expect(trouble).toContain('no approval');
  expect(await granted(stage)).toEqual(['orders_read ana']);
  expect(stage.log.filter((line) => line.includes('"security":"not_approved"'))).toHaveLength(1);
  await expectReads(stage, 'ana', 'orders_read');
  await untilInLedger(stage, id, 'active');
  expect(await hallpass.stop()).toBe(0);
});

test('an end that was moved past Hallpass is told, and named by verify', async () => {
  const [row] = await byOwner<{ id: number }>(
    `update requests set expires_at = '2036-01-01Z' where state = 'active' returning id::int`,
  );
  const hallpass = await stage.startHallpass();
  const report = await operatorsHear(stage, /not what the audit trail says/);
  expect(all(report)).toContain(
    `R-${row?.id}: expires: is 2036-01-01T00:00:00.000Z, and its events make it 20`,
  );
  expect(stage.log.filter((line) => line.includes('"security":"altered_request"'))).toHaveLength(1);
  const { code, said } = await audit(['verify'], { DATABASE_URL: stage.env.DATABASE_URL ?? '' });
  expect(code).toBe(1);
  expect(said).toMatch(new RegExp(`^R-${row?.id} +expires: is 2036`, 'm'));
  expect(said).toContain('The audit trail is as it was written.');
  expect(await hallpass.stop()).toBe(0);
});
