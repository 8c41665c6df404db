import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PagerDuty, startPagerDuty } from '../../sandbox/pagerduty/pagerduty.js';
import { createEvents } from '../../src/oncall/events.js';

let pagerduty: PagerDuty;
beforeEach(async () => {
  pagerduty = await startPagerDuty();
});
afterEach(() => pagerduty.close());

const eventsWith = (routingKey: string) =>
  createEvents({ routingKey, apiUrl: `${pagerduty.url}/`, installation: 'abc' });
const LATE = { key: 'overdue/shop', open: true, summary: 'x'.repeat(2_000), details: { overdue: 2 } };

test('one incident a key, resolved by the same key, whatever is repeated', async () => {
  const events = eventsWith(pagerduty.routingKey);
  await events.send(LATE);
  await events.send(LATE);
  expect(pagerduty.incidents).toMatchObject([
    {
      dedupKey: 'hallpass/abc/overdue/shop',
      status: 'triggered',
      severity: 'critical',
      details: { overdue: 2 },
    },
  ]);
  await events.send({ ...LATE, open: false });
  await events.send({ ...LATE, open: false });
  expect(pagerduty.incidents.map(({ status }) => status)).toEqual(['resolved']);
});

test('what PagerDuty does not take is an error that passes, with what to look at', async () => {
  await expect(eventsWith('0'.repeat(32)).send(LATE)).rejects.toMatchObject({
    passing: true,
    nextStep: expect.stringContaining('PAGERDUTY_EVENTS_ROUTING_KEY'),
  });
  const events = eventsWith(pagerduty.routingKey);
  for (const fault of [
    { kind: 'status', status: 500 },
    { kind: 'status', status: 502 },
    { kind: 'reset' },
    { kind: 'hang' },
  ] as const) {
    pagerduty.faults.order('/v2/enqueue', fault);
    await expect(events.send(LATE)).rejects.toMatchObject({ name: 'PagerDutyError', passing: true });
  }
  pagerduty.faults.order('/v2/enqueue', { kind: 'rate_limited', reset: 1 }, 2);
  await events.send(LATE);
  expect(pagerduty.incidents).toHaveLength(1);
  expect(pagerduty.incidents[0]?.triggers).toBe(1);
});
