/** Hallpass's own login on a target, changed by others while roles are out, from outside: dropped and made again, and its note forged. */
import { expect, test } from 'vitest';
import { HALLPASS, ROLES } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { card, click, told } from '../../sandbox/stage/people.js';
import { isRefused, makeGrantable } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { operatorsHear } from '../support/messages.js';
import { approved, LONG, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack, server, samples } = stage;

test('the login is dropped and made again: what it had granted is gone, and its request ends', async () => {
  const hallpass = await stage.startHallpass();
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await server.query(`alter role ${HALLPASS} nologin`);
  await server.query('select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = $1', [
    HALLPASS,
  ]);
  await server.query(`revoke ${ROLES.join(', ')} from ${HALLPASS} cascade`);
  await server.query(`drop owned by ${HALLPASS}`, [], 'shop');
  await server.query(`drop role ${HALLPASS}`);
  await server.query(`create role ${HALLPASS} login noinherit password '${samples.hallpass.password}'`);
  await server.query(`grant connect on database shop to ${HALLPASS}`);
  await makeGrantable(server, ...ROLES);
  await server.query(
    `grant pg_signal_backend, pg_read_all_stats to ${HALLPASS} with inherit true, set false`,
  );

  // Nothing is granted as another login while something of the former is open.
  const other = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
  await told(slack, 'ben', other, /Failed: nothing was granted[\s\S]*granted there by another login/);
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished by you/);
  const next = await obtain(stage, 'ben', { role: 'orders_read', ...LONG });
  await click(slack, 'ben', next.note, 'Relinquish');
  await told(slack, 'ben', next.id, /Ended: relinquished by you/);
  expect(await hallpass.stop()).toBe(0);
});

const forge = (text: string) => server.query(`alter role ${HALLPASS} set application_name = '${text}'`);

test('a forged note stops grants there and nothing else, until an operator decides', async () => {
  let hallpass = await stage.startHallpass();
  const { id, note } = await obtain(stage, 'ben', { role: 'orders_read', ...LONG });
  await waitFor(
    async () => (await runSql(stage.ledgerUrl, 'select from targets where anchored')).length === 1,
    { what: 'the note to be signed' },
  );
  expect(await hallpass.stop()).toBe(0);
  await forge(`hallpass-ledger:4000000000:${'ab'.repeat(8)}:900000`);
  hallpass = await stage.startHallpass();
  await operatorsHear(stage, /Somebody changed Hallpass's login on Shop/);
  expect((await runHallpass(stage, ['status', 'shop'])).said).toContain('BLOCKED (anchor_forged)');
  await click(slack, 'ben', note, 'Relinquish');
  await told(slack, 'ben', id, /Ended: relinquished by you/);
  expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
  const other = await approved(stage, 'ana', { role: 'orders_read', ...LONG });
  expect(Number(other.slice(2))).toBe(Number(id.slice(2)) + 1);
  await card(slack, other, /not granted yet[\s\S]*recorded isn’t from this Hallpass/);

  const seen = await runHallpass(stage, ['recover', 'shop']);
  expect(seen.said).toContain('node dist/cli.js recover --accept shop');
  expect((await runHallpass(stage, ['recover', '--accept', 'shop'])).code).toBe(0);
  await waitFor(async () => !(await isRefused(stage, 'ana', 'orders_read')), {
    what: 'grants to go on',
  });
  await click(slack, 'ana', await told(slack, 'ana', other, /psql/), 'Relinquish');
  await told(slack, 'ana', other, /Ended: relinquished by you/);
  expect(await hallpass.stop()).toBe(0);
});

test('a note that is none stops nothing, and is told of', async () => {
  await forge(`hallpass-ledger:7:${'ab'.repeat(8)}:999999999999999`);
  const hallpass = await stage.startHallpass();
  await operatorsHear(stage, /a note that Hallpass can't have written/);
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished by you/);
  expect(await hallpass.stop()).toBe(0);
});
