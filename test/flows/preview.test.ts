/** What who decides sees before the click, what is refused for its danger, and what the thread says afterwards. */
import { expect, test } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  cardNow,
  click,
  deny,
  type Name,
  request,
  submitRequest,
  told,
} from '../../sandbox/stage/people.js';
import { untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage({
  ledgerApart: false,
  ordersAdmin: true,
  configure: (yaml) => yaml.replace('payments_read: {', 'payments_read: { max_danger: read,'),
});
const { server, slack } = stage;
const hallpass = await stage.startHallpass();
/** Whose target can be stopped alone. */
const apart = await openStage();

test('the card says what the role can do, what is new, and that access can outlive the grant', async () => {
  await server.query(`revoke pg_signal_backend from ${HALLPASS}`);
  const id = await request(slack, 'ana', { role: 'orders_admin', duration: '15 minutes' });
  const asked = all(await card(slack, id, /\*Access:\*/));
  expect(asked).toMatch(/reads 3 tables in `orders`; writes 1 in `orders`; owns 1 in `orders`/);
  expect(asked).toMatch(/\*New for `ana`:\* reads 3 tables, writes 1/);
  expect(asked).toMatch(/\*Danger:\* write/);
  expect(asked).toMatch(/\*Can outlive the grant:\* owns 1 table[\s\S]*may CREATE in orders of shop/);
  expect(asked).toContain('Hallpass can’t end sessions there: it lacks `pg_signal_backend`');
  await server.query(`grant pg_signal_backend to ${HALLPASS} with inherit true, set false`);

  await click(slack, 'cora', await card(slack, id, /\*Access:\*/), 'Approve');
  const note = await told(slack, 'ana', id, /psql/);
  await stage.sqlAs('ana', 'create table orders.copy as select * from orders.orders');
  await click(slack, 'ana', note, 'Relinquish');
  const thread = await slack.waitFor(() =>
    slack
      .as(CAST.cora)
      .messages(CHANNELS.access)
      .find((message) => all(message).includes(id) && /during the window/.test(all(message))),
  );
  expect(all(thread)).toContain('table orders.copy, owner ana');
  expect(thread.ts).not.toBe((await card(slack, id, /Ended/)).ts);
});

test('a role that can do more than max_danger allows is refused, with the reason', async () => {
  const id = await request(slack, 'ana', { role: 'payments_read', duration: '15 minutes' });
  await server.query('grant update on payments.payments to payments_read', [], 'shop');
  // Known for a minute: asked for through another login, it is looked at again.
  const errors = await submitRequest(slack, 'cora', { role: 'payments_read', duration: '15 minutes' });
  expect(Object.values(errors ?? {}).join(' ')).toMatch(/danger “write”, and at most “read” is granted here/);
  await deny(slack, 'cora', await card(slack, id, /Approve/));
});

/** What was read is remembered for a minute: each asks for another role, or by another login. */
async function askWhileDown(name: Name, role: string): Promise<{ id: string; shown: SeenMessage }> {
  await apart.server.stop();
  const id = await request(apart.slack, name, { role, duration: '15 minutes' });
  return { id, shown: await card(apart.slack, id, /Preview not available/) };
}

async function relinquish(name: Name, id: string): Promise<void> {
  await untilInLedger(apart, id, 'active');
  await click(apart.slack, name, await told(apart.slack, name, id, /psql/), 'Relinquish');
  await untilInLedger(apart, id, 'ended');
}

const shows = (id: string) => apart.slack.waitFor(() => cardNow(apart.slack, id, /\*Access:\*/));

test('what could not be read is read when the server is back: while it waits, at the approval, and after it', async () => {
  await apart.startHallpass();
  const waiting = await askWhileDown('ana', 'orders_read');
  await apart.server.start();
  expect(all(await shows(waiting.id))).toMatch(/Waiting for approval[\s\S]*\*Access:\*/);
  await click(apart.slack, 'cora', waiting.shown, 'Approve');
  await relinquish('ana', waiting.id);

  const atOnce = await askWhileDown('ana', 'payments_read');
  await apart.server.start();
  await click(apart.slack, 'cora', atOnce.shown, 'Approve');
  expect(all(await shows(atOnce.id))).not.toContain('Preview not available');
  await relinquish('ana', atOnce.id);

  const late = await askWhileDown('dan', 'orders_read');
  await click(apart.slack, 'cora', late.shown, 'Approve');
  await card(apart.slack, late.id, /Approved/);
  await apart.server.start();
  await shows(late.id);
  await relinquish('dan', late.id);
});

test('nothing of it went wrong in sight', async () => {
  expect(slack.problems).toEqual([]);
  expect(await hallpass.stop()).toBe(0);
});
