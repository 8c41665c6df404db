/** What is approved again: made once, replaced, ended once, and kept with its request. */
import { beforeEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../src/access/audit/reconcile.js';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { deleteRequests, readPrunable } from '../../src/ledger/audit/audit-checkpoints.js';
import { forgetDeliveries } from '../../src/ledger/forget.js';
import { takeHolders } from '../../src/ledger/requests/holders.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readRequests } from '../../src/ledger/requests/read-requests.js';
import {
  endRepeats,
  hasRepeats,
  insertRepeat,
  isRepeatOpen,
  readOpenRepeats,
  readRepeatLostBy,
  readRepeatsFor,
  readShownRepeat,
} from '../../src/ledger/requests/repeats.js';
import { anAuditedLedger } from '../audit/ledger.js';
import { uniqueName } from '../support/postgres.js';
import { aWish } from './a-ledger.js';

const { db, owner } = await anAuditedLedger();
const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR);

let id = 0;
let requester = '';
beforeEach(async () => {
  requester = uniqueName('U0').toUpperCase();
  id = (await insertRequest(db, aWish({ requester })))?.id ?? 0;
  const event = { type: 'approve', by: 'U0BEN', via: 'dba', maxMs: HOUR } as const;
  await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }));
});

const make = (until = inHours(24), approver = 'U0BEN') =>
  insertRepeat(db, { requestId: id, approver, maxMs: HOUR, until, audit: { span: 'today' } });
const request = async () => {
  const [read] = (await readRequests(db, [id])).requests;
  if (read === undefined) throw new Error('there is no such request');
  return read;
};
const events = async () =>
  (
    await db.query(
      `select kind, actor, data from events where request_id = $1 and kind like 'repeat%' order by id`,
      [id],
    )
  ).rows;
const over = () =>
  owner.query(
    `update requests set state = 'ended', why = 'expired', ended_at = now() - interval '40 days' where id = $1`,
    [id],
  );

describe('made', () => {
  it('with its audit event, and the messages are drawn again', async () => {
    const before = await request();
    await owner.query('update deliveries set sent = wanted where request_id = $1', [id]);
    expect(await make()).toBe(true);
    const after = await request();
    expect(after).toEqual({ ...before, version: before.version + 1 });
    const { rows } = await db.query(
      'select distinct wanted - sent as behind from deliveries where request_id = $1',
      [id],
    );
    expect(rows).toEqual([{ behind: 1 }]);
    const repeat = await readShownRepeat(db, id);
    expect(repeat).toMatchObject({ requestId: id, requester, approver: 'U0BEN', maxMs: HOUR, end: null });
    expect(await events()).toEqual([
      {
        kind: 'repeat_made',
        actor: 'U0BEN',
        data: { span: 'today', repeat: repeat?.id, until: expect.any(String), maxMs: HOUR },
      },
    ]);
    expect((await reconcile(db)).misfits.filter(({ requestId }) => requestId === id)).toEqual([]);
  });

  it('once by two clicks, one after the other or at once', async () => {
    const until = inHours(24);
    expect(await Promise.all([make(until), make(until), make(until)])).toEqual(
      expect.arrayContaining([true, false, false]),
    );
    expect(await make(new Date(until.getTime() + 500))).toBe(false);
    expect((await events()).map(({ kind }) => kind)).toEqual(['repeat_made']);
    expect(await readOpenRepeats(db, 'shop-prod', requester, 0, 10)).toHaveLength(1);
  });

  it('in place of the one before', async () => {
    await make(inHours(24));
    const first = await readShownRepeat(db, id);
    expect(await make(inHours(100), 'U0CORA')).toBe(true);
    expect(await readOpenRepeats(db, 'shop-prod', requester, 0, 10)).toEqual([
      expect.objectContaining({ approver: 'U0CORA' }),
    ]);
    expect((await events()).slice(1)).toMatchObject([
      { kind: 'repeat_ended', actor: 'U0CORA', data: { repeat: first?.id } },
      { kind: 'repeat_made', actor: 'U0CORA' },
    ]);
  });

  it('under a request that people approved and that is not over', async () => {
    await over();
    expect(await make()).toBe(false);
    await owner.query(
      `update requests set state = 'granting', why = null, decided_by = null, ended_at = null where id = $1`,
      [id],
    );
    expect(await make()).toBe(false);
    expect(await events()).toEqual([]);
  });
});

