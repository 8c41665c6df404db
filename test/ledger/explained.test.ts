/** Hallpass's own login, and a thief with its password, change no request without an audit event that explains it. */

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { ledgerConnection } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readRequests } from '../../src/ledger/requests/read-requests.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, databaseUrl, ownerUrl } = await aLedger();
const thief = new pg.Client(ledgerConnection(databaseUrl));
const owner = new pg.Client(ledgerConnection(ownerUrl));
await Promise.all([thief.connect(), owner.connect()]);
afterAll(() => Promise.all([thief.end(), owner.end()]));
beforeAll(() => registerTargets(db, ['shop-prod']));

const refused = {
  code: '42501',
  message: expect.stringContaining('without an audit event that explains it'),
};
const place = { server: '73', grantorOid: 10, roleOid: 16_400, memberOid: 16_401 };
const terms = { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: null } as const;
const steps: readonly RequestEvent[] = [
  { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: 3_600_000 },
  { type: 'intend', place, terms },
  { type: 'granted', mark: '801', users: [] },
];

/** A request that Hallpass wrote. */
async function aRequest(...events: readonly RequestEvent[]): Promise<number> {
  const id = (await insertRequest(db, aWish()))?.id ?? 0;
  for (const event of events) {
    const outcome = await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }));
    expect(outcome.get(id)).toMatchObject({ ok: true });
  }
  return id;
}

const insert = (columns: string, values: string) =>
  `insert into requests (target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id, pending_until, ${columns})
     values ('shop-prod', 'orders_read', gen_random_uuid(), 'U0EVE', 'x', 1000, 1000, '[]', gen_random_uuid(), now(), ${values})`;
const event = (kind: string, actor: string, data: string) =>
  `insert into events (request_id, kind, actor, data) values ($1, '${kind}', '${actor}', '${data}')`;
const set = (columns: string) => `update requests set version = version + 1, ${columns} where id = $1`;

describe('refuses the login of DATABASE_URL', () => {
  it.each([
    ['pending', 'state', `'pending'`],
    ['granting', 'state, decided_by', `'granting', 'U0BEN'`],
    [
      'active',
      'state, server, grantor_oid, role_oid, member_oid, expires_at',
      `'active', '73', 10, 11, 12, '2036-01-01Z'`,
    ],
    ['over', 'state, ended_at', `'ended', now()`],
  ])('a new request that is %s', async (_, columns, values) => {
    await expect(thief.query(insert(columns, values))).rejects.toMatchObject(refused);
  });

  it('a new request that is granting, with an event that says it was submitted', async () => {
    const both = `with r as (${insert('state, decided_by', `'granting', 'U0BEN'`)} returning *)
      insert into events (request_id, kind, actor, data) select id, 'submitted', requester,
        jsonb_build_object('target', target, 'role', role, 'login', login, 'wishedMs', wished_ms) from r`;
    await expect(thief.query(both)).rejects.toMatchObject(refused);
  });

  it.each([
    ['an end in 2036', `expires_at = '2036-01-01Z'`],
    ['an end that is now', 'expires_at = now()'],
    ['another state', `state = 'ending', why = 'ended'`],
    ['another role', `role = 'payments_read'`],
    ['another login', `login = 'eve'`],
    ['another requester', `requester = 'U0EVE'`],
    ['another target', `target = 'vault'`],
    ['another decider', `decided_by = 'U0EVE'`],
    ['another place', 'member_oid = 7'],
    ['a longer duration', 'duration_ms = duration_ms + 1'],
    ['sessions that stay', `sessions = 'leave'`],
  ])('%s', async (_, columns) => {
    const id = await aRequest(...steps);
    await expect(thief.query(set(columns), [id])).rejects.toMatchObject(refused);
    await expect(thief.query(set('trouble = null'), [id])).resolves.toBeDefined();
  });

  it.each([
    [
      'an approval that an event of another time explains',
      [],
      set(`state = 'granting', decided_by = 'U0BEN'`),
    ],
    [
      'an approval for longer',
      [event('approved', 'U0BEN', '{"durationMs": 1}')],
      set(`state = 'granting', decided_by = 'U0BEN'`),
    ],
    [
      'an approval by another',
      [event('approved', 'U0EVE', '{"durationMs": 3600000}')],
      set(`state = 'granting', decided_by = 'U0BEN'`),
    ],
    [
      'an approval that is none',
      [event('hindered', 'U0BEN', '{"durationMs": 3600000}')],
      set(`state = 'granting', decided_by = 'U0BEN'`),
    ],
    [
      'another role, with an event',
      [event('approved', 'U0BEN', '{"durationMs": 3600000}')],
      set(`role = 'payments_read'`),
    ],
    [
      'an end that the event does not say',
      [event('extended', 'U0BEN', '{"expiresAt": "2030-01-01T00:00:00Z"}')],
      set(`expires_at = '2036-01-01Z'`),
    ],
    [
      'an end of which the event says nothing',
      [event('extended', 'U0BEN', '{}')],
      set(`expires_at = '2036-01-01Z'`),
    ],
  ])('in one transaction with an event: %s', async (_, events, sql) => {
    const id = await aRequest();
    // Written before, in a transaction of its own, it explains nothing.
    await thief.query(event('approved', 'U0BEN', '{"durationMs": 3600000}'), [id]);
    await thief.query('begin');
    for (const one of events) await thief.query(one, [id]);
    await expect(thief.query(sql, [id])).rejects.toMatchObject(refused);
    await thief.query('rollback');
  });

  it('what it hides among others', async () => {
    const [one, other] = [await aRequest(...steps), await aRequest(...steps)];
    const sql = `with a as (insert into events (request_id, kind, data) values (${one}, 'end_asked', '{}'))
      update requests set state = 'ending', why = 'ended' where id in (${one}, ${other})`;
    await expect(thief.query(sql)).rejects.toMatchObject({ message: expect.stringContaining(`R-${other} `) });
  });

  it('also when it stands in for what the ledger calls', async () => {
    const id = await aRequest(...steps);
    // Migrating takes it from everybody; an administrator may have given it back.
    await owner.query(
      `do $$ begin execute format('grant temporary on database %I to public', current_database()); end $$`,
    );
    await thief.query('begin');
    await thief.query(
      `create temp table events (id bigint, request_id bigint, kind text, actor text, data jsonb)`,
    );
    await thief.query(
      `insert into events values (1, $1, 'extended', 'U0EVE', '{"expiresAt": "2036-01-01T00:00:00Z"}')`,
      [id],
    );
    await expect(thief.query(set(`expires_at = '2036-01-01Z'`), [id])).rejects.toMatchObject(refused);
    await thief.query('rollback');
    await expect(thief.query('alter table requests disable trigger user')).rejects.toMatchObject({
      code: '42501',
    });
  });
});

