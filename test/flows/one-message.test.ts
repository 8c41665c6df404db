/** Of all that a requester is told of one grant, the newest message alone has the details and the buttons. */
import { afterEach, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, card, click, messagesOf, request, told } from '../../sandbox/stage/people.js';
import { buttons } from '../support/messages.js';
import { expectSettled, obtain, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const { slack } = stage;
await stage.startHallpass();

afterEach(async () => {
  slack.faults.clear();
  await expectSettled(stage);
});

const about = (id: string) => messagesOf(slack, 'ana').filter((message) => all(message).includes(`${id} ·`));

/** All is sent; the newest message has the button, and each before it is one line that says what is so. */
async function expectOne(id: string, newest: RegExp, button: readonly string[]): Promise<void> {
  await untilAllSent(stage, id);
  const messages = about(id);
  const last = messages.at(-1);
  expect(last?.text).toMatch(newest);
  expect(last && buttons(last)).toEqual(button);
  expect(last?.blocks.length).toBeGreaterThan(1);
  for (const { text, blocks } of messages.slice(0, -1)) {
    expect(blocks).toMatchObject([{ type: 'context' }]);
    expect(text).not.toContain('\n');
    expect(text).toMatch(newest.source.startsWith('^Extended') ? /^Granted until/ : newest);
  }
}

test('granted, extended, ended: what was told before shrinks to a line', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '15m' });
  await expectOne(id, /^Granted until/, ['Relinquish', 'Extend']);
  expect(about(id)).toHaveLength(2);

  await runSql(
    stage.ledgerUrl,
    "update requests set expires_at = now() + interval '6 minutes' where state = 'active'",
  );
  await click(slack, 'cora', await card(slack, id, /Granted until/), 'Extend');
  const extended = await told(slack, 'ana', id, /^Extended until[\s\S]*psql/);
  await expectOne(id, /^Extended until/, ['Relinquish', 'Extend']);
  await click(slack, 'ana', extended, 'Relinquish');
  await told(slack, 'ana', id, /^Ended: relinquished by you/);
  await expectOne(id, /^Ended: relinquished by you/, ['Ask again']);
  expect(slack.problems).toEqual([]);
});

test('the outcome could not be posted at once: it is, and then what was told before shrinks', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '15m' });
  await untilAllSent(stage, id);
  slack.faults.order('chat.postMessage', { kind: 'error', error: 'service_unavailable' }, 3, CAST.ana);
  await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
  const note = await told(slack, 'ana', id, /psql/);
  await expectOne(id, /^Granted until/, ['Relinquish', 'Extend']);
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /^Ended: relinquished by you/);
});
