/** Granting is paused from outside, at every point of a request's life; revocations go on, and nobody is left in the dark. */
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  cardNow,
  click,
  clickAndHear,
  fillForm,
  messagesOf,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, untilRefused } from '../support/access.js';
import { runHallpass } from '../support/commands.js';
import { operatorsHear } from '../support/messages.js';
import { metric, readiness } from '../support/ops-port.js';
import {
  approved,
  expectSettled,
  inLedger,
  LONG,
  obtain,
  untilAllSent,
  untilInLedger,
} from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack, server } = stage;
let hallpass = await stage.startHallpass();

const pause = (...args: readonly string[]) => runHallpass(stage, ['pause', ...args]);
const resume = (...args: readonly string[]) => runHallpass(stage, ['resume', ...args]);
const BECAUSE = ['--because', 'we look into a <!here> *breach*'] as const;
const REASON = 'we look into a <!here> *breach*';
const PAUSED_CARD = /Approved, not granted yet: granting is paused/;

function operatorsHeard(pattern: RegExp): number {
  const messages = slack.as(CAST.olga).messages(CHANNELS.operators);
  return messages.filter((message) => pattern.test(all(message))).length;
}

test('it is said in the form, on the card and at the click; then it is granted', async () => {
  const before = await request(slack, 'ben', { role: 'orders_read', ...LONG });
  await card(slack, before, /Waiting for approval/);
  const done = await pause('shop', ...BECAUSE);
  expect(done.said).toContain('shop: granting is paused. What is due is revoked as always.');
  expect(done.said).toContain('To go on: node dist/cli.js resume shop');
  expect(done.code).toBe(0);
  // What waits says so, without a click.
  const shown = await card(slack, before, /Granting is paused on `shop`/);
  expect(all(shown)).toContain(`Why it is paused: ${REASON}`);
  expect(shown.text).not.toContain('<!here>');

  await fillForm(slack, 'ana', { role: 'orders_read', ...LONG });
  const form = wordsOf(slack.as(CAST.ana).openedView()?.blocks ?? []);
  expect(form).toContain('Granting is paused on “shop”');
  expect(form).toContain(REASON);
  await slack.as(CAST.ana).closeView();
  const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
  const asked = await card(slack, id, /Granting is paused on `shop`[\s\S]*keeps its place/);
  const heard = await clickAndHear(slack, 'cora', asked, 'Approve');
  expect(heard).toContain(`${id} is approved, and not granted yet.`);
  expect(heard).toContain('keeps its place');
  expect(heard).toContain('breach');
  expect(heard).not.toContain('<!here>');
  await card(slack, id, PAUSED_CARD);
  await told(slack, 'ana', id, PAUSED_CARD);
  expect(await inLedger(stage, id)).toMatchObject({ state: 'granting', placed: false });
  expect(await granted(stage)).toEqual([]);
  expect(await readiness(stage.env)).toMatchObject({ status: 200 });
  expect(await metric(stage.env, 'hallpass_paused{target="shop"}')).toBe(1);

  const again = await pause('shop', '--because', 'another reason');
  expect(again.said).toMatch(/^shop: granting is paused already, since 20.* we look into a/);
  expect(again.code).toBe(0);
  await operatorsHear(stage, /Granting is paused on shop/);
  expect((await resume('shop', '--because', 'false alarm')).said).toContain('shop: granting has resumed');
  const note = await told(slack, 'ana', id, /psql/);
  await expectReads(stage, 'ana', 'orders_read');
  expect(cardNow(slack, before, /Granting is paused/)).toBeUndefined();
  expect(await metric(stage.env, 'hallpass_paused{target="shop"}')).toBe(0);
  expect(await resume('shop')).toEqual({ code: 0, said: 'shop: granting was not paused' });
  await operatorsHear(stage, /Granting has resumed on shop[\s\S]*false alarm/);
  await untilAllSent(stage);
  expect(operatorsHeard(/Granting is paused on shop/)).toBe(1);
  expect(operatorsHeard(/Granting has resumed on shop/)).toBe(1);
  for (const name of ['ana', 'ben', 'cora', 'olga'] as const) {
    const loud = slack.as(CAST[name]).notifications();
    expect(loud.filter(({ why }) => why === 'everybody')).toEqual([]);
  }
  const events = await runSql<{ kind: string; target: string; by: string }>(
    stage.ledgerUrl,
    `select kind, data->>'target' as target, data->>'by' as by from events where kind in ('paused', 'resumed') order by id`,
  );
  expect(events.map(({ kind, target }) => [kind, target])).toEqual([
    ['paused', 'shop'],
    ['resumed', 'shop'],
  ]);
  expect(events[0]?.by).toMatch(/^[^@]+@./);
  expect(await stage.run('audit', 'verify')).toContain('Every request is what its events make of it.');

  await click(slack, 'ana', note, 'Relinquish');
  await click(slack, 'ben', await told(slack, 'ben', before, /Waiting/), 'Cancel request');
  await expectSettled(stage);
});

/** As if it had been granted so long ago. */
const grantedFor = (id: string, interval: string) =>
  runSql(stage.ledgerUrl, 'update requests set expires_at = expires_at - $2::interval where id = $1', [
    id.slice(2),
    interval,
  ]);

test('what is out ends as always, and is not extended', async () => {
  const due = await obtain(stage, 'ben', { role: 'orders_read', otherDuration: '8s' });
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await pause(...BECAUSE);
  await grantedFor(id, '10 minutes');
  const { expires_at } = await inLedger(stage, id);
  const shown = await card(slack, id, /Granted until/);
  const heard = await clickAndHear(slack, 'cora', shown, 'Extend');
  expect(heard).toContain(`${id} was not extended`);
  expect(heard).toContain('Granting is paused on every instance');
  expect((await inLedger(stage, id)).expires_at).toEqual(expires_at);
  await untilRefused(stage, 'ben', 'orders_read', new Date());
  await told(slack, 'ben', due.id, /Ended: its time was up/);
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished by you/);
  await resume();
  await expectSettled(stage);
});

