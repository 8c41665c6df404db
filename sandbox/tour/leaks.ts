import { ORDERS_ADMIN } from '../postgres/samples.js';
import { CAST, CHANNELS } from '../stage/cast.js';
import { all, card, request } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import type { Report } from './report.js';
import { approve, LIMIT_MS, linesOf, relinquish } from './story.js';

/** What can stay when the grant is gone is said before it. @returns the id of a grant that is over, and left something */
export async function warnAndLeave(stage: Stage, report: Report): Promise<string> {
  const { slack } = stage;
  report.say('\nWhat can outlive a grant');
  const id = await report.step('risky', 'Ana asks for orders_admin, which may make tables', () =>
    request(slack, 'ana', { role: ORDERS_ADMIN, duration: '15 minutes' }),
  );
  await report.step('leak', 'The card warns who decides', async () =>
    linesOf(await card(slack, id, /Can outlive the grant/), /Can outlive the grant|^\*Danger/),
  );
  await report.step(
    'leaves',
    'Cora approves; Ana makes a copy of a table, and clicks Relinquish',
    async () => {
      await approve(stage, id);
      await stage.sqlAs('ana', 'create table orders.copy as select * from orders.orders');
      return relinquish(stage, id);
    },
  );
  return id;
}

/** What did stay is said after it. */
export async function reviewLeft({ slack }: Stage, report: Report, id: string): Promise<void> {
  report.say('\nWhat Ana left behind');
  await report.step('left-behind', 'At the next heartbeat, in the thread of the card', async () => {
    const asked = await card(slack, id, /Ended/);
    const inThread = () =>
      slack
        .as(CAST.cora)
        .messages(CHANNELS.access)
        .find((reply) => reply.threadTs === asked.ts && /during the window/.test(all(reply)));
    return linesOf(await slack.waitFor(inThread, LIMIT_MS), /^(\d+ changes? during|On |•)/);
  });
}
