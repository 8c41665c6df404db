/** What is shown of a role: what it can do, that access can outlive it, and what was left behind. */
import { CHANNELS } from '../stage/cast.js';
import { all, card, click, request, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { plain } from './plain.js';
import type { Report } from './report.js';

/** It is looked at at the next heartbeat, 15 s; a slow machine is allowed some more, milliseconds. */
const LIMIT_MS = 30_000;

export async function playInsight(stage: Stage, report: Report): Promise<void> {
  const { slack } = stage;
  report.say('\nBefore the click, and after the end');
  const id = await report.step('insight', 'Ana asks for orders_repair', () =>
    request(slack, 'ana', { role: 'orders_repair', duration: '15 minutes' }),
  );
  const asked = await card(slack, id, /\*Can:\*/);
  await report.step('preview', 'The card says what it can do, and what is new', async () =>
    lines(all(asked), /^\*(?:Can|New|Danger)/),
  );
  await report.step('leak', 'and that access can outlive the grant', async () =>
    lines(all(asked), /Can outlive the grant/),
  );
  await report.step('left', 'Ana makes a table with it, and relinquishes', async () => {
    await click(slack, 'cora', asked, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    await stage.sqlAs('ana', 'create table orders.copy as select * from orders.orders');
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    return 'the table stays hers';
  });
  await report.step('left-behind', 'The thread of the card says what changed meanwhile', async () => {
    const found = await slack.waitFor(
      () =>
        slack
          .as('U0CORA')
          .messages(CHANNELS.access)
          .find((message) => all(message).includes(id) && /during the window/.test(all(message))),
      LIMIT_MS,
    );
    return lines(all(found), /orders\.copy/);
  });
}

function lines(text: string, wanted: RegExp): string {
  const found = text.split('\n').filter((line) => wanted.test(line));
  if (found.length === 0) throw new Error(`nobody said so: ${text}`);
  return plain([...new Set(found)].join(' · '));
}
