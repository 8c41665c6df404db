import { approveFor, card, click, request, told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { isRefused, PAYMENTS, reads } from './postgres.js';
import type { Report } from './report.js';
import { headline, linesOf, relinquish } from './story.js';

/** Some requests take two people; and an approver may grant less than was asked for. */
export async function twoApprove(stage: Stage, report: Report): Promise<void> {
  const { slack } = stage;
  report.say('\nTwo people approve, or one approves for less');
  const id = await report.step('long', 'Ana asks for payments_read for 1 hour', () =>
    request(slack, 'ana', { role: 'payments_read', duration: '1 hour' }),
  );
  await report.step('two-needed', 'The policy wants a second person for more than 30 minutes', async () =>
    linesOf(await card(slack, id, /Needs/), /^Needs/),
  );
  await report.step('one-of-two', 'Cora approves. The card counts, and nothing is granted yet', async () => {
    await click(slack, 'cora', await card(slack, id, /Needs/), 'Approve');
    const counts = linesOf(await card(slack, id, /1 of 2/), /^1 of 2/);
    return `${counts}\n${await isRefused(stage, 'ana', PAYMENTS)}`;
  });
  await report.step('two-of-two', 'Sam, of @security, approves too', async () => {
    await click(slack, 'sam', await card(slack, id, /1 of 2/), 'Approve');
    const said = headline(await told(slack, 'ana', id, /psql/));
    const reading = await reads(stage, 'ana', PAYMENTS);
    await relinquish(stage, id);
    return `${said}; ${reading}, and relinquishes it`;
  });
  await report.step(
    'less',
    'Ana asks for orders_read for 1 hour; Cora chooses “Approve for 15 minutes”',
    async () => {
      const shorter = await request(slack, 'ana', { role: 'orders_read', duration: '1 hour' });
      await approveFor(slack, 'cora', await card(slack, shorter, /Approve/), '15 minutes');
      const said = linesOf(await told(slack, 'ana', shorter, /psql/), /^Granted until|shortened/);
      await relinquish(stage, shorter);
      return said;
    },
  );
}
