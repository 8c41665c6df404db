/** A guarded target from outside: the server keeps the promise when Hallpass is dead, and what a lost ledger held. */
import { expect, test } from 'vitest';
import { ROLES } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../sandbox/slack/index.js';
import { card, click, told } from '../../sandbox/stage/people.js';
import { DATABASE, OWNER, PEOPLE } from '../../src/postgres/guarded/names.js';
import { installGuarded } from '../postgres/guarded/install.js';
import { isRefused } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { approved, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage({
  configure: (yaml) => yaml.replace('    name: Shop\n', '    name: Shop\n    mode: guarded\n'),
});
const { server, slack } = stage;

await installGuarded(server);
await server.query(`REVOKE ${ROLES.join(', ')} FROM hallpass`);
await server.query(`GRANT ${ROLES.join(', ')} TO ${OWNER} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`);
await server.query(`GRANT ${PEOPLE} TO ana, ben, cora, dan`);

const inside = (sql: string) => server.query(sql, [], DATABASE);

/** An empty ledger, as after the loss of the first. */
async function anotherLedger(name: string): Promise<Record<string, string>> {
  await stage.ledger.query(`create database ${name} owner hallpass_owner`);
  const to = (url: string | undefined) => (url ?? '').replace(/\/hallpass(?=$|\?)/, `/${name}`);
  return {
    DATABASE_URL: to(stage.env.DATABASE_URL),
    DATABASE_OWNER_URL: to(stage.env.DATABASE_OWNER_URL),
  };
}

test('granted, relinquished, and expired while Hallpass is dead', async () => {
  const hallpass = await stage.startHallpass();
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished by you/);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);

  const left = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await hallpass.kill();
  // Its time is up by the clock of the server, the minute of grace included.
  await inside("update hallpass.grants set expires_at = now() - interval '1 s' where ended_at is null");
  const { code, said } = await runHallpass(stage, ['reap', 'shop']);
  expect(said).toContain(left.id);
  expect(code).toBe(0);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);

  // What a sweeper that takes over does at most every 30 s, it does at once.
  await runSql(stage.ledgerUrl, 'update targets set checked_at = null');
  const again = await stage.startHallpass();
  expect((await untilInLedger(stage, left.id, 'ended')).why).toBe('removed');
  await card(slack, left.id, /Ended: gone from the server/);
  expect(await again.stop()).toBe(0);
});

test('a lost ledger has its open grants again, and no id twice', async () => {
  const first = await stage.startHallpass();
  const { id } = await obtain(stage, 'ben', { role: 'orders_write', duration: '15 minutes' });
  await first.kill();

  const changes = await anotherLedger('rebuilt');
  const recovered = await runHallpass(stage, ['recover', '--from-targets'], changes);
  expect(recovered.code).toBe(0);
  expect(recovered.said).toContain(
    `shop: ${id} (orders_write to ben) was missing in the ledger, and is in it again`,
  );
  expect(recovered.said).toContain('shop: Hallpass goes on there with this ledger');
  const repeated = await runHallpass(stage, ['recover', '--from-targets'], changes);
  expect(repeated.said).toContain('was in the ledger');

  const second = await stage.startHallpass(changes);
  const shown = await card(slack, id, /Recovered from the target/);
  expect(buttonsOf(shown.blocks)).toEqual(['Extend', 'End access']);
  expect(await isRefused(stage, 'ben', 'orders_write')).toBe(false);
  await click(slack, 'cora', shown, 'End access');
  await told(slack, 'ben', id, /^Ended by/);
  expect(await isRefused(stage, 'ben', 'orders_write')).toBe(true);

  const next = await approved(stage, 'ana', { role: 'orders_read', otherDuration: '1s' });
  expect(Number(next.slice(2))).toBeGreaterThan(Number(id.slice(2)));
  await told(slack, 'ana', next, /Ended: its time was up/);
  const rows = await runSql(changes.DATABASE_OWNER_URL ?? '', 'select from requests where ended_at is null');
  expect(rows).toEqual([]);
  expect(await second.stop()).toBe(0);
});
