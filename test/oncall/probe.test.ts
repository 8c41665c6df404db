/** Two PagerDutys stand for its two service regions. */
import { expect, onTestFinished, test } from 'vitest';
import { startPagerDuty } from '../../sandbox/pagerduty/pagerduty.js';
import { createPagerDutyProbe } from '../../src/oncall/probe.js';

async function start() {
  const pagerduty = await startPagerDuty();
  onTestFinished(() => pagerduty.close());
  return pagerduty;
}

test('a token of an account in the other region is told apart from one that is wrong', async () => {
  const [us, eu] = [await start(), await start()];
  const regions = [us.url, eu.url];
  const find = (token: string, apiUrl: string | null = null) =>
    createPagerDutyProbe({ token, apiUrl }, regions).findRegion();
  expect(await find(us.token)).toBeNull();
  expect(await find(eu.token, `${eu.url}/`)).toBeNull();
  expect(await find(eu.token)).toBe(eu.url);
  await expect(find('wrong-wrong-wrong')).rejects.toMatchObject({ isTokenRefused: true });
  // Somewhere else than in a region: nothing is sent there that it did not ask for.
  const asked = us.calls.length;
  us.faults.order('*', { kind: 'status', status: 500 });
  await expect(find(eu.token)).rejects.toMatchObject({ isTokenRefused: false });
  expect(us.calls.length).toBe(asked + 1);
});