it('lets pass what an event explains: it stands in the chain for good', async () => {
  const id = await aRequest();
  await thief.query('begin');
  await thief.query(event('approved', 'U0BEN', '{"via": "dba", "durationMs": 3600000}'), [id]);
  await thief.query(
    set(`state = 'granting', decided_by = 'U0BEN', decided_via = 'dba', decided_at = now()`),
    [id],
  );
  await thief.query('commit');
  const { rows } = await db.query('select kind, actor from events where request_id = $1 order by id', [id]);
  expect(rows.at(-1)).toEqual({ kind: 'approved', actor: 'U0BEN' });
});

it('stands in the way of no notice and no end, whatever the owner of the ledger did', async () => {
  const id = await aRequest(...steps);
  await owner.query(set(`expires_at = date_trunc('ms', now()) + interval '0.0004 s', warn_at = now()`), [id]);
  const ending: readonly RequestEvent[] = [
    { type: 'warned' },
    { type: 'proved_gone', proof: { found: true, closed: 0, prepared: [] } },
  ];
  for (const event of ending) await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }));
  expect((await readRequests(db, [id])).requests[0]).toMatchObject({ state: 'ended', why: 'expired' });
});

it('lets the owner of the ledger do anything', async () => {
  const id = await aRequest(...steps);
  await owner.query(set(`expires_at = '2036-01-01Z'`), [id]);
  expect((await readRequests(db, [id])).requests[0]?.expiresAt).toEqual(new Date('2036-01-01Z'));
});

it('looks at no more of the audit trail than the events of what is written', async () => {
  await owner.query(`insert into events (kind, data) select 'sample', '{}' from generate_series(1, 20000)`);
  await owner.query('analyze events');
  await thief.query('begin');
  const looked = async () => {
    const { rows } = await thief.query<{ n: number }>(
      `select (seq_tup_read + idx_tup_fetch)::int as n from pg_stat_xact_user_tables where relname = 'events'`,
    );
    return rows[0]?.n ?? 0;
  };
  const request = await insertRequest(thief, aWish());
  await change({ db: thief, ...OTHERS_LOOK }, [request?.id ?? 0], () => ({
    event: { type: 'withdraw', by: 'U0ANA' },
  }));
  expect(await looked()).toBeLessThan(100);
  await thief.query('commit');
});
