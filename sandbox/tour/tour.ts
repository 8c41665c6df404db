/** The story of Hallpass, played by itself: each line is printed after it was seen, in Slack or by SQL. */
import { card, click, told } from '../stage/people.js';
import type { HallpassProcess } from '../stage/process.js';
import type { Stage } from '../stage/stage.js';
import { askAndApprove, deniedAndOnCall, heldForGood } from './approval.js';
import { breakGlass, reviewEmergency } from './emergency.js';
import { timeIsUp } from './expiry.js';
import { extendOnCall } from './extension.js';
import { killHallpass } from './killed.js';
import { reviewLeft, warnAndLeave } from './leaks.js';
import { ORDERS, untilRefused } from './postgres.js';
import { receipt } from './receipt.js';
import type { Report } from './report.js';
import { endSessions } from './sessions.js';
import { twoApprove } from './several.js';
import { headline, LIMIT_MS } from './story.js';
import { askInVain, askOthers, remind } from './undecided.js';
import { WORDS } from './words.js';

export async function playTour(stage: Stage, hallpass: HallpassProcess, report: Report): Promise<void> {
  const { slack } = stage;
  await askAndApprove(stage, report);
  await twoApprove(stage, report);
  const urgent = await deniedAndOnCall(stage, report);
  await extendOnCall(stage, report, urgent);
  // What these three leave to do is done by one heartbeat; meanwhile a grant's time is up.
  const unanswered = await askInVain(stage, report);
  const emergency = await breakGlass(stage, report);
  const left = await warnAndLeave(stage, report);
  await timeIsUp(stage, report);
  await reviewLeft(stage, report, left);
  await remind(stage, report, unanswered);
  await reviewEmergency(stage, report, emergency);
  await heldForGood(stage, report);

  await endSessions(stage, report);
  await killHallpass(stage, hallpass, report);
  await askOthers(stage, report, unanswered);

  report.say('\nReceipt');
  await report.step('give-back', "Olga, an operator, ends Dan's access", async () => {
    await click(slack, 'olga', await card(slack, urgent, /End access/, 'olga'), 'End access');
    await untilRefused(stage, 'dan', ORDERS, LIMIT_MS);
    return headline(await told(slack, 'dan', urgent, /^Ended by/));
  });
  await report.step('receipt', WORDS.receipt, () => receipt(stage));
}
