/** What was told and settled long ago goes, and nothing that anybody still needs; however long the history is. */

import { beforeAll, describe, expect, it } from 'vitest';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { forgetOld } from '../../src/access/keeping/retention.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { forgetDeliveries } from '../../src/ledger/forget.js';
import { isStray } from '../../src/ledger/messages/deliveries.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { aWish } from './a-ledger.js';

const { db, owner } = await anAuditedLedger();

const DAY_MS = 24 * 3_600_000;
const LONG_AGO = `now() - interval '31 days'`;

async function aRequest(...events: readonly RequestEvent[]): Promise<number> {
  const id = (await insertRequest(db, aWish()))?.id ?? 0;
  for (const event of events) await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }));
  await owner.query(
    'update deliveries set sent = wanted, created_at = $2, channel = recipient, ts = key where request_id = $1',
    [id, new Date(Date.now() - 40 * DAY_MS)],
  );
  return id;
}

const over = async () => {
  const id = await aRequest({ type: 'withdraw', by: 'U0ANA' });
  await owner.query(`update requests set ended_at = ${LONG_AGO} where id = $1`, [id]);
  return id;
};

const keysOf = async (id: number) =>
  (
    await db.query<{ key: string }>('select key from deliveries where request_id = $1 order by key', [id])
  ).rows.map(({ key }) => key.replace(`${id}`, 'R'));

/** Everything that may go. */
async function forgetAll(): Promise<void> {
  while ((await forgetOld({ db })) !== null);
}

describe('after thirty days', () => {
  it('the messages of a request that is over go, but for its card', async () => {
    const id = await over();
    expect(await keysOf(id)).toEqual(['card:R', 'note:R:withdrawn', 'status:R']);
    await forgetAll();
    expect(await keysOf(id)).toEqual(['card:R']);
    // A click on one that is not known any more must not delete it.
    expect(await isStray(db, id, { channel: 'D0ANA', ts: '1.1' })).toBe(false);
  });

  it.each([
    ['of a request that is open', async () => aRequest()],
    ['of a request that ended lately', async () => aRequest({ type: 'withdraw', by: 'U0ANA' })],
    [
      'that are not sent',
      async () => {
        const id = await over();
        await owner.query('update deliveries set sent = 0 where request_id = $1', [id]);
        return id;
      },
    ],
    [
      'that were written lately',
      async () => {
        const id = await over();
        await owner.query('update deliveries set created_at = now() where request_id = $1', [id]);
        return id;
      },
    ],
    [
      'of a request whose window is to be reviewed',
      async () => {
        const id = await over();
        await owner.query('update requests set review_at = now() where id = $1', [id]);
        return id;
      },
    ],
  ])('messages stay, %s', async (_, make) => {
    const id = await make();
    const before = await keysOf(id);
    expect(before.length).toBeGreaterThan(1);
    await forgetAll();
    expect(await keysOf(id)).toEqual(before);
  });

  it('what operators were told goes, unless it is edited once something is over', async () => {
    await owner.query(
      `insert into orphans (id, target, server, role_oid, member_oid, role, login, settled_at) overriding system value
         values (1, 't', '1', 1, 1, 'r', 'l', null), (2, 't', '1', 2, 2, 'r', 'l', ${LONG_AGO}), (3, 't', '1', 3, 3, 'r', 'l', now())`,
    );
    await owner.query(
      `insert into strays (id, target, server, grantor_oid, role_oid, member_oid, role, login, kind, orphan_id, sessions,
           set_role, settled_at) overriding system value
         values (1, 't', '1', 9, 2, 2, 'r', 'l', 'orphan', 2, 'auto', true, ${LONG_AGO}),
           (2, 't', '1', 9, 1, 1, 'r', 'l', 'orphan', 1, 'auto', true, null)`,
    );
    await owner.query(
      `insert into overdue (id, target, grants, since, mended_at, told) overriding system value
         values (1, 'a', 1, now(), null, 1), (2, 'b', 1, now(), ${LONG_AGO}, 1), (3, 'c', 1, now(), ${LONG_AGO}, 0)`,
    );
    await owner.query(
      `insert into pages (key, open, summary, details, wanted, sent, not_before) values
         ('open', true, 's', '{}', 1, 1, ${LONG_AGO}), ('over', false, 's', '{}', 2, 2, ${LONG_AGO}),
         ('untold', false, 's', '{}', 2, 1, ${LONG_AGO}), ('lately', false, 's', '{}', 2, 2, now())`,
    );
    const notes = ['orphan:1', 'orphan:2', 'overdue:1', 'overdue:2', 'audit-head:2026-01-01', 'new'];
    await owner.query(
      `insert into deliveries (key, kind, recipient, message, wanted, sent, created_at)
         select k, 'operators', 'C0OPS', '{}', 1, 1, case k when 'new' then now() else ${LONG_AGO} end from unnest($1::text[]) k`,
      [notes],
    );
    await forgetAll();
    const left = async (sql: string) => (await db.query<{ key: string }>(sql)).rows.map(({ key }) => key);
    expect(await left(`select key from deliveries where kind = 'operators' order by 1`)).toEqual([
      'new',
      'orphan:1',
      'overdue:1',
    ]);
    expect(await left('select id::text as key from orphans order by 1')).toEqual(['1', '3']);
    expect(await left('select id::text as key from strays order by 1')).toEqual(['2']);
    expect(await left('select id::text as key from overdue order by 1')).toEqual(['1', '3']);
    expect(await left('select key from pages order by 1')).toEqual(['lately', 'open', 'untold']);
  });
});

