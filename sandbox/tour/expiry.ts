import { told } from '../stage/people.js';
import type { Stage } from '../stage/stage.js';
import { ORDERS, untilRefused } from './postgres.js';
import type { Report } from './report.js';
import { LIMIT_MS, obtain } from './story.js';
import { WORDS } from './words.js';

export async function timeIsUp(stage: Stage, report: Report): Promise<void> {
  report.say(`\n${WORDS.timeIsUp}`);
  await report.step('expiry', 'Ana is granted orders_read for 5 s', async () => {
    const { id } = await obtain(stage, { role: 'orders_read', duration: '5 seconds' });
    const late = await untilRefused(stage, 'ana', ORDERS, LIMIT_MS);
    await told(stage.slack, 'ana', id, /Ended: its time was up/);
    return `refused after ${late} ms, and told so`;
  });
}
