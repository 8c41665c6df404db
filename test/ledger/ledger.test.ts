import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import type { AccessRequest } from '../../src/domain/request/request.js';
import { holdsAnchor, readReach } from '../../src/ledger/audit/anchor.js';
import {
  adopt,
  claimDeliveries,
  nextDelivery,
  recordSent,
  recordUnsent,
} from '../../src/ledger/messages/deliveries.js';
import { ledgerConnection } from '../../src/ledger/pool.js';
import { readPulse } from '../../src/ledger/pulse.js';
import { insertRequest, type NewRequest } from '../../src/ledger/requests/insert-request.js';
import { readDue } from '../../src/ledger/requests/read-due.js';
import { readLastOfPlaces, readOpenRequest, readRequests } from '../../src/ledger/requests/read-requests.js';
import { migrateLedger } from '../../src/ledger/schema/migrate.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from './a-ledger.js';

const ledger = await aLedger();
const { db } = ledger;
/** The ledger's owner can write what no event explains. */
const owner = new pg.Client(ledgerConnection(ledger.ownerUrl));
await owner.connect();
afterAll(() => owner.end());
const deps = { db, ...OTHERS_LOOK };

async function submitted(wish: NewRequest = aWish()): Promise<AccessRequest> {
  const request = await insertRequest(db, wish);
  if (request === null) throw new Error('not inserted');
  return request;
}

async function moved(
  request: AccessRequest,
  ...events: Parameters<typeof step>[1][]
): Promise<AccessRequest> {
  let last = request;
  for (const event of events) last = await step(last, event);
  return last;
}

async function step(
  request: AccessRequest,
  event: NonNullable<ReturnType<Parameters<typeof change>[2]>>['event'],
) {
  const outcome = (await change(deps, [request.id], () => ({ event }))).get(request.id);
  if (!outcome?.ok) throw new Error(`refused: ${JSON.stringify(outcome)}`);
  return outcome.request;
}

const approve = { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: 14_400_000 } as const;
const place = { server: '73', grantorOid: 10, roleOid: 4_200_000_000, memberOid: 16_401 };
const terms = { sessions: 'all', setRole: true, graceMs: 30_000, idleMs: null } as const;
const proof = { found: false, closed: 2, prepared: ['x'] };
const events = async (id: number) =>
  (
    await db.query<{ kind: string; actor: string | null; data: object }>(
      'select kind, actor, data from events where request_id = $1 order by id',
      [id],
    )
  ).rows;

beforeAll(() => registerTargets(db, ['shop-prod', 'second']));

it('holds its own anchor, also before the first event', async () => {
  const beginning = await readReach(db);
  expect(beginning).toMatchObject({ seq: 0, lastId: 0 });
  expect(await holdsAnchor(db, beginning)).toBe(true);
  await submitted();
  const first = await readReach(db);
  expect(await holdsAnchor(db, first)).toBe(true);
  expect(await holdsAnchor(db, beginning)).toBe(true);
  expect(await holdsAnchor(db, { ...first, hash: beginning.hash })).toBe(false);
  // As far as a number goes that a target may bring.
  expect(await holdsAnchor(db, { seq: Number.MAX_SAFE_INTEGER, hash: first.hash })).toBe(false);
});

describe('migrations', () => {
  it('may be run by several processes at once, and again', async () => {
    const silent = pino({ level: 'silent' });
    await Promise.all([1, 2, 3].map(() => migrateLedger(ledger.ownerUrl, ledger.databaseUrl, silent)));
  });

  it("lets Hallpass's own login add audit events and decisions, never change or delete them", async () => {
    const request = await submitted();
    for (const sql of ['update events set kind = $1', 'delete from events where kind <> $1']) {
      await expect(db.query(sql, ['x'])).rejects.toMatchObject({ code: '42501' });
    }
    await expect(db.query('truncate events')).rejects.toMatchObject({ code: '42501' });
    await expect(db.query('delete from decisions')).rejects.toMatchObject({ code: '42501' });
    await expect(db.query('delete from requests')).rejects.toMatchObject({ code: '42501' });
    expect(await events(request.id)).toHaveLength(1);
  });
});