describe('it covers', () => {
  it('the same person, target, role and login, for no longer, until its time is up', async () => {
    await make();
    const wish = await request();
    expect(await readRepeatsFor(db, wish)).toHaveLength(1);
    for (const other of [
      { requester: 'U0EVE' },
      { target: 'vault' },
      { role: 'orders_write' },
      { login: 'eve' },
      { durationMs: HOUR + 1 },
    ]) {
      expect(await readRepeatsFor(db, { ...wish, ...other }), JSON.stringify(other)).toEqual([]);
    }
    await owner.query(`update repeats set until = now() where request_id = $1`, [id]);
    expect(await readRepeatsFor(db, wish)).toEqual([]);
    expect(await readShownRepeat(db, id)).toBeNull();
    expect(await hasRepeats(db, requester)).toBe(false);
    expect(await readOpenRepeats(db, 'shop-prod', requester, 0, 10)).toEqual([]);
    // The next choice takes its place without a word.
    expect(await make()).toBe(true);
    expect((await events()).map(({ kind }) => kind)).toEqual(['repeat_made', 'repeat_made']);
  });
});

describe('ended', () => {
  it('once, by a person or with a reason, and told again', async () => {
    await make();
    const repeat = await readShownRepeat(db, id);
    const before = await request();
    const end = { by: null, because: '@ben can no longer approve it' };
    const all = await Promise.all(
      [1, 2, 3].map(() => endRepeats(db, { id: repeat?.id ?? 0 }, end, { asked: 'R-7' })),
    );
    expect(all.flat()).toEqual([repeat?.id]);
    expect((await request()).version).toBe(before.version + 1);
    expect((await events()).slice(1)).toEqual([
      {
        kind: 'repeat_ended',
        actor: null,
        data: { repeat: repeat?.id, because: '@ben can no longer approve it', asked: 'R-7' },
      },
    ]);
    expect(await isRepeatOpen(db, repeat?.id ?? 0)).toBe(false);
    expect(await readShownRepeat(db, id)).toMatchObject({ end });
    // The request for which it ended says so, and no earlier one.
    expect(await readRepeatLostBy(db, before)).toMatchObject({ id: repeat?.id });
    expect(await readRepeatLostBy(db, { ...before, createdAt: inHours(1) })).toBeNull();
    expect((await reconcile(db)).misfits.filter(({ requestId }) => requestId === id)).toEqual([]);
  });

  it('with all others of someone who left, who is asked about as long as one is open', async () => {
    await make();
    await over();
    expect(await hasRepeats(db, requester)).toBe(true);
    await owner.query(`update rounds set after = '', not_before = now() where name = 'people'`);
    const { turn } = await takeHolders(db, { most: 1_000, everyMs: 0 }, { most: 1, everyMs: 0 });
    expect(turn?.holders.filter((holder) => holder === requester)).toHaveLength(1);
    expect(await endRepeats(db, { requester }, { by: null, because: 'x' })).toHaveLength(1);
    expect(await hasRepeats(db, requester)).toBe(false);
  });
});

it('keeps its request, its messages and its approval in the audit trail as long as it is open', async () => {
  await make(inHours(24 * 30));
  // A newer one, because the newest stays anyway.
  await insertRequest(db, aWish());
  await over();
  await owner.query(
    `update deliveries set sent = wanted, created_at = now() - interval '40 days' where request_id = $1`,
    [id],
  );
  const messages = async () =>
    (await db.query('select from deliveries where request_id = $1', [id])).rowCount ?? 0;
  const before = await messages();
  await forgetDeliveries(db, 30 * 24 * HOUR, 1_000);
  expect(await messages()).toBe(before);
  const first = await db.query<{ seq: number }>(
    'select min(c.seq) as seq from events e join audit_chain c on c.event_id = e.id where e.request_id = $1',
    [id],
  );
  await owner.query(
    `update requests set state = 'ended', ended_at = now() where ended_at is null and id <> $1`,
    [id],
  );
  await owner.query('update deliveries set sent = wanted');
  await owner.query('update repeats set ended_at = now() where request_id <> $1 and ended_at is null', [id]);
  expect(await readPrunable(owner, inHours(1))).toEqual({ seq: (first.rows[0]?.seq ?? 0) - 1, heldBy: id });

  await owner.query('begin');
  await owner.query('delete from audit_chain; delete from events');
  const gone = async () => {
    await deleteRequests(owner, inHours(1), 'ana@laptop', 0, 1_000);
    return (await owner.query('select from requests where id = $1', [id])).rowCount === 0;
  };
  expect(await gone()).toBe(false);
  await owner.query('update repeats set until = now() where request_id = $1', [id]);
  expect(await gone()).toBe(true);
  await owner.query('rollback');
});
