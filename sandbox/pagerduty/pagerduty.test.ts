import { api, type trigger } from '@pagerduty/pdjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PagerDuty, startPagerDuty } from './pagerduty.js';

let pagerduty: PagerDuty;
beforeEach(async () => {
  pagerduty = await startPagerDuty();
});
afterEach(() => pagerduty.close());

/** Asks as Hallpass does: through PagerDuty's own client. */
function get(path: string, queryParameters: Record<string, string | string[]> = {}, token = pagerduty.token) {
  return api({ url: `${pagerduty.url}${path}`, token, queryParameters, retryTimeout: 10, requestTimeout: 0 });
}

describe('the REST API', () => {
  test('finds users by parts of their address, so that a caller must compare', async () => {
    const ann = pagerduty.addUser({ name: 'Ann', email: 'ann@example.com' });
    const joann = pagerduty.addUser({ name: 'Jo', email: 'joann@example.com' });
    pagerduty.addUser({ name: 'Ben', email: 'ben@example.com', id: 'PBEN' });
    const { data } = await get('/users', { query: 'Ann@example.com' });
    expect(data.users).toMatchObject([
      { id: ann.id, type: 'user', name: 'Ann', email: 'ann@example.com' },
      { id: joann.id },
    ]);
    expect((await get('/users/PBEN')).data.user.email).toBe('ben@example.com');
    expect(await get('/users/PNOBODY')).toMatchObject({ status: 404, data: { error: { code: 2100 } } });
  });

  test('says who is on call now, joining filters by AND and their values by OR', async () => {
    const ann = pagerduty.addUser({ name: 'Ann', email: 'ann@example.com' }).id;
    const ben = pagerduty.addUser({ name: 'Ben', email: 'ben@example.com' }).id;
    const a = pagerduty.addEscalationPolicy({ name: 'A', levels: 2 }).id;
    const b = pagerduty.addEscalationPolicy({ name: 'B' }).id;
    const night = pagerduty.addSchedule({ name: 'Night' }).id;
    const from = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    pagerduty.setOnCall(
      { user: ann, escalationPolicy: a, schedule: night, start: from(-60), end: from(60) },
      { user: ann, escalationPolicy: a, schedule: night, start: from(120), end: from(180) },
      { user: ben, escalationPolicy: a, level: 2 },
      { user: ben, escalationPolicy: b, schedule: night, start: from(-180), end: from(-120) },
    );
    const who = async (query: Record<string, string | string[]>) => {
      const { data } = await get('/oncalls', query);
      return data.oncalls.map((entry: { user: { id: string }; escalation_level: number }) => [
        entry.user.id,
        entry.escalation_level,
      ]);
    };
    expect(await who({})).toEqual([
      [ben, 2],
      [ann, 1],
    ]);
    expect(await who({ 'schedule_ids[]': [night] })).toEqual([[ann, 1]]);
    expect(await who({ 'schedule_ids[]': [night, 'null'] })).toHaveLength(2);
    expect(await who({ 'escalation_policy_ids[]': [b, a], 'user_ids[]': [ben] })).toEqual([[ben, 2]]);
    expect(await who({ 'escalation_policy_ids[]': [b] })).toEqual([]);
    const later = { until: from(200).toISOString(), 'user_ids[]': [ann] };
    expect(await who(later)).toHaveLength(2);
    expect(await who({ ...later, earliest: 'true' })).toHaveLength(1);
    expect(
      (await get('/oncalls', { since: from(1).toISOString(), until: from(0).toISOString() })).status,
    ).toBe(400);

    const { data } = await get('/oncalls', { 'include[]': ['users'] });
    expect(data.oncalls[1]).toMatchObject({
      user: { type: 'user', email: 'ann@example.com' },
      schedule: { id: night, type: 'schedule_reference', summary: 'Night' },
      escalation_policy: { id: a, type: 'escalation_policy_reference' },
    });
    expect(data.oncalls[1].start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(data.oncalls[0]).toMatchObject({ schedule: null, start: null, end: null });
    expect(() => pagerduty.setOnCall({ user: ann, escalationPolicy: a, level: 3 })).toThrow('no level 3');
  });

  test('gives 25 entries a page, never more than 100, and the rest to who goes on asking', async () => {
    const policy = pagerduty.addEscalationPolicy({ name: 'All hands' }).id;
    const users = Array.from(
      { length: 130 },
      (_, n) => pagerduty.addUser({ name: `U${n}`, email: `u${n}@x.y` }).id,
    );
    pagerduty.setOnCall(...users.map((user) => ({ user, escalationPolicy: policy })));
    expect((await get('/oncalls')).data).toMatchObject({ limit: 25, offset: 0, more: true, total: null });
    const first = await get('/oncalls', { limit: '500', total: 'true' });
    expect(first.data).toMatchObject({ limit: 100, more: true, total: 130 });
    const second = await first.next?.();
    expect(second?.data).toMatchObject({ limit: 100, offset: 100, more: false });
    const seen = [...first.data.oncalls, ...(second?.data.oncalls ?? [])].map((entry) => entry.user.id);
    expect(seen).toEqual(users);
    expect((await get('/oncalls', { offset: '9990' })).status).toBe(400);
  });

  test('refuses a wrong token, and says of each request how many are left', async () => {
    expect(await get('/users', {}, 'wrong')).toMatchObject({ status: 401, data: { error: { code: 2006 } } });
    expect((await get('/users')).headers.get('ratelimit-remaining')).toBe('959');
    expect((await get('/oncalls')).headers.get('ratelimit-remaining')).toBe('958');
    expect(pagerduty.calls.map((call) => call.path)).toEqual(['/users', '/users', '/oncalls']);
  });
});

describe('faults', () => {
  test('happen as ordered, as often as ordered, on their path', async () => {
    pagerduty.faults.order('/oncalls', { kind: 'rate_limited', reset: 20 }, 2);
    pagerduty.faults.order('/oncalls', { kind: 'status', status: 500 });
    pagerduty.faults.order('*', { kind: 'reset' });
    expect((await get('/oncalls')).status).toBe(500);
    expect(pagerduty.calls.map((call) => call.fault)).toEqual(['rate_limited', 'rate_limited', 'status']);
    await expect(get('/users')).rejects.toThrow();
    expect((await get('/users')).status).toBe(200);
    pagerduty.faults.order('/users', { kind: 'status', status: 502 });
    await expect(get('/users')).rejects.toMatchObject({ status: 502 });
    pagerduty.faults.order('/users', { kind: 'rate_limited', reset: 7 }, 9);
    const limited = await get('/users');
    expect(limited.data.error).toEqual({ message: 'Rate Limit Exceeded', code: 2020 });
    expect(limited.headers.get('ratelimit-reset')).toBe('7');
    pagerduty.faults.clear();
    expect((await get('/users')).status).toBe(200);
  });

  test('keep an answer back for a time, or for good', async () => {
    pagerduty.faults.order('/users', { kind: 'slow', ms: 200 });
    const before = performance.now();
    expect((await get('/users')).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(190);
    pagerduty.faults.order('/users', { kind: 'hang' });
    const hanging = fetch(`${pagerduty.url}/users`, { signal: AbortSignal.timeout(200) });
    await expect(hanging).rejects.toThrow(/timeout/);
  });
});

describe('the Events API', () => {
  type Event = Parameters<typeof trigger>[0]['data'];
  async function send(event: object) {
    const answer = await fetch(`${pagerduty.url}/v2/enqueue`, {
      method: 'POST',
      body: JSON.stringify(event),
    });
    const text = await answer.text();
    return { status: answer.status, body: answer.status === 202 ? JSON.parse(text) : text };
  }
  const event = (): Event => ({
    routing_key: pagerduty.routingKey,
    event_action: 'trigger',
    dedup_key: 'overdue/shop',
    payload: {
      summary: 'A role is overdue',
      source: 'hallpass',
      severity: 'critical',
      custom_details: { n: 1 },
    },
  });

  test('makes one incident of all events with one key, until it is resolved', async () => {
    expect(await send(event())).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'overdue/shop' },
    });
    await send(event());
    await send({ ...event(), event_action: 'acknowledge', payload: undefined });
    expect(pagerduty.incidents).toEqual([
      {
        dedupKey: 'overdue/shop',
        status: 'acknowledged',
        summary: 'A role is overdue',
        source: 'hallpass',
        severity: 'critical',
        details: { n: 1 },
        triggers: 2,
      },
    ]);
    await send({ ...event(), event_action: 'resolve' });
    await send(event());
    expect((await send({ ...event(), event_action: 'resolve', dedup_key: 'unknown' })).status).toBe(202);
    expect(pagerduty.incidents.map((one) => one.status)).toEqual(['resolved', 'triggered']);
    const { body } = await send({ ...event(), dedup_key: undefined });
    expect(body.dedup_key).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each<[string, object]>([
    ["Length of 'routing_key' is incorrect (should be 32 characters)", { routing_key: 'short' }],
    ['Invalid routing key', { routing_key: '0'.repeat(32) }],
    ["'event_action' is missing or blank", { event_action: undefined }],
    ["'payload.source' is missing or blank", { payload: { summary: 'x', severity: 'error' } }],
    ["'payload.severity' is invalid", { payload: { summary: 'x', source: 'y', severity: 'bad' } }],
    [
      "'payload.summary' is too long",
      { payload: { summary: 'x'.repeat(1025), source: 'y', severity: 'info' } },
    ],
    ["'dedup_key' is missing or blank", { event_action: 'resolve', dedup_key: undefined }],
  ])('refuses an event: %s', async (message, change) => {
    const { status, body } = await send({ ...event(), ...change });
    expect(status).toBe(400);
    expect(body).toContain(message);
    expect(pagerduty.incidents).toEqual([]);
  });
});