describe('a submission', () => {
  it('is one request however often the form is sent', async () => {
    const wish = aWish();
    const answers = await Promise.all(Array.from({ length: 8 }, () => insertRequest(db, wish)));
    expect(answers.filter((a) => a !== null)).toHaveLength(1);
  });

  it('is the only open one for its membership, until it has ended', async () => {
    const wish = aWish();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) => insertRequest(db, { ...wish, viewId: `${wish.login}-${i}` })),
    );
    const made = answers.filter((a) => a !== null);
    expect(made).toHaveLength(1);
    const open = (await readOpenRequest(db, wish)).requests;
    expect(open).toEqual(made);
    for (const request of open) await step(request, { type: 'withdraw', by: 'U0ANA' });
    await submitted({ ...wish, viewId: `${wish.login}-again` });
  });

  it('keeps every text as it was written', async () => {
    const reason = `'; drop table requests; -- <!channel> \u{1F600} \\ "`;
    const request = await submitted(aWish({ reason, role: 'we"ird; role' }));
    const { requests } = await readRequests(db, [request.id]);
    expect(requests).toEqual([request]);
    expect(requests[0]).toMatchObject({ reason, role: 'we"ird; role' });
  });
});

describe('a change', () => {
  it('of ten deciders at once lets one win, and tells the others what it did', async () => {
    const request = await submitted();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        change(deps, [request.id], () => ({
          event: i % 2 === 0 ? { ...approve, by: `U${i}` } : { type: 'deny', by: `U${i}`, via: 'dba' },
          decision: { approver: `U${i}`, verdict: i % 2 === 0 ? 'approve' : 'deny', via: 'dba' },
        })),
      ),
    );
    const all = outcomes.map((o) => o.get(request.id));
    const [winner] = all.filter((o) => o?.ok);
    expect(all.filter((o) => o?.ok)).toHaveLength(1);
    for (const loser of all.filter((o) => o?.ok === false)) {
      expect(loser).toMatchObject({
        refusal: { code: 'not_pending', request: { decidedBy: winner?.ok && winner.request.decidedBy } },
      });
    }
    const { rows } = await db.query('select approver from decisions where request_id = $1', [request.id]);
    expect(rows).toEqual([{ approver: winner?.ok && winner.request.decidedBy }]);
    expect((await events(request.id)).map((e) => e.kind)).toHaveLength(2);
  });

  it('writes state, audit event and messages together, and round-trips every field', async () => {
    const request = await moved(
      await submitted(),
      approve,
      { type: 'intend', place, terms },
      { type: 'granted', mark: '801', users: [] },
      { type: 'relinquish', by: 'U0ANA' },
      { type: 'proved_gone', proof },
    );
    expect((await readRequests(db, [request.id])).requests).toEqual([request]);
    expect(request).toMatchObject({ state: 'ended', why: 'relinquished', place });
    expect((await events(request.id)).map((e) => e.kind)).toEqual([
      'submitted',
      'approved',
      'grant_intended',
      'granted',
      'relinquished',
      'proved_gone',
    ]);
    const { rows } = await db.query<{ kind: string; wanted: number }>(
      'select kind, wanted from deliveries where request_id = $1 order by kind',
      [request.id],
    );
    expect(rows).toEqual(
      ['card', 'ended', 'granted', 'prepared', 'status'].map((kind) => ({ kind, wanted: request.version })),
    );
  });

  it('of five hundred is one', async () => {
    const made = await Promise.all(Array.from({ length: 500 }, () => submitted(aWish({ target: 'second' }))));
    const ids = made.map((request) => request.id);
    const outcomes = await change(deps, ids, () => ({ event: { type: 'withdraw', by: 'U0ANA' } }));
    expect([...outcomes.values()].every((o) => o.ok)).toBe(true);
    expect((await readRequests(db, ids)).requests.every((r) => r.state === 'withdrawn')).toBe(true);
  });
});

it('tells once that an end is near, also when it holds again because the server refused a later one', async () => {
  const request = await moved(
    await submitted(),
    approve,
    { type: 'intend', place, terms },
    { type: 'granted', mark: '801', users: [] },
  );
  const older = `update requests set expires_at = expires_at - interval '30 min', warn_at = now() where id = $1`;
  await owner.query(older, [request.id]);
  const more = { type: 'extend', by: 'U0BEN', via: 'dba', maxMs: 7_200_000 } as const;
  const refused = { type: 'extension_refused', trouble: 'longer than its limit' } as const;
  await moved(request, { type: 'warned' }, more, refused, { type: 'warned' });
  const { rows } = await db.query<{ kind: string; n: number }>(
    `select kind, count(*)::int as n from deliveries where request_id = $1 and key like 'note:%' group by 1 order by 1`,
    [request.id],
  );
  expect(rows).toEqual(['expiring', 'extended', 'granted', 'not_extended'].map((kind) => ({ kind, n: 1 })));
});

