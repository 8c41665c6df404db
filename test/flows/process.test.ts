/** How processes of Hallpass end, heal or go on, seen from outside. */
import { expect, test } from 'vitest';
import { told } from '../../sandbox/stage/people.js';
import {
  borrow,
  expectRung,
  expectSettled,
  inLedger,
  openStage,
  untilAllSent,
  untilRefused,
} from './crash-stage.js';

const stage = await openStage();
const { slack } = stage;
let hallpass = await stage.startHallpass();

test('a worker, which has no ear for Slack, takes back and tells what a killed replica lent', async () => {
  const { id } = await borrow(stage, 'ana', { role: 'orders_read', otherDuration: '2s' });
  await untilAllSent(stage);
  await hallpass.kill();
  const worker = await stage.startHallpass({ SLACK_APP_TOKEN: '' }, 'worker');
  expect(slack.sockets.count).toBe(0);
  await untilRefused(stage, 'ana', 'orders_read', (await inLedger(stage, id)).expires_at);
  await told(slack, 'ana', id, /Ended: its time was up/);
  await expectRung(stage, 'ana', id, ['Waiting for approval', 'Granted until …', 'Ended: its time was up']);
  await expectSettled(stage);
  expect(await worker.stop()).toBe(0);
  hallpass = await stage.startHallpass();
});
