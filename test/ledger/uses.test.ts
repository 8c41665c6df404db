/** What looks write down of sessions, and since when all servers of a target are seen. */
import { beforeEach, expect, it } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { readUses, recordWatched, writeUses } from '../../src/ledger/requests/uses.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, ownerUrl } = await aLedger();
await registerTargets(db, ['shop-prod']);
const owner = (sql: string, values: readonly unknown[] = []) => runSql(ownerUrl, sql, [...values]);

const USERS = JSON.stringify([
  { oid: 3_000_000_001, name: 'ben' },
  { oid: 16_402, name: 'cora' },
]);

/** A grant in force, with others who could use it. */
async function granted(): Promise<number> {
  const request = await insertRequest(db, aWish());
  await owner(
    `update requests set state = 'active', server = '73', grantor_oid = 10, role_oid = 11, member_oid = 4200000000,
       granted_at = now(), expires_at = now() + interval '1 hour', idle_ms = 1800000, users_through = $2 where id = $1`,
    [request?.id, USERS],
  );
  return request?.id ?? 0;
}

const find = async (id: number) => {
  const found = (await readUses(db)).grants.find((grant) => grant.id === id);
  if (found === undefined) throw new Error('it is not there');
  return found;
};

beforeEach(async () => {
  await owner("update requests set state = 'ended', why = 'ended', ended_at = now() where ended_at is null");
});

it('reads what is in force, and nothing else', async () => {
  const id = await granted();
  expect(await find(id)).toMatchObject({
    ...{ target: 'shop-prod', server: '73', memberOid: 4_200_000_000, users: [3_000_000_001, 16_402] },
    ...{ inUse: false, usedAt: null, sessionMs: 0, idleMs: 1_800_000, idleToldAt: null, idleEndsAt: null },
  });
  await owner('update requests set expires_at = now() where id = $1', [id]);
  expect((await readUses(db)).grants).toEqual([]);
});

it('counts once what two processes saw', async () => {
  const id = await granted();
  const was = await find(id);
  const is = { inUse: true, usedAt: (await readUses(db)).now, sessionMs: 0 };
  await writeUses(db, [{ id, was, is }]);
  const seen = await find(id);
  expect(seen).toMatchObject(is);
  const counted = { ...is, usedAt: new Date(is.usedAt.getTime() + 60_000), sessionMs: 60_000 };
  await writeUses(db, [{ id, was: seen, is: counted }]);
  await writeUses(db, [{ id, was: seen, is: { ...counted, sessionMs: 120_000 } }]);
  expect(await find(id)).toMatchObject(counted);
});

it('knows since when all was seen: a gap, or other servers, begin again', async () => {
  const record = () => recordWatched(db, 'shop-prod', '73', 120_000);
  const since = await record();
  expect(await record()).toEqual(since);
  await owner(
    "update targets set watched_at = watched_at - interval '1 minute', watched_since = watched_since - interval '1 hour'",
  );
  expect((await record())?.getTime()).toBe((since?.getTime() ?? 0) - 3_600_000);
  await owner("update targets set watched_at = watched_at - interval '3 minutes'");
  const again = await record();
  expect(again?.getTime()).toBeGreaterThan(since?.getTime() ?? Number.POSITIVE_INFINITY);
  expect((await recordWatched(db, 'shop-prod', '73 | a standby', 120_000))?.getTime()).toBeGreaterThan(
    again?.getTime() ?? Number.POSITIVE_INFINITY,
  );
  expect((await readUses(db)).watched.get('shop-prod')).toMatchObject({ names: '73 | a standby' });
});