describe('what is due', () => {
  it('puts granting first, then the most overdue, and leaves out what was met already', async () => {
    const target = 'due';
    await registerTargets(db, [target]);
    const grant = async () => moved(await submitted(aWish({ target })), approve);
    const active = async (ms: number) =>
      moved(
        await submitted(aWish({ target, wishedMs: ms })),
        approve,
        { type: 'intend', place, terms },
        { type: 'granted', mark: '801', users: [] },
      );
    const [later, soon, long] = [await active(2), await active(1), await active(3_600_000)];
    const ending = await moved(await active(3_600_000), { type: 'end', by: 'U0OPS' });
    const [waiting, another] = [await grant(), await grant()];
    const most = { requests: 100, endings: 100 };
    const due = async (except: number[]) => {
      const { requests, endings } = await readDue(db, target, { requests: except, strays: [] }, most);
      return { requests: requests.map(({ id }) => id), endings: endings.map(({ id }) => id) };
    };
    const ids = { requests: [waiting.id, another.id], endings: [ending.id, later.id, soon.id] };
    expect(await due([])).toEqual(ids);
    expect(await due([waiting.id, later.id])).toEqual({
      requests: [another.id],
      endings: [ending.id, soon.id],
    });
    expect((await due([])).endings).not.toContain(long.id);
    const { endings } = await readDue(db, target, { requests: [], strays: [] }, { requests: 1, endings: 1 });
    const { id, state, why, trouble, expiresAt, sessionsBefore, users } = ending;
    expect(endings).toEqual([
      { id, target, state, why, trouble, place, expiresAt, terms, sessionsBefore, users },
    ]);
    expect((await readPulse(db)).work).toContain(target);
  });

  describe('to be granted', () => {
    const target = 'approved';
    const unapproved = async (id: number) => {
      const due = await readDue(db, target, { requests: [], strays: [] }, { requests: 100, endings: 100 });
      expect(due.requests.map((request) => request.id)).toContain(id);
      return due.unapproved.has(id);
    };
    const event = (id: number, kind: string, actor: string | null, data: unknown) =>
      owner.query('insert into events (request_id, kind, actor, data) values ($1, $2, $3, $4)', [
        id,
        kind,
        actor,
        JSON.stringify(data),
      ]);
    const set = (id: number, columns: string) =>
      owner.query(`update requests set ${columns} where id = $1`, [id]);
    const forged = `state = 'granting', decided_at = now(), decided_by = 'U0BEN', decided_via = 'dba'`;

    it('needs an approval of its own in the audit trail', async () => {
      const people = await moved(await submitted(aWish({ target })), approve);
      expect(await unapproved(people.id)).toBe(false);
      const shift = await moved(await submitted(aWish({ target })), {
        type: 'approve_by_rule',
        rule: 'on_call',
        through: 'dba shift',
        maxMs: 60_000,
      });
      expect(await unapproved(shift.id)).toBe(false);
      // Still after the place was written, and after an attempt that failed.
      const tried = await moved(people, { type: 'intend', place, terms }, { type: 'blocked', trouble: 'no' });
      expect(await unapproved(tried.id)).toBe(false);

      const nobody = await submitted(aWish({ target }));
      await set(nobody.id, forged);
      expect(await unapproved(nobody.id)).toBe(true);
    });

    it.each([
      ['another role', `role = 'payments_read'`],
      ['another login', `login = 'eve'`],
      ['another person', `requester = 'U0EVE'`],
      ['longer than was approved', 'duration_ms = duration_ms + 1'],
      ['another decider', `decided_by = 'U0EVE'`],
      ['nobody who decided', 'decided_by = null'],
    ])('is not what was changed after the approval: %s', async (_, columns) => {
      const { id } = await moved(await submitted(aWish({ target })), approve);
      expect(await unapproved(id)).toBe(false);
      await set(id, columns);
      expect(await unapproved(id)).toBe(true);
    });

    it('is not granted twice by one approval', async () => {
      const { id } = await moved(
        await submitted(aWish({ target })),
        approve,
        { type: 'grant_failed', trouble: 'no' },
        { type: 'proved_gone', proof },
      );
      await set(id, `state = 'granting', ended_at = null`);
      expect(await unapproved(id)).toBe(true);
    });

    it('is read for everybody, whatever a forger has written', async () => {
      const { id } = await moved(await submitted(aWish({ target })), approve);
      for (const [i, data] of [null, 7, 'x', [], {}, { durationMs: 'long' }, { durationMs: {} }].entries()) {
        const other = await submitted(aWish({ target }));
        await event(other.id, i % 2 === 0 ? 'submitted' : 'approved', 'U0BEN', data);
        await event(other.id, 'approved', 'U0BEN', data);
        await set(other.id, forged);
        expect(await unapproved(other.id)).toBe(true);
      }
      expect(await unapproved(id)).toBe(false);
    });
  });

  it('finds the last request for a membership', async () => {
    const here = { ...place, server: 'last' };
    const wish = aWish();
    const first = await moved(await submitted(wish), approve, { type: 'intend', place: here, terms });
    await moved(first, { type: 'grant_failed', trouble: 'no' }, { type: 'proved_gone', proof });
    const second = await moved(await submitted({ ...wish, viewId: `${wish.login}2` }), approve, {
      type: 'intend',
      place: here,
      terms,
    });
    const unknown = { roleOid: 1, memberOid: 2 };
    expect((await readLastOfPlaces(db, 'last', [here, unknown])).map((r) => r.id)).toEqual([second.id]);
  });
});

