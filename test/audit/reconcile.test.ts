/** Whatever a request is that its audit events do not make of it is named; what Hallpass wrote itself always fits. */

import { beforeAll, describe, expect, it } from 'vitest';
import { reconcile } from '../../src/access/audit/reconcile.js';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { UNJUDGED } from '../../src/domain/policy/emergency.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readRequests } from '../../src/ledger/requests/read-requests.js';
import { recoverGrant } from '../../src/ledger/targets/recover.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aWish } from '../ledger/a-ledger.js';
import { audit } from './command.js';
import { anAuditedLedger } from './ledger.js';

const { db, owner, databaseUrl } = await anAuditedLedger();

const place = { server: '73', grantorOid: 10, roleOid: 4_200_000_000, memberOid: 16_401 };
const terms = { sessions: 'all', setRole: true, graceMs: 30_000, idleMs: null } as const;
const proof = { found: false, closed: 2, prepared: ['x'] };
const hour = 3_600_000;
const limits = { pendingPerPerson: 100_000, requestsPerMinute: 100_000 };

const rules = [
  { from: [{ id: 'S0DBA', name: 'dba' }], count: 1 },
  { from: [{ id: 'S0SEC', name: null }], count: 1 },
];
function counted(...who: readonly (readonly [by: string, rule: number])[]) {
  const approvers = who.map(([by, rule]) => ({ by, at: null, serves: [{ rule, via: 'x' }] }));
  return { rules, approvers, asked: [], danger: null };
}

const events = {
  approve: { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: hour / 2 },
  onCall: { type: 'approve_by_rule', rule: 'on_call', through: 'dba shift', maxMs: hour },
  noted: { type: 'on_call_said', note: 'nobody is' },
  partly: { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: hour / 2, count: counted(['U0BEN', 0]) },
  fully: {
    type: 'approve',
    by: 'U0EVA',
    via: 'sec',
    maxMs: hour,
    count: counted(['U0BEN', 0], ['U0EVA', 1]),
  },
  denyMore: { type: 'deny_extension', by: 'U0BEN', via: 'dba' },
  askMore: { type: 'ask_extension', maxMs: 4 * hour, rules, asked: [] },
  partlyMore: { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 4 * hour, count: counted(['U0BEN', 0]) },
  ruleMore: { type: 'extend_by_rule', rule: 'on_call', through: 'dba shift', maxMs: hour },
  deny: { type: 'deny', by: 'U0BEN', via: 'dba' },
  denyBecause: { type: 'deny', by: 'U0BEN', via: 'dba', because: 'not without a ticket' },
  withdraw: { type: 'withdraw', by: 'U0ANA' },
  leave: { type: 'withdraw', by: null },
  intend: { type: 'intend', place, terms },
  block: { type: 'blocked', trouble: 'away' },
  grant: { type: 'granted', mark: '801', users: [] },
  fail: { type: 'grant_failed', trouble: 'no' },
  extend: { type: 'extend', by: 'U0CORA', via: 'dba', maxMs: 4 * hour },
  confirm: { type: 'extended' },
  refuse: { type: 'extension_refused', trouble: 'longer than its limit' },
  relinquish: { type: 'relinquish', by: 'U0ANA' },
  end: { type: 'end', by: 'U0OPS' },
  left: { type: 'end', by: null },
  missing: { type: 'missing' },
  open: { type: 'sessions_open', before: '1', trouble: 'one is left', users: [] },
  gone: { type: 'proved_gone', proof },
  glass: { type: 'approve_by_rule', rule: 'break_glass', through: 'sre', maxMs: hour },
  judged: { type: 'judged', by: 'U0CORA', via: 'security', verdict: 'justified', words: 'It burnt.' },
  review: { type: 'reviewed', result: { total: 0 } },
  restore: { type: 'restored', trouble: 'the ledger was restored' },
} as const satisfies Record<string, RequestEvent>;

