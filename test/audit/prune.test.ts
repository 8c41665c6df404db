/** Pruned with the key, the rest still verifies; without it, it doesn't. */

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportEvents } from '../../src/access/audit/export.js';
import { pruneEvents } from '../../src/access/audit/prune.js';
import { reconcile } from '../../src/access/audit/reconcile.js';
import { verifyChain } from '../../src/access/audit/verify.js';
import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import { headName } from '../../src/domain/audit/audit-chain.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import { hashAt, readHead } from '../../src/ledger/audit/audit-chain.js';
import { mayBePruned } from '../../src/ledger/audit/audit-checkpoints.js';
import { ledgerConnection } from '../../src/ledger/pool.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { aWish } from '../ledger/a-ledger.js';
import { audit } from './command.js';
import { addEvents, anAuditedLedger } from './ledger.js';

const { db, owner, databaseUrl, ownerUrl } = await anAuditedLedger();
const folder = await mkdtemp(join(tmpdir(), 'hallpass-audit-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const [key, another] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const future = new Date('2999-01-01');
const prune = (by = owner, keys = key) => pruneEvents(by, future, keys, 'ana@laptop');
const faults = async (publicKey = key.publicKey) => (await verifyChain(db, publicKey, null)).faults;
const rows = async (sql: string) => (await owner.query(sql)).rows;
const eventIds = async () => (await rows('select id from events order by id')).map(({ id }) => id);
const unsigned = { message: expect.stringContaining('is not signed by your key') };

/** Events 1 to 20, then an open request's two, then five more. */
let requestId = 0;
beforeAll(async () => {
  await addEvents(db, 20);
  requestId = (await insertRequest(db, aWish()))?.id ?? 0;
  await changeRequest({ type: 'on_call_said', note: 'nobody is' });
  await addEvents(db, 5);
});

async function changeRequest(event: RequestEvent): Promise<void> {
  const outcome = await change({ db, ...OTHERS_LOOK }, [requestId], () => ({ event }));
  expect(outcome.get(requestId)).toMatchObject({ ok: true });
}

test('as a command refuses without a key and for a login that may not delete; prunes and verifies with them', async () => {
  const file = async (name: string, content: string | Buffer) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const AUDIT_KEY_FILE = await file('key.pem', key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const AUDIT_PUBLIC_KEY_FILE = await file('pub.pem', key.publicKey.export({ type: 'spki', format: 'pem' }));
  const urls = { DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl };
  const command = ['prune', '--before', '2999-01-01'];
  for (const [env, says] of [
    [urls, /AUDIT_KEY_FILE[\s\S]*openssl genpkey/],
    [
      { ...urls, AUDIT_KEY_FILE: await file('none.pem', 'sesame') },
      /^(?![\s\S]*sesame)[\s\S]*no Ed25519 key/,
    ],
    [{ ...urls, AUDIT_KEY_FILE, DATABASE_OWNER_URL: databaseUrl }, /DATABASE_OWNER_URL/],
  ] as const) {
    expect(await audit(command, env)).toEqual({ code: 1, said: expect.stringMatching(says) });
  }
  expect(await audit(['prune', '--before', '1d'], { ...urls, AUDIT_KEY_FILE })).toMatchObject({
    code: 0,
    said: expect.stringContaining('Nothing is to be pruned'),
  });
  expect(await eventIds()).toHaveLength(27);
  const head = headName(await readHead(db));

  const { code, said } = await audit(command, { ...urls, AUDIT_KEY_FILE });
  expect(code).toBe(0);
  expect(said).toMatch(
    new RegExp(`Pruned 20 events[\\s\\S]*verifies from 20:[\\s\\S]*R-${requestId} is not over`),
  );
  for (const keys of [{ AUDIT_PUBLIC_KEY_FILE }, { AUDIT_KEY_FILE }]) {
    expect(await audit(['verify', '--head', head], { DATABASE_URL: databaseUrl, ...keys })).toMatchObject({
      code: 0,
      said: expect.stringContaining('is as it was written'),
    });
  }
  expect(await audit(['verify'], { DATABASE_URL: databaseUrl })).toEqual({
    code: 1,
    said: expect.stringMatching(/can't be checked[\s\S]*AUDIT_PUBLIC_KEY_FILE/),
  });
});

test('kept what follows the first event of a request that is not over, and the rest verifies', async () => {
  // What follows, and that it was pruned.
  expect(await eventIds()).toEqual([21, 22, 23, 24, 25, 26, 27, 28]);
  const [{ data, kind }] = await rows('select kind, data from events where id = 28');
  expect(kind).toBe('audit_pruned');
  expect(data).toMatchObject({ seq: 20, count: 20, hash: await hashAt(db, 20), by: expect.any(String) });
  const noted = { seq: 20, hash: (await hashAt(db, 20)) ?? '' };
  expect((await verifyChain(db, key.publicKey, noted)).faults).toEqual([]);
  await expect(verifyChain(db, key.publicKey, { ...noted, seq: 19 })).rejects.toThrow('was pruned');
  const { value } = await exportEvents(db, null, null).next();
  expect(value).toMatchObject({ seq: 21, previous: noted.hash });
});

test('believes only the key', async () => {
  await expect(faults(another.publicKey)).rejects.toMatchObject(unsigned);
  for (const set of [
    'count = 3',
    `by = 'somebody'`,
    `at = at - interval '1 day'`,
    'hash = sha256(hash)',
    'seq = 21',
  ]) {
    await owner.query('begin');
    await owner.query(`update audit_checkpoints set ${set}`);
    await expect(verifyChain(owner, key.publicKey, null)).rejects.toMatchObject(unsigned);
    await owner.query('rollback');
  }
  // Deleting more than was signed for is found.
  await owner.query('begin');
  await owner.query('delete from audit_chain where seq = 21');
  await owner.query('delete from events where id = 21');
  expect((await verifyChain(owner, key.publicKey, null)).faults).toMatchObject([
    { says: 'removed: seq 21 is gone' },
  ]);
  await owner.query('rollback');
});

test('goes on once the request is over and everyone has seen it', async () => {
  await changeRequest({ type: 'withdraw', by: 'U0ANA' });
  expect(await prune()).toMatchObject({ deleted: 0, heldBy: requestId });
  await db.query('update deliveries set sent = wanted');
  await owner.query(`update events set actor = 'U0EVE' where id = 23`);
  await expect(prune()).rejects.toThrow('nothing was pruned');
  await owner.query('update events set actor = null where id = 23');

  // Somebody else prunes.
  const other = new pg.Client(ledgerConnection(ownerUrl));
  await other.connect();
  try {
    await expect(prune(other)).rejects.toThrow('by somebody else');
  } finally {
    await other.end();
  }

  // Cut off after the checkpoint.
  await owner.query(
    `create function no() returns trigger language plpgsql as 'begin raise ''cut off''; end'`,
  );
  await owner.query(
    'create trigger no before delete on events for each row when (old.id = 25) execute function no()',
  );
  await expect(prune()).rejects.toThrow('cut off');
  expect(await faults()).toMatchObject([{ says: expect.stringContaining('prune` again') }]);
  await owner.query('drop trigger no on events');
  expect(await prune()).toMatchObject({ deleted: 10, heldBy: null });
  expect(await faults()).toEqual([]);
  expect(await rows('select from requests')).toHaveLength(1);
});

test('takes requests along of which no event is left, with their decisions; the rest still fits', async () => {
  const mine = requestId;
  const asked = async () => {
    requestId = (await insertRequest(db, aWish()))?.id ?? 0;
    return requestId;
  };
  const denied = await asked();
  const outcome = await change({ db, ...OTHERS_LOOK }, [denied], () => ({
    event: { type: 'deny', by: 'U0BEN', via: 'dba' },
    decision: { approver: 'U0BEN', verdict: 'deny', via: 'dba' },
  }));
  expect(outcome.get(denied)).toMatchObject({ ok: true });
  const open = await asked();
  const later = await asked();
  await changeRequest({ type: 'withdraw', by: 'U0ANA' });
  const ids = async () => (await rows('select id::int from requests order by id')).map(({ id }) => id);
  // What is not sent yet is still to be shown.
  expect(await prune()).toMatchObject({ requests: 1, heldBy: denied });
  expect(await ids()).toEqual([denied, open, later]);
  await db.query('update deliveries set sent = wanted');
  expect(await prune()).toMatchObject({ requests: 1, heldBy: open });
  expect(await ids()).toEqual([open, later]);
  expect(await rows('select from decisions')).toEqual([]);
  expect(await faults()).toEqual([]);
  // The later one is over, and its events are kept behind those of the open one.
  expect(await reconcile(db)).toMatchObject({ count: 2, misfits: [] });
  expect(await mayBePruned(db, mine)).toBe(true);
  expect(await mayBePruned(db, later + 1)).toBe(false);

  // Somebody deletes a request in their own way.
  await owner.query('begin');
  await owner.query('delete from deliveries where request_id = $1', [open]);
  await owner.query('alter table events drop constraint events_request_id_fkey');
  await owner.query('delete from requests where id = $1', [open]);
  expect((await reconcile(owner)).misfits).toMatchObject([{ requestId: open }]);
  await owner.query('rollback');
  const noted = await rows("select data from events where kind = 'requests_pruned' order by id");
  expect(noted.map(({ data }) => data)).toMatchObject([
    { count: 1, first: mine, last: mine, by: 'ana@laptop' },
    { count: 1, first: denied, last: denied },
  ]);

  requestId = open;
  await changeRequest({ type: 'withdraw', by: 'U0ANA' });
  await db.query('update deliveries set sent = wanted');
  // The newest one stays: by it is known which ids were given out.
  expect(await prune()).toMatchObject({ requests: 1, heldBy: null });
  expect(await ids()).toEqual([later]);
  expect(await reconcile(db)).toMatchObject({ count: 1, misfits: [] });
});

test('takes a new key from the old one, and verifies while it prunes', async () => {
  await addEvents(db, 12_000);
  await expect(prune(owner, another)).rejects.toMatchObject(unsigned);
  const pruning = prune(owner, { privateKey: another.privateKey, publicKey: key.publicKey });
  const anyKey = async () => {
    const [old, fresh] = await Promise.allSettled([faults(), faults(another.publicKey)]);
    return [old, fresh].find(({ status }) => status === 'fulfilled');
  };
  let over = false;
  const done = () => {
    over = true;
  };
  pruning.then(done, done);
  while (!over) {
    const outcome = await anyKey();
    const found = outcome?.status === 'fulfilled' ? outcome.value : [];
    // Until it is done, nothing is wrong but what is still to go.
    expect(found.filter(({ says }) => !says.startsWith('pruned, and still here'))).toEqual([]);
  }
  expect((await pruning).deleted).toBeGreaterThan(12_000);
  expect(await faults(another.publicKey)).toEqual([]);
  await expect(faults()).rejects.toMatchObject(unsigned);
});
