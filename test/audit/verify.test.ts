/** Whatever the owner of the ledger does to the audit trail is found, and named. */
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from '../../src/access/audit/verify.js';
import { headName } from '../../src/domain/audit/audit-chain.js';
import { readHead } from '../../src/ledger/audit/audit-chain.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { aWish } from '../ledger/a-ledger.js';
import { audit } from './command.js';
import { addEvents, anAuditedLedger, tampered } from './ledger.js';

const { db, databaseUrl, owner } = await anAuditedLedger();

/** Chained as seq 1 to 10, events 1 to 10; the fifth is of a request. */
let requestId = 0;
beforeAll(async () => {
  await addEvents(db, 4);
  requestId = (await insertRequest(db, aWish()))?.id ?? 0;
  await addEvents(db, 5);
});

const changed = (seq: number) => ({
  seq,
  eventId: seq,
  says: `changed: the event, its hash, or the hash of seq ${seq - 1}`,
});

describe('verify', () => {
  it.each([
    ['data', `data = data || '{"reason": "another"}'`],
    ['a number that is equal, written differently', `data = '{"n": 5.0}'`],
    ['who', `actor = 'U0EVE'`],
    ['nobody instead of somebody', `actor = null`],
    ['when, by a microsecond', `at = at + interval '1 microsecond'`],
    ['when, by an age', `at = 'infinity'`],
    ['the kind', `kind = kind || ' '`],
    ['the request', 'request_id = null'],
  ])('finds a changed row: %s', async (_, set) => {
    const { faults } = await tampered(owner, `update events set ${set} where id = 5`);
    const where = set.startsWith('request_id') ? null : requestId;
    expect(faults).toEqual([{ ...changed(5), requestId: where }]);
  });

  it('finds a removed row, in the middle, with its link, and at the end', async () => {
    const gone = 'alter table audit_chain drop constraint audit_chain_event_id_fkey';
    expect((await tampered(owner, gone, 'delete from events where id = 5')).faults).toEqual([
      { seq: 5, eventId: 5, requestId: null, says: 'removed: the event is gone' },
    ]);
    const both = (which: string) => [
      `delete from audit_chain where event_id ${which}`,
      `delete from events where id ${which}`,
    ];
    expect((await tampered(owner, ...both('in (5, 6)'))).faults).toEqual([
      { seq: null, eventId: null, requestId: null, says: 'removed: seq 5 to 6 are gone' },
    ]);
    expect((await tampered(owner, ...both('> 9'))).faults).toMatchObject([
      { says: 'removed: seq 10 is gone: the end of the chain' },
    ]);
    expect((await tampered(owner, ...both('> 0'))).faults).toMatchObject([
      { says: 'removed: seq 1 to 10 are gone: the end of the chain' },
    ]);
  });

  it('finds an inserted row, outside the chain and at its end', async () => {
    const quietly = [
      'alter table events disable trigger events_chained',
      `insert into events (id, request_id, kind, data) overriding system value values (0, ${requestId}, 'forged', '{}')`,
    ];
    expect((await tampered(owner, ...quietly)).faults).toEqual([
      { seq: null, eventId: 0, requestId, says: 'inserted: the event is not in the chain' },
    ]);
    const chained = `insert into audit_chain values (11, 0, decode(repeat('ab', 32), 'hex'))`;
    expect((await tampered(owner, ...quietly, chained)).faults).toMatchObject([
      { seq: 11, eventId: 0, says: expect.stringContaining('beyond the head') },
    ]);
    const inFront = [
      'update audit_chain set seq = -seq',
      'update audit_chain set seq = 1 - seq where seq < 0',
    ];
    const { faults, more } = await tampered(
      owner,
      ...quietly,
      ...inFront,
      `insert into audit_chain values (1, 0, decode(repeat('ab', 32), 'hex'))`,
      'update audit_head set seq = 11',
    );
    expect(faults[0]).toMatchObject({ seq: 1, eventId: 0 });
    expect(faults.length + more).toBeGreaterThan(1);
  });

  it('finds reordered rows, and names no other', async () => {
    const reordered = (seq: number, eventId: number, place: number) => ({
      seq,
      eventId,
      says: `reordered: it was chained as seq ${place}`,
    });
    const swapEvents = [
      'update audit_chain set event_id = case event_id when 3 then -8 else -3 end where event_id in (3, 8)',
    ];
    const free = 'alter table audit_chain drop constraint audit_chain_event_id_fkey';
    expect(
      (
        await tampered(
          owner,
          free,
          ...swapEvents,
          'update audit_chain set event_id = -event_id where event_id < 0',
        )
      ).faults,
    ).toMatchObject([reordered(3, 8, 8), reordered(8, 3, 3)]);
    for (const [a, b] of [
      [3, 8],
      [3, 4],
    ]) {
      expect(
        (
          await tampered(
            owner,
            `update audit_chain set seq = case seq when ${a} then -${b} else -${a} end where seq in (${a}, ${b})`,
            'update audit_chain set seq = -seq where seq < 0',
          )
        ).faults,
      ).toMatchObject([
        reordered(Number(a), Number(b), Number(b)),
        reordered(Number(b), Number(a), Number(a)),
      ]);
    }
  });

  it('names the row whose hash was changed, not the one after it', async () => {
    const other = `set hash = decode(repeat('ab', 32), 'hex')`;
    expect((await tampered(owner, `update audit_chain ${other} where seq = 4`)).faults).toMatchObject([
      changed(4),
    ]);
    expect((await tampered(owner, `update audit_head ${other}`)).faults).toMatchObject([
      { seq: 10, says: expect.stringContaining('the head') },
    ]);
  });

  it('counts what is too much to be named', async () => {
    await addEvents(db, 40);
    const { faults, more } = await tampered(owner, `update events set kind = 'other' where id > 10`);
    expect([faults.length, more]).toEqual([20, 20]);
  });

  it('finds by a head noted elsewhere a chain that was cut, or rewritten', async () => {
    const noted = await readHead(db);
    await addEvents(db, 3);
    expect((await verifyChain(db, null, noted)).faults).toEqual([]);
    const cut = [
      'delete from audit_chain where seq > 40',
      'delete from events where id > 40',
      'update audit_head h set seq = c.seq, hash = c.hash from audit_chain c where c.seq = 40',
    ];
    const rewritten = [
      `update events set actor = 'U0EVE' where id = 2`,
      'delete from audit_chain',
      `insert into audit_chain select id, id, audit_hash(decode(repeat('00', 32), 'hex'),
         audit_text(id, id, at, request_id, kind, actor, data)) over (order by id) from events`,
      'update audit_head h set hash = c.hash from audit_chain c where c.seq = h.seq',
    ];
    for (const [done, says] of [
      [cut, /no longer reaches the head that was noted/],
      [rewritten, /rewritten: here or before/],
    ] as const) {
      expect((await tampered(owner, ...done)).faults).toEqual([]);
      await owner.query('begin');
      for (const sql of done) await owner.query(sql);
      expect((await verifyChain(owner, null, noted)).faults).toMatchObject([
        { seq: noted.seq, says: expect.stringMatching(says) },
      ]);
      await owner.query('rollback');
    }
  });

  it('as a command tells the head and exits with 0; or names what is wrong and exits with 1', async () => {
    const verify = (...args: string[]) => audit(['verify', ...args], { DATABASE_URL: databaseUrl });
    const head = headName(await readHead(db));
    const whole = await verify('--head', head);
    expect(whole.said).toContain(`head    ${head}`);
    expect(whole).toMatchObject({ code: 0, said: expect.stringContaining('is as it was written') });
    await owner.query(`update events set actor = 'U0EVE' where id = 5`);
    expect(await verify()).toEqual({
      code: 1,
      said: expect.stringMatching(new RegExp(`^5 +5 +R-${requestId} +changed`, 'm')),
    });
    expect(await verify('--head', 'x')).toEqual({ code: 1, said: expect.stringContaining('is no head') });
  });
});
