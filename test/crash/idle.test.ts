/** Killed while unused access is announced or ended: it ends once, after it was announced, and its holder is told once. */
import { expect, test } from 'vitest';
import { all, messagesOf, told } from '../../sandbox/stage/people.js';
import { isRefused } from '../support/access.js';
import { changeInLedger, inLedger, obtain, untilAllSent, untilInLedger } from '../support/requests.js';
import { idleKinds, timePassed, untilSeenUnused } from '../support/unused.js';
import { openCrashStage } from './stage.js';

const stage = await openCrashStage('Postgres', false);
const { slack, arm, untilKilled, restart } = stage;
const ANNOUNCED = /^Your access ends .* unless you use it/;
const ENDED = /^Ended: not used for 30 minutes/;

/** Held, with nobody there for 26 minutes: its end is due to be announced. */
async function unused(before: () => void): Promise<string> {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '3h' });
  await changeInLedger(stage, id, 'idle_ms = 1800000');
  await untilSeenUnused(stage, id);
  await untilAllSent(stage);
  before();
  await timePassed(stage, id, 26);
  return id;
}

async function expectEndedOnce(id: string): Promise<void> {
  await told(slack, 'ana', id, ENDED);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  expect(await inLedger(stage, id)).toMatchObject({ state: 'ended' });
  expect(await idleKinds(stage, id)).toEqual(['idle_announced', 'ended_idle']);
  await untilAllSent(stage);
  // Older messages shrink to a line that says the same.
  const said = messagesOf(slack, 'ana').filter(({ blocks }) => blocks.length > 1);
  expect(said.filter((message) => ENDED.test(all(message)) && all(message).includes(id))).toHaveLength(1);
}

test('before it is announced: it is announced by the next look, and stays until then', async () => {
  const id = await unused(() => arm('after-look-before-idle'));
  await untilKilled();
  expect(await idleKinds(stage, id)).toEqual([]);
  await restart();
  await told(slack, 'ana', id, ANNOUNCED);
  expect((await inLedger(stage, id)).state).toBe('active');
  await timePassed(stage, id, 6);
  await expectEndedOnce(id);
});

test.each([
  { point: 'after-look-before-idle', state: 'active' },
  { point: 'before-revoke', state: 'ending' },
])('announced, and not ended yet, at $point', async ({ point, state }) => {
  const id = await unused(() => undefined);
  await told(slack, 'ana', id, ANNOUNCED);
  await untilAllSent(stage);
  arm(point);
  await timePassed(stage, id, 6);
  await untilKilled();
  expect((await inLedger(stage, id)).state).toBe(state);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(false);
  await restart();
  await untilInLedger(stage, id, 'ended');
  await expectEndedOnce(id);
});