test('of what is approved and not granted yet nothing is granted; what is not wanted any more never is', async () => {
  await server.stop();
  onTestFinished(() => server.start().catch(() => undefined));
  const id = await approved(stage, 'ana', { role: 'orders_read', ...LONG });
  const dropped = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
  await card(slack, id, /not granted yet[\s\S]*nothing listens/);
  await pause('shop', ...BECAUSE);
  await card(slack, id, PAUSED_CARD);
  await server.start();
  await click(slack, 'ben', await told(slack, 'ben', dropped, PAUSED_CARD), 'Relinquish');
  await untilInLedger(stage, dropped, 'ended');
  expect(await inLedger(stage, id)).toMatchObject({ state: 'granting' });
  expect(await granted(stage)).toEqual([]);
  // The pause is not counted against the approval.
  await agedBy(id, '20 minutes');
  await resume('shop');
  await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  expect(messagesOf(slack, 'ben').some((one) => /psql/.test(all(one)) && all(one).includes(dropped))).toBe(
    false,
  );
  await expectSettled(stage);
});

/** As if it had been approved so long ago. */
const agedBy = (id: string, interval: string) =>
  runSql(stage.ledgerUrl, 'update requests set decided_at = decided_at - $2::interval where id = $1', [
    id.slice(2),
    interval,
  ]);

test('an approval of the day before yesterday is not granted out of the blue', async () => {
  await pause('shop', ...BECAUSE);
  const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
  await clickAndHear(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
  await agedBy(id, '2 days');
  await resume('shop');
  expect(all(await told(slack, 'ana', id, /^Failed/))).toContain('approved more than 1 day ago');
  expect(await granted(stage)).toEqual([]);
  await expectSettled(stage);
});

test('a pause that begins while the server is being asked holds up the GRANT', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
  const asked = await card(slack, id, /Waiting/);
  const lock = new pg.Client(server.url);
  lock.on('error', () => undefined);
  await lock.connect();
  onTestFinished(() => lock.end().catch(() => undefined));
  await lock.query('begin; lock table pg_auth_members in access exclusive mode');
  await click(slack, 'cora', asked, 'Approve');
  await waitFor(() => isBlocked(lock), { what: 'the server to be asked' });
  await pause('shop', ...BECAUSE);
  await lock.query('commit');
  await card(slack, id, PAUSED_CARD);
  await untilAllSent(stage);
  expect(await inLedger(stage, id)).toMatchObject({ state: 'granting' });
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  await resume('shop');
  await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  await expectSettled(stage);
});

/** Asked over the connection that has the lock: any other would wait for it, too. */
async function isBlocked(lock: pg.Client): Promise<boolean> {
  const { rowCount } = await lock.query(
    `select from pg_stat_activity where usename = 'hallpass' and wait_event_type = 'Lock'`,
  );
  return (rowCount ?? 0) > 0;
}

test('who is on call waits, too, and is approved after it', async () => {
  await pause(...BECAUSE);
  const id = await request(slack, 'dan', { role: 'orders_write', ...LONG });
  await card(slack, id, /Waiting for approval[\s\S]*Granting is paused on every instance/);
  expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
  await resume();
  // Asked again each minute, and by who starts.
  expect(await hallpass.stop()).toBe(0);
  hallpass = await stage.startHallpass();
  const note = await waitFor(() => told(slack, 'dan', id, /psql/), { what: 'it' });
  await click(slack, 'dan', note, 'Relinquish');
  await expectSettled(stage);
});

test('an extension that the server has not confirmed does not take effect', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await grantedFor(id, '10 minutes');
  const { expires_at } = await inLedger(stage, id);
  await server.stop();
  onTestFinished(() => server.start().catch(() => undefined));
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  await card(slack, id, /not confirmed there yet/);
  await pause('shop', ...BECAUSE);
  await server.start();
  await card(slack, id, /which did not take effect: the previous end still applies/);
  expect((await inLedger(stage, id)).expires_at).toEqual(expires_at);
  await resume('shop');
  await click(slack, 'ana', await told(slack, 'ana', id, /^Not extended/), 'Relinquish');
  await expectSettled(stage);
});

test('one target and all of them are paused apart from each other; it outlasts a restart', async () => {
  await pause('shop', ...BECAUSE);
  await pause('--because', 'everything');
  const still = await resume('shop');
  expect(still.said).toMatch(/shop: its own pause is lifted\nevery target: granting stays paused, since/);
  expect(still.said).toContain('To go on there: node dist/cli.js resume');
  expect(still.code).toBe(1);
  await pause('shop', ...BECAUSE);
  expect(await hallpass.stop()).toBe(0);
  hallpass = await stage.startHallpass();
  const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
  await clickAndHear(slack, 'cora', await card(slack, id, /paused on every instance/), 'Approve');
  const other = await resume();
  expect(other.said).toContain('every target: granting has resumed');
  expect(other.said).toContain('shop: granting stays paused');
  expect(other.code).toBe(0);
  await card(slack, id, /paused on `shop`/);
  expect(await granted(stage)).toEqual([]);
  const wrong = await pause('shopp', ...BECAUSE);
  expect(wrong.said).toContain('there is no target shopp');
  expect(wrong.code).toBe(1);
  expect((await pause('shop')).said).toContain('--because');
  await resume('shop');
  await click(slack, 'ana', await told(slack, 'ana', id, /psql/), 'Relinquish');
  await expectSettled(stage);
  expect(await hallpass.stop()).toBe(0);
});