async function submitted(change_: Parameters<typeof aWish>[0] = {}): Promise<number> {
  const request = await insertRequest(db, aWish({ limits, ...change_ }));
  if (request === null) throw new Error('not inserted');
  return request.id;
}

/** What Hallpass itself writes; what the state table refuses is left out. */
async function live(id: number, ...steps: readonly RequestEvent[]): Promise<AccessRequest> {
  for (const event of steps) await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }));
  const [request] = (await readRequests(db, [id])).requests;
  if (request === undefined) throw new Error('not there');
  return request;
}

/** What is said after the owner did this to the ledger; it is undone afterwards. */
async function found(id: number, ...statements: readonly string[]): Promise<string> {
  await owner.query('begin');
  try {
    for (const sql of statements) await owner.query(sql.replaceAll('$1', `${id}`));
    const { misfits } = await reconcile(owner);
    expect(misfits.map(({ requestId }) => requestId)).toEqual([id]);
    return misfits.flatMap(({ says }) => says).join('\n');
  } finally {
    await owner.query('rollback');
  }
}

beforeAll(() => registerTargets(db, ['shop-prod']));

const { approve, intend, grant } = events;

describe('a request that Hallpass wrote', () => {
  it('is what its events make of it: judged', async () => {
    const { glass, relinquish, gone, judged } = events;
    const id = await submitted({ emergency: UNJUDGED });
    const request = await live(id, glass, intend, grant, relinquish, gone, judged);
    expect(request.emergency).toMatchObject({ verdict: 'justified', by: 'U0CORA' });
    expect((await reconcile(db)).misfits).toEqual([]);
    const other = `'{"verdict": "not_justified", "by": "U0CORA", "words": "It burnt.", "asked": 0}'`;
    expect(await found(id, `update requests set emergency = ${other} where id = $1`)).toMatch(
      /verdict: is not_justified, and its events make it justified/,
    );
    expect(
      await found(id, `update events set kind = 'judge_asked' where request_id = $1 and kind = 'judged'`),
    ).toMatch(/verdict: is justified, and its events make it due/);
  });

  it.each<[string, keyof typeof events, ...(keyof typeof events)[]]>([
    ['ended', 'approve', 'intend', 'grant', 'relinquish', 'open', 'gone', 'review'],
    ['active', 'onCall', 'block', 'intend', 'grant'],
    ['active', 'approve', 'intend', 'grant', 'extend'],
    ['active', 'approve', 'intend', 'grant', 'extend', 'confirm'],
    ['active', 'approve', 'intend', 'grant', 'extend', 'refuse'],
    ['ended', 'approve', 'intend', 'grant', 'extend', 'refuse', 'end', 'gone'],
    ['ended', 'approve', 'intend', 'grant', 'missing', 'gone', 'review'],
    ['ended', 'approve', 'intend', 'grant', 'left', 'gone'],
    ['failed', 'approve', 'intend', 'fail', 'gone'],
    ['failed', 'noted', 'restore', 'gone'],
    ['active', 'partly', 'fully', 'intend', 'grant', 'askMore', 'partlyMore', 'ruleMore'],
    ['active', 'partly', 'fully', 'intend', 'grant', 'askMore', 'denyMore', 'extend'],
    ['denied', 'partly', 'deny'],
    ['denied', 'deny'],
    ['denied', 'denyBecause'],
    ['withdrawn', 'withdraw'],
    ['withdrawn', 'leave'],
  ])('fits, %s: %s %s %s %s %s %s %s', async (state, ...steps) => {
    const { id, state: is } = await live(await submitted(), ...steps.map((name) => events[name]));
    expect(is).toBe(state);
    const { count, misfits } = await reconcile(db);
    expect(misfits).toEqual([]);
    expect(count).toBeGreaterThan(0);
    expect(id).toBeGreaterThan(1_000);
  });

  it('fits when its time was up, and when nobody decided in time', async () => {
    const brief = await submitted({ wishedMs: 1 });
    await live(brief, approve, intend, grant);
    const unheard = await submitted({ pendingTimeoutMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await live(brief, events.open, events.gone)).toMatchObject({ state: 'ended', why: 'expired' });
    expect(await live(unheard, { type: 'lapse' })).toMatchObject({ state: 'lapsed' });
    expect((await reconcile(db)).misfits).toEqual([]);
  });

  it('fits when it was recovered from a server, and whatever comes of it then', async () => {
    const lost = {
      ...{ target: 'shop-prod', role: 'orders_read', place: { ...place, memberOid: 99 }, terms, mark: '1' },
      ...{ asked: [], channel: 'C0CARDS', requester: 'U0ANA' },
      ...{ grantedAt: new Date(), expiresAt: new Date(Date.now() + hour) },
    };
    expect(await recoverGrant(db, { ...lost, id: 5_000, login: 'lost' })).toBe('inserted');
    const pending = await live(await submitted(), events.noted);
    expect(await recoverGrant(db, { ...lost, id: pending.id, login: pending.login })).toBe('updated');
    const active = await live(await submitted(), approve, intend, grant);
    const longer = { ...lost, place, id: active.id, login: active.login };
    expect(await recoverGrant(db, longer)).toBe('updated');
    expect((await reconcile(db)).misfits).toEqual([]);
    for (const id of [5_000, pending.id, active.id])
      await live(id, events.extend, events.relinquish, events.gone);
    expect((await reconcile(db)).misfits).toEqual([]);
  });

  it('fits at random', async () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    // It counts an approval that has to be there.
    const all = Object.values(events).filter((event) => event !== events.fully);
    // Most steps are refused: the way to an active grant is walked half of the time.
    for (let n = 0; n < 60; n++) {
      const id = await submitted();
      if (random(2) === 0) await live(id, approve, intend, grant);
      for (let i = 0; i < 12; i++) {
        const event = all[random(all.length)];
        if (event !== undefined) await live(id, event);
      }
    }
    expect((await reconcile(db)).misfits).toEqual([]);
  });
});

