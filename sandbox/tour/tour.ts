/** The story of Hallpass, played by itself: each line is printed after it was seen, in Slack or by SQL. */
import { card, click, told } from '../stage/people.js';
import type { HallpassProcess } from '../stage/process.js';
import type { Stage } from '../stage/stage.js';
import { askAndApprove, otherOutcomes } from './approval.js';
import { killHallpass } from './killed.js';
import { warnAndReview } from './leaks.js';
import { ORDERS, untilRefused } from './postgres.js';
import { receipt } from './receipt.js';
import type { Report } from './report.js';
import { endSessions } from './sessions.js';
import { headline, LIMIT_MS, obtain } from './story.js';

export async function playTour(stage: Stage, hallpass: HallpassProcess, report: Report): Promise<void> {
  const { slack } = stage;
  await askAndApprove(stage, report);
  const urgent = await otherOutcomes(stage, report);
  await warnAndReview(stage, report);

  report.say('\nTime is up');
  await report.step('expiry', 'Ana is granted orders_read for 5 s', async () => {
    const { id } = await obtain(stage, { role: 'orders_read', duration: '5 seconds' });
    const late = await untilRefused(stage, 'ana', ORDERS, LIMIT_MS);
    await told(slack, 'ana', id, /Ended: its time was up/);
    return `refused after ${late} ms, and told so`;
  });

  await endSessions(stage, report);
  await killHallpass(stage, hallpass, report);

  report.say('\nReceipt');
  await report.step('give-back', "Olga, an operator, ends Dan's access", async () => {
    await click(slack, 'olga', await card(slack, urgent, /End access/, 'olga'), 'End access');
    await untilRefused(stage, 'dan', ORDERS, LIMIT_MS);
    return headline(await told(slack, 'dan', urgent, /^Ended by/));
  });
  await report.step('receipt', 'pg_auth_members and the ledger say', () => receipt(stage));
}
