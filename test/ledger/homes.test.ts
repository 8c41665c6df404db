/** Which Homes an event marks, and who takes them. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { insertEvent } from '../../src/ledger/audit/insert-event.js';
import { forgetSettled } from '../../src/ledger/forget.js';
import {
  changeHome,
  claimHomes,
  everyHomeChanged,
  markHomes,
  nextHome,
  openHome,
  readHomes,
  recordPublished,
  recordUnpublished,
} from '../../src/ledger/messages/homes.js';
import { insertRequest } from '../../src/ledger/requests/insert-request.js';
import { registerTargets } from '../../src/ledger/targets/targets.js';
import { aLedger, aWish } from './a-ledger.js';

const { db, ownerUrl } = await aLedger();
const sql = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  runSql<Row>(ownerUrl, text, values);

beforeAll(() => registerTargets(db, ['shop-prod']));
beforeEach(() => sql('delete from homes'));

const SHOWN = { hash: 'h1', digest: 'd1', ofOthers: true, changesInMs: null } as const;
const event = (request: number | null, kind: string) =>
  insertEvent(db, request, { kind, actor: null, data: {} });
const claim = async () => (await claimHomes(db, 10)).map((home) => home.person).toSorted();

/** All are published: an engineer's own, who sees nothing of others, and an approver's. */
async function published(): Promise<void> {
  await sql('update homes set lease_until = null');
  for (const person of ['U0ANA', 'U0CORA']) await openHome(db, person);
  await markHomes(db);
  for (const home of await claimHomes(db, 10)) {
    await recordPublished(db, home, { ...SHOWN, ofOthers: home.person === 'U0CORA' });
  }
  await sql('update homes set not_before = now()');
}

test('an event marks the requester’s Home, and those of others only if they may show it', async () => {
  await published();
  const anas = (await insertRequest(db, aWish()))?.id ?? 0;
  await markHomes(db);
  expect(await claim()).toEqual(['U0ANA', 'U0CORA']);
  await published();
  const bens = (await insertRequest(db, aWish({ requester: 'U0BEN' })))?.id ?? 0;
  await markHomes(db);
  expect(await claim()).toEqual(['U0CORA']);
  await published();
  // Only its requester sees anything of it.
  await event(bens, 'sessions_open');
  await event(anas, 'sessions_open');
  await markHomes(db);
  expect(await claim()).toEqual(['U0ANA']);
  await published();
  await event(null, 'paused');
  await markHomes(db);
  expect(await claim()).toEqual(['U0ANA', 'U0CORA']);
  await published();
  await markHomes(db);
  expect(await claim()).toEqual([]);
});

test('after more events than are looked through, and of those before nobody looked, all count as changed', async () => {
  await published();
  await sql(
    `insert into events (request_id, kind, actor, data) select null, 'configuration_read', null, '{}' from generate_series(1, 2001)`,
  );
  await markHomes(db);
  expect(await claim()).toEqual(['U0ANA', 'U0CORA']);
  // While nobody's Home is open, what happens concerns none.
  await sql(`update homes set opened_at = now() - interval '25 hours'`);
  await event(null, 'paused');
  await markHomes(db);
  await openHome(db, 'U0BEN');
  await markHomes(db);
  expect((await claimHomes(db, 10)).map(({ person, wanted }) => [person, wanted])).toEqual([['U0BEN', 1]]);
});

test('two processes mark and take each change once', async () => {
  for (let round = 0; round < 10; round++) {
    await published();
    const before = await sql<{ wanted: number }>('select wanted::int from homes order by person');
    await event(null, 'paused');
    await Promise.all(Array.from({ length: 8 }, () => markHomes(db)));
    const after = await sql<{ wanted: number }>('select wanted::int from homes order by person');
    expect(after.map(({ wanted }) => wanted)).toEqual(before.map(({ wanted }) => wanted + 1));
    const claims = await Promise.all([claimHomes(db, 1), claimHomes(db, 1), claimHomes(db, 1)]);
    expect(
      claims
        .flat()
        .map(({ person }) => person)
        .toSorted(),
    ).toEqual(['U0ANA', 'U0CORA']);
  }
});

test('many statements that mark many Homes wait for one another, and never both ways', async () => {
  await sql(`insert into homes (person) select 'U0' || i from generate_series(1, 200) i`);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      i % 4 === 0 ? event(null, 'paused').then(() => markHomes(db)) : everyHomeChanged(db),
    ),
  );
});

test('what was published late, by a process that had lost its lease, is published again', async () => {
  await openHome(db, 'U0ANA');
  const [late] = await claimHomes(db, 1);
  await sql('update homes set lease_until = now()');
  const [newer] = await claimHomes(db, 1);
  if (late === undefined || newer === undefined) throw new Error('nothing was taken');
  await recordPublished(db, newer, { ...SHOWN, hash: 'h2' });
  await recordPublished(db, late, SHOWN);
  await sql('update homes set not_before = now()');
  expect(await claimHomes(db, 1)).toMatchObject([{ hash: null, digest: null }]);
});

test('it is due again when time changes it, after a pause, and when it is opened', async () => {
  await openHome(db, 'U0ANA');
  const [home] = await claimHomes(db, 1);
  if (home === undefined) throw new Error('nothing was taken');
  await recordPublished(db, home, { ...SHOWN, changesInMs: 60_000 });
  expect(await nextHome(db)).toBeGreaterThan(50_000);
  expect(await nextHome(db)).toBeLessThanOrEqual(60_000);
  await sql(`update homes set again_at = now(), not_before = now()`);
  const [again] = await claimHomes(db, 1);
  if (again === undefined) throw new Error('nothing was taken');
  await recordUnpublished(db, again, { retryInMs: 5_000, trouble: null });
  await changeHome(db, 'U0ANA', { looking: { held: 2 }, notice: 'no' });
  expect(await claimHomes(db, 1)).toMatchObject([
    { person: 'U0ANA', looking: { held: 2, choices: 1 }, notice: 'no' },
  ]);
  const changes = ['asked', 'decide', 'all'].map((list) =>
    changeHome(db, 'U0ANA', { looking: { [list]: 1 }, notice: null }),
  );
  await Promise.all(changes);
  expect(await sql('select looking from homes')).toEqual([
    { looking: { held: 2, asked: 1, decide: 1, all: 1, choices: 4 } },
  ]);
  // One that was forgotten is made again by a click.
  await sql('delete from homes');
  await changeHome(db, 'U0EVE', { looking: { held: 1 }, notice: 'yes' });
  expect(await claimHomes(db, 1)).toMatchObject([{ person: 'U0EVE', looking: { held: 1 }, notice: 'yes' }]);
});

test('it is forgotten 30 days after it was opened; what Slack refuses is kept until then', async () => {
  expect(await readHomes(db)).toEqual({ opened: false, trouble: null });
  await openHome(db, 'U0ANA');
  await openHome(db, 'U0CORA');
  const [home] = await claimHomes(db, 1);
  if (home === undefined) throw new Error('nothing was taken');
  await recordUnpublished(db, home, { retryInMs: null, trouble: 'The app has no Home tab.' });
  expect(await readHomes(db)).toEqual({ opened: true, trouble: 'The app has no Home tab.' });
  await sql(`update homes set opened_at = now() - interval '31 days' where person = 'U0ANA'`);
  await forgetSettled(db, 30 * 24 * 3_600_000, 500);
  expect(await sql('select person from homes')).toEqual([{ person: 'U0CORA' }]);
});