describe('in a ledger with a long history', () => {
  beforeAll(async () => {
    // A year: half of it was forgotten already and has its card alone, half of it was never.
    for (let from = 0; from < 20_000; from += 5_000) {
      await owner.query(
        `insert into requests (state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
             created_at, pending_until, ended_at)
           select 'denied', 'shop-prod', 'r', 'l' || n, 'U0ANA', 'x', 1, 1, '[]', 'old:' || n, at, at, at
             from (select n, now() - interval '1 year' + n * interval '26 minutes' as at
                     from generate_series($1::int + 1, $1 + 5000) n) old`,
        [from],
      );
    }
    await owner.query(
      `insert into deliveries (key, kind, request_id, recipient, wanted, sent, created_at)
         select kind || ':' || r.id, kind, r.id, 'C0', 2, 2, r.created_at
           from requests r, unnest(array['card', 'status', 'note']) kind
           where r.reason = 'x' and (kind = 'card' or r.ended_at > now() - interval '6 months')`,
    );
    await owner.query('vacuum analyze deliveries');
    await owner.query('vacuum analyze requests');
  });

  it('a batch passes only what goes, and what was written lately is not looked at', async () => {
    await owner.query('select pg_stat_force_next_flush()');
    await owner.query('begin');
    expect(await forgetDeliveries(owner, 30 * DAY_MS, 500)).toBe(500);
    const { rows } = await owner.query<{ seq: number; fetched: number }>(
      `select seq_tup_read::int as seq, idx_tup_fetch::int as fetched from pg_stat_xact_user_tables where relname = 'deliveries'`,
    );
    await owner.query('commit');
    expect(rows[0]?.seq).toBe(0);
    expect(rows[0]?.fetched).toBeLessThan(5_000);
    await forgetAll();
    const { rows: kinds } = await owner.query(
      `select kind, count(*)::int as n, min(r.ended_at) < now() - interval '30 days' as old from deliveries d
         join requests r on r.id = d.request_id where r.reason = 'x' group by 1 order by 1`,
    );
    expect(kinds).toMatchObject([
      { kind: 'card', n: 20_000, old: true },
      { kind: 'note', old: false },
      { kind: 'status', old: false },
    ]);
    // Nothing is left to go: the next look costs nothing. What is not flushed yet would count as this transaction's.
    await owner.query('select pg_stat_force_next_flush()');
    await owner.query('begin');
    expect(await forgetDeliveries(owner, 30 * DAY_MS, 500)).toBe(0);
    const { rows: idle } = await owner.query<{ seq: number; fetched: number }>(
      `select seq_tup_read::int as seq, idx_tup_fetch::int as fetched from pg_stat_xact_user_tables where relname = 'deliveries'`,
    );
    await owner.query('commit');
    expect(idle[0]?.seq).toBe(0);
    expect(idle[0]?.fetched).toBeLessThan(100);
  });
});
