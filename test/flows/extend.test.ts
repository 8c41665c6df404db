/** A grant is made longer by an approver: never shorter, never revoked for it, and a guarded server knows. */

import { expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../sandbox/slack/index.js';
import { all, card, click, clickAndHear, told } from '../../sandbox/stage/people.js';
import { expectReads, untilRefused } from '../support/access.js';
import { expectRung } from '../support/messages.js';
import { approved, inLedger, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { EXPIRED, EXTENDED, GRANTED, WAITING } from '../support/words.js';

const stage = await openStage({ vault: true });
const { slack, log } = stage;
await stage.startHallpass({ LOG_LEVEL: 'debug' });

/** As if it were granted for so long already. */
const passed = (id: string, interval: string) =>
  runSql(stage.ledgerUrl, 'update requests set expires_at = expires_at - $2::interval where id = $1', [
    id.slice(2),
    interval,
  ]);

async function untilLogged(what: RegExp): Promise<void> {
  await waitFor(() => log.some((line) => what.test(line)), { what: String(what) });
}

test('an approver extends it on the card: it lasts longer, twice is once, and it ends', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await passed(id, '10 minutes');
  const before = await inLedger(stage, id);
  const shown = await card(slack, id, /Granted until/);
  expect(buttonsOf(shown.blocks)).toEqual(['Extend', 'End access']);
  expect(await clickAndHear(slack, 'eve', shown, 'Extend')).toMatch(new RegExp(`can't decide ${id}`));
  expect((await inLedger(stage, id)).expires_at).toEqual(before.expires_at);

  slack.faults.duplicateNext();
  await click(slack, 'cora', shown, 'Extend');
  await told(slack, 'ana', id, /^Extended until/);
  const extended = await card(slack, id, /Extended by <@U0CORA> <!date[^>]*>\./);
  expect(await clickAndHear(slack, 'cora', extended, 'Extend')).toContain('would add almost nothing');
  const { expires_at } = await inLedger(stage, id);
  expect(expires_at?.getTime()).toBeGreaterThan(before.expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
  const events = await runSql(
    stage.ledgerUrl,
    "select kind, actor from events where request_id = $1 and kind like 'exten%' order by id",
    [id.slice(2)],
  );
  expect(events).toEqual([
    { kind: 'extended', actor: 'U0CORA' },
    { kind: 'extension_confirmed', actor: null },
  ]);

  await expectReads(stage, 'ana', 'orders_read');
  await runSql(stage.ledgerUrl, 'update requests set expires_at = now() where id = $1', [id.slice(2)]);
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXTENDED, EXPIRED]);
  expect(await clickAndHear(slack, 'cora', extended, 'Extend')).toContain('Nothing is granted under');
});

test('a guarded server is told, and what it does not take is not so', async () => {
  const onServer = async () => {
    const rows = await stage.vault?.query<{ expires_at: Date }>(
      'select expires_at from hallpass.grants where ended_at is null',
      [],
      'hallpass',
    );
    return rows?.[0]?.expires_at.getTime() ?? 0;
  };
  const id = await approved(stage, 'ana', { target: 'vault', role: 'vault_read', duration: '15 minutes' });
  await told(slack, 'ana', id, /psql/);
  const first = await onServer();
  await passed(id, '5 minutes');
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  await card(slack, id, /Extended by <@U0CORA> <!date[^>]*>\./);
  const { expires_at } = await inLedger(stage, id);
  // A backstop of a minute after the ledger's own.
  expect(await onServer()).toBeGreaterThan(expires_at?.getTime() ?? Number.POSITIVE_INFINITY);
  expect(await onServer()).toBeGreaterThan(first);

  const limit = (longest: string) =>
    stage.vault?.query('update hallpass.config set longest = $1::interval', [longest], 'hallpass');
  await limit('10 minutes');
  onTestFinished(async () => void (await limit('12 hours')));
  await passed(id, '5 minutes');
  const old = (await inLedger(stage, id)).expires_at;
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  const note = await told(slack, 'ana', id, /^Not extended: you have it until/);
  expect(all(note)).toContain('the previous end still applies');
  expect((await inLedger(stage, id)).expires_at).toEqual(old);
  expect(await stage.sqlAs('ana', 'select * from keys.keys', 'vault')).toHaveLength(7);
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /^Ended: relinquished by you/);
});

const WISHES = {
  shop: { role: 'orders_read', duration: '15 minutes' },
  vault: { target: 'vault', role: 'vault_read', duration: '15 minutes' },
} as const;

test.each([
  { target: 'shop', grantor: 'hallpass' },
  { target: 'vault', grantor: 'hallpass_owner' },
] as const)('what a DBA took away meanwhile is not granted again: $target', async ({ target, grantor }) => {
  const wish = WISHES[target];
  const id = await approved(stage, 'ana', wish);
  await told(slack, 'ana', id, /psql/);
  await passed(id, '5 minutes');
  const shown = await card(slack, id, /Granted until/);
  const server = target === 'vault' ? stage.vault : stage.server;
  await server?.query(`revoke ${wish.role} from ana granted by ${grantor}`);
  await click(slack, 'cora', shown, 'Extend');
  // Seen at once, and not only by the next comparison of all memberships.
  await told(slack, 'ana', id, /^Ended: gone from the server/);
  expect(
    await server?.query(
      "select from pg_auth_members where member = 'ana'::regrole and grantor = $1::regrole",
      [grantor],
    ),
  ).toEqual([]);
});

test('a server that turns Hallpass away has refused no extension: it is asked again, and the card says so', async () => {
  const id = await approved(stage, 'ana', WISHES.vault);
  await told(slack, 'ana', id, /psql/);
  await passed(id, '5 minutes');
  const { expires_at } = await inLedger(stage, id);
  await stage.vault?.query("alter role hallpass password 'another'");
  await stage.vault?.query(
    "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = 'hallpass'",
  );
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  await untilLogged(/28P01.*could not be told of extensions/);
  expect(all(await card(slack, id, /Extended by/))).toContain('not confirmed there yet.');
  expect((await inLedger(stage, id)).expires_at?.getTime()).toBeGreaterThan(expires_at?.getTime() ?? 0);
  await stage.vault?.query(`alter role hallpass password '${stage.env.VAULT_PASSWORD}'`);
  const confirmed = await card(slack, id, /Extended by <@U0CORA> <!date[^>]*>\./);
  expect(buttonsOf(confirmed.blocks)).toEqual(['Extend', 'End access']);
  await click(slack, 'ana', await told(slack, 'ana', id, /^Extended until/), 'Relinquish');
  await told(slack, 'ana', id, /^Ended: relinquished by you/);
});