describe('what was changed past Hallpass is named', () => {
  const active = async () => (await live(await submitted(), approve, intend, grant)).id;

  it.each([
    [
      'an end in 2036',
      `expires_at = '2036-01-01Z'`,
      /expires: is 2036-01-01T00:00:00.000Z, and its events make it 20/,
    ],
    ['another state', `state = 'ending', why = 'ended'`, /state: is ending, and its events make it active/],
    ['another decider', `decided_by = 'U0EVE'`, /decided by: is U0EVE, and its events make it U0BEN/],
    ['another role', `role = 'payments_read'`, /role: is payments_read/],
    ['another login', `login = 'eve'`, /login: is eve/],
    ['another target', `target = 'vault'`, /target: is vault/],
    ['another person', `requester = 'U0EVE'`, /requester: is U0EVE/],
    ['another reason, unsaid', `reason = 'secret'`, /^(?!.*secret).*reason: is not what/],
    ['longer', 'duration_ms = duration_ms + 1', /duration: is 1800001 ms, and its events make it 1800000 ms/],
    ['another place', 'member_oid = 7', /place: .*4200000000 to 7 by 10/],
    ['sessions that stay', `sessions = 'leave'`, /sessions: is leave, and its events make it all/],
    [
      'an extension',
      `extension = 'asked', extended_by = 'U0EVE', extended_at = now(), extended_from = now()`,
      /extended by: is U0EVE, and its events make it nothing/,
    ],
  ])('%s', async (_, set, says) => {
    const id = await active();
    expect(await found(id, `update requests set ${set} where id = $1`)).toMatch(says);
  });

  it('another reason for a denial, unsaid', async () => {
    const { id } = await live(await submitted(), events.denyBecause);
    expect(await found(id, `update requests set denied_because = 'secret' where id = $1`)).toMatch(
      /^(?!.*secret).*denied because: is not what/,
    );
  });

  const tell = (kind: string, actor: string, data: string) =>
    `insert into events (request_id, kind, actor, data) values ($1, '${kind}', '${actor}', '${data}')`;

  it.each([
    [
      'an approval of what is active',
      tell('approved', 'U0EVE', '{"via": "dba", "durationMs": 1}'),
      /can’t follow/,
    ],
    ['a second wish', tell('submitted', 'U0EVE', '{}'), /asked for again/],
    ['an event that says nothing', tell('extended', 'U0EVE', '[]'), /does not say what such an event says/],
    [
      'an extension to 2036',
      tell(
        'extended',
        'U0EVE',
        '{"via": "dba", "from": "2026-01-01T00:00:00Z", "expiresAt": "2036-01-01T00:00:00Z"}',
      ),
      /extends access by more than was asked for/,
    ],
  ])('by an event that can’t be: %s', async (_, sql, says) => {
    expect(await found(await active(), sql)).toMatch(says);
  });

  it('by a grant for longer than was approved', async () => {
    const { id } = await live(await submitted(), approve, intend);
    const granted = tell('granted', 'U0EVE', '{"expiresAt": "2036-01-01T00:00:00Z"}');
    const set = `update requests set state = 'active', granted_at = now(), expires_at = '2036-01-01Z' where id = $1`;
    expect(await found(id, granted, set)).toMatch(/longer than was approved/);
  });

  it('by an extension that says another end than was in force', async () => {
    const id = await active();
    const now = Date.now();
    const data = JSON.stringify({
      via: 'dba',
      from: new Date(now + 1_000).toISOString(),
      expiresAt: new Date(now + hour).toISOString(),
    });
    const set = `update requests set expires_at = '${new Date(now + hour).toISOString()}' where id = $1`;
    expect(await found(id, set, tell('extended', 'U0EVE', data))).toMatch(/extends access that ended at/);
  });

  it('requests without events, and events without requests', async () => {
    const id = await active();
    const free = [
      'alter table audit_chain drop constraint audit_chain_event_id_fkey',
      'alter table events drop constraint events_request_id_fkey',
      'alter table deliveries drop constraint deliveries_request_id_fkey',
      'alter table decisions drop constraint decisions_request_id_fkey',
    ];
    expect(await found(id, ...free, 'delete from events where request_id = $1')).toBe(
      'no audit event tells of it',
    );
    expect(await found(id, ...free, `delete from events where request_id = $1 and kind = 'submitted'`)).toBe(
      'no audit event says that anybody asked for it',
    );
    expect(await found(id, ...free, 'delete from requests where id = $1')).toMatch(/the request is gone/);
  });

  it('also in a ledger of many, whose history is long', async () => {
    const id = await active();
    for (const n of [1, 200, 250]) await Promise.all(Array.from({ length: n }, () => submitted()));
    const many = `insert into events (request_id, kind, data) select $1, 'hindered', '{"trouble": "x"}' from generate_series(1, 5000)`;
    expect(await found(id, many, `update requests set decided_by = null where id = $1`)).toMatch(
      /decided by/,
    );
    await owner.query('begin');
    await owner.query(`update requests set decided_by = 'U0EVE'`);
    const { misfits, more, count } = await reconcile(owner);
    await owner.query('rollback');
    expect(misfits).toHaveLength(20);
    expect(misfits.length + more).toBeLessThanOrEqual(count);
    const { rows } = await owner.query<{ n: number }>('select count(*)::int as n from requests');
    expect(count).toBe(rows[0]?.n);
    expect(count).toBeGreaterThan(500);
  });

  it('by the command, which then exits with 1', async () => {
    const verify = () => audit(['verify'], { DATABASE_URL: databaseUrl });
    expect(await verify()).toMatchObject({
      code: 0,
      said: expect.stringContaining('Every request is what its'),
    });
    const id = await active();
    await owner.query(`update requests set expires_at = '2036-01-01Z' where id = $1`, [id]);
    expect(await verify()).toEqual({
      code: 1,
      said: expect.stringMatching(new RegExp(`^R-${id} +expires: is 2036-01-01T`, 'm')),
    });
  });
});