describe('deliveries', () => {
  it('are claimed by one process at a time, and come back when they were not sent', async () => {
    await db.query('update deliveries set sent = wanted');
    const request = await submitted();
    const claims = await Promise.all([claimDeliveries(db, 10), claimDeliveries(db, 10)]);
    expect(
      claims
        .flat()
        .map((d) => d.key)
        .sort(),
    ).toEqual([`card:${request.id}`, `status:${request.id}`]);
    await recordSent(db, `card:${request.id}`, 1, { channel: 'C1', ts: '1.1' });
    await recordUnsent(db, `status:${request.id}`, {
      trouble: 'Slack is not available',
      retryInMs: 0,
      unsure: false,
    });
    const again = await claimDeliveries(db, 10);
    expect(again).toMatchObject([{ key: `status:${request.id}`, attempts: 2, posted: null }]);

    await step(request, { type: 'withdraw', by: 'U0ANA' });
    const reshown = (await claimDeliveries(db, 10)).filter((d) => d.kind === 'card');
    expect(reshown).toMatchObject([{ wanted: 2, posted: { channel: 'C1', ts: '1.1' } }]);
  });

  it('are claimed the newest first, and only those that Slack takes now', async () => {
    await db.query('update deliveries set sent = wanted');
    await db.query(
      `insert into deliveries (key, kind, recipient, wanted, channel, ts, not_before) values
         ('old', 'note', 'U0ANA', 1, null, null, now() - interval '3 s'),
         ('card', 'card', 'C0ACCESS', 2, 'C0ACCESS', '1.1', now() - interval '2 s'),
         ('full', 'card', 'C0FULL', 1, null, null, now() - interval '1 s'),
         ('new', 'note', 'U0BEN', 1, null, null, now())`,
    );
    const claim = async (posts: boolean, updates: boolean, limit: number) =>
      (await claimDeliveries(db, limit, { posts, updates, except: ['C0FULL'] })).map(({ key }) => key);
    expect(await nextDelivery(db, { posts: false, updates: false, except: [] })).toBeNull();
    expect(await claim(false, true, 10)).toEqual(['card']);
    expect(await claim(true, true, 1)).toEqual(['new']);
    expect(await claim(true, true, 10)).toEqual(['old']);
  });

  it('are sent again when the one that was recorded last shows an older state', async () => {
    await db.query('update deliveries set sent = wanted');
    const request = await submitted();
    const key = `card:${request.id}`;
    const unsent = async () => (await claimDeliveries(db, 10)).filter((d) => d.key === key);
    expect(await unsent()).toMatchObject([{ posted: null }]);
    const [seen, posted] = ['1.1', '1.2'].map((ts) => ({ channel: 'C1', ts }));
    if (seen === undefined || posted === undefined) throw new Error('two places');

    expect(await adopt(db, key, seen)).toBe(true);
    await step(request, { type: 'withdraw', by: 'U0ANA' });
    await recordSent(db, key, 2, posted);
    expect(await unsent()).toEqual([]);
    // A click on the other one, which looked before that was recorded.
    expect(await adopt(db, key, seen)).toBe(false);
    // The sender of the first version was frozen in the middle of it.
    await recordSent(db, key, 1, seen);
    expect(await unsent()).toMatchObject([{ wanted: 2, posted: seen }]);
  });
});

it('speaks of a ledger that it cannot reach, with the next step', async () => {
  const url = new URL(ledger.databaseUrl);
  url.pathname = '/nowhere';
  await expect(migrateLedger(url.href, url.href, pino({ level: 'silent' }))).rejects.toMatchObject({
    passing: true,
    nextStep: expect.stringContaining('DATABASE_URL'),
    cause: expect.any(pg.DatabaseError),
  });
});
