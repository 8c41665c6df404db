/** The intent to revoke what no open request accounts for: written once, due until it is settled, and told each time. */
import { expect, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { recordOverdue } from '../../src/ledger/messages/overdue.js';
import { readPulse } from '../../src/ledger/pulse.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readDue } from '../../src/ledger/requests/read-due.js';
import { recordOrphans } from '../../src/ledger/targets/orphans.js';
import {
  insertStrays,
  isBeingRevoked,
  type NewStray,
  readStrays,
  readToShow,
  type StrayWrite,
  writeStrays,
} from '../../src/ledger/targets/strays.js';
import { readTarget, registerTargets, targetsWithGrants } from '../../src/ledger/targets/targets.js';
import { uniqueName } from '../support/postgres.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, ownerUrl } = await aLedger();
/** Past what the ledger refuses its login: a change that no event explains. */
const byOwner = (sql: string, params: readonly unknown[]) => runSql(ownerUrl, sql, [...params]);
const MOST = { requests: 10, endings: 10 };
const PLACE = { server: '7', grantorOid: 10, roleOid: 11, memberOid: 4_000_000_000 };
const message = (text: string) => ({ text, blocks: [] });

async function aStray(change: Partial<NewStray> = {}) {
  const target = uniqueName('target');
  await registerTargets(db, [target]);
  await db.query('update targets set checked_at = now() where name = $1', [target]);
  const request = await insertRequest(db, aWish({ target }));
  if (request === null) throw new Error('it was not written');
  const stray: NewStray = {
    ...{ kind: 'leftover', target, place: PLACE, role: 'orders_read', login: 'ana', requestId: request.id },
    ...{ orphanId: null, askedBy: null, because: null, absentAt: null, holdMs: 0 },
    terms: { sessions: 'auto', setRole: false },
    audit: { kind: 'leftover_found', data: {} },
    tell: [{ key: 'stray:{id}', recipient: 'C0OPS', message: message('found') }],
    ...change,
  };
  return { target, request, stray };
}

const due = async (target: string) => (await readDue(db, target, { requests: [], strays: [] }, MOST)).strays;
const says = async (id: number) =>
  (await db.query('select message, wanted from deliveries where key = $1', [`stray:${id}`])).rows;
const version = async (id: number) => (await readToShow(db, [id]))[0]?.request.version;

const gone = (id: number): StrayWrite => ({
  ...{ id, sessionsBefore: null, revoked: true, trouble: null },
  end: { outcome: 'revoked', closed: 2, prepared: ['x'], wantedBy: null },
  audit: { kind: 'leftover_taken_back', data: {} },
  tell: [{ key: 'stray:{id}', recipient: 'C0OPS', message: message('gone') }],
});

it('is written once a membership, wakes its target, and is due until it is settled, once', async () => {
  const { target, request, stray } = await aStray();
  const { wakeSeq } = await readTarget(db, target);
  expect(await Promise.all([insertStrays(db, [stray]), insertStrays(db, [stray])])).toEqual(
    expect.arrayContaining([0, 1]),
  );
  expect((await readTarget(db, target)).wakeSeq).toBe(wakeSeq + 1);
  expect((await readPulse(db)).work).toContain(target);
  expect(await targetsWithGrants(db)).toContain(target);
  const [first] = await due(target);
  if (first === undefined) throw new Error('it is not due');
  expect(first).toMatchObject({
    place: PLACE,
    sessions: 'auto',
    setRole: false,
    wantedBy: null,
    trouble: null,
  });
  expect(await version(request.id)).toBe(request.version + 1);
  expect(await says(first.id)).toEqual([{ message: message('found'), wanted: 1 }]);

  const open = { ...gone(first.id), sessionsBefore: 'then', trouble: 'two are left', end: null };
  expect(await writeStrays(db, [open])).toBe(1);
  expect(await writeStrays(db, [open])).toBe(0);
  expect(await due(target)).toMatchObject([
    { sessionsBefore: 'then', trouble: 'two are left', revoked: true },
  ]);
  expect(await Promise.all([writeStrays(db, [gone(first.id)]), writeStrays(db, [gone(first.id)])])).toEqual(
    expect.arrayContaining([0, 1]),
  );
  expect(await due(target)).toEqual([]);
  expect((await readPulse(db)).work).not.toContain(target);
  expect((await readToShow(db, [request.id]))[0]?.strays).toMatchObject([
    { id: first.id, trouble: null, end: { outcome: 'revoked', closed: 2, prepared: ['x'] } },
  ]);
  expect(await version(request.id)).toBe(request.version + 3);
  expect(await says(first.id)).toEqual([{ message: message('gone'), wanted: 3 }]);
  const { rows } = await db.query('select kind from events where request_id = $1 order by id', [request.id]);
  expect(rows.map(({ kind }) => kind)).toEqual([
    'submitted',
    'leftover_found',
    'leftover_taken_back',
    'leftover_taken_back',
  ]);
  // It may come back once more.
  expect(await insertStrays(db, [stray])).toBe(1);
});

it('is overdue a minute after it was found', async () => {
  const { target, stray } = await aStray();
  await insertStrays(db, [stray]);
  const { nextMs } = await recordOverdue(db, 60_000);
  expect(nextMs).toBeGreaterThan(0);
  const overdue = () =>
    db.query('select grants from overdue where target = $1 and mended_at is null', [target]);
  expect((await overdue()).rows).toEqual([]);
  await recordOverdue(db, 0);
  expect((await overdue()).rows).toEqual([{ grants: 1 }]);
});

it('belongs to a newer request that was given the membership, not to one that waits', async () => {
  const { target, stray } = await aStray();
  await insertStrays(db, [stray]);
  const newer = await insertRequest(db, aWish({ target }));
  const set = (to: string) => byOwner(`update requests set ${to} where id = $1`, [newer?.id]);
  await set("state = 'granting'");
  expect(await due(target)).toMatchObject([{ wantedBy: null }]);
  await set('server = 7, grantor_oid = 10, role_oid = 11, member_oid = 4000000000');
  expect(await due(target)).toMatchObject([{ wantedBy: newer?.id }]);
});

it('an orphan that is being revoked is not settled by a comparison that no longer sees it', async () => {
  const { target, stray } = await aStray();
  const here = { server: PLACE.server, grantorOid: PLACE.grantorOid };
  const found = { ...PLACE, role: 'orders_read', login: 'ana', setRole: true };
  const [orphan] = await recordOrphans(db, target, here, [found]);
  if (orphan === undefined) throw new Error('it was not recorded');
  expect(orphan).toMatchObject({ isNew: true, grantorOid: 10, setRole: true });
  expect(await recordOrphans(db, target, here, [{ ...found, setRole: false }])).toMatchObject([
    { id: orphan.id, isNew: false, setRole: false },
  ]);
  await insertStrays(db, [
    { ...stray, kind: 'orphan', requestId: null, orphanId: orphan.id, askedBy: 'U0OPS' },
  ]);
  expect(await recordOrphans(db, target, here, [])).toEqual([]);
  const settled = async () =>
    (await db.query('select settled_by from orphans where id = $1 and settled_at is not null', [orphan.id]))
      .rows;
  expect(await settled()).toEqual([]);
  expect(await isBeingRevoked(db, orphan.id)).toBe(true);
  const [first] = await due(target);
  await writeStrays(db, [gone(first?.id ?? 0)]);
  expect(await settled()).toEqual([{ settled_by: 'U0OPS' }]);
  expect((await readStrays(db, [first?.id ?? 0])).strays).toMatchObject([
    { request: null, askedBy: 'U0OPS' },
  ]);
});
