/** What Prometheus reads while something fails: the states that matter, seen from outside. */
import { afterEach, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { click, request, told } from '../../sandbox/stage/people.js';
import { untilRefused } from '../support/access.js';
import { metric } from '../support/ops-port.js';
import { describeOwnRedis, startRedis } from '../support/redis.js';
import { expectSettled, inLedger, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack, server, pagerduty } = stage;
let hallpass = await stage.startHallpass();

afterEach(() => expectSettled(stage));

/** Waits for each series to have this value; undefined: it is not there. */
async function shows(wanted: Readonly<Record<string, number | undefined>>): Promise<void> {
  await waitFor(
    async () => {
      for (const [series, value] of Object.entries(wanted)) {
        const now = await metric(stage.env, `hallpass_${series}`);
        if (now !== value) throw new Error(`${series} is ${now}`);
      }
      return true;
    },
    { what: 'the metrics' },
  );
}

const BLOCKED = 'target_blocked{target="shop",reason="unreachable"}';

test('a target that is down with something overdue: what is late and what waits agree', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await shows({
    ledger_up: 1,
    slack_up: 1,
    redis_up: undefined,
    'target_up{target="shop"}': 1,
    [BLOCKED]: 0,
    'requests{state="active"}': 1,
    'requests{state="ending"}': 0,
    'active_grants{target="shop"}': 1,
  });
  await server.stop();
  await runSql(
    stage.ledgerUrl,
    `update requests set expires_at = now() - interval '2 minutes' where id = $1`,
    [id.slice(2)],
  );
  await shows({
    'target_up{target="shop"}': 0,
    [BLOCKED]: 1,
    'overdue_revocations{target="shop"}': 1,
    'requests{state="active"}': 0,
    'requests{state="ending"}': 1,
    leftovers: 0,
  });
  await server.start();
  await untilRefused(stage, 'ana', 'orders_read', (await inLedger(stage, id)).expires_at);
  await shows({
    'target_up{target="shop"}': 1,
    [BLOCKED]: 0,
    'overdue_revocations{target="shop"}': 0,
    'requests{state="ending"}': 0,
  });
});

test('what the ledger knows of a target: it is in doubt, or another server answers', async () => {
  const set = (sql: string) => runSql(stage.ledgerUrl, `update targets set ${sql} where name = 'shop'`);
  const reason = (name: string) => `target_blocked{target="shop",reason="${name}"}`;
  await shows({ [reason('ledger_doubted')]: 0, [reason('other_server')]: 0 });
  await set(`stranger = '{"id":"1","timeline":1,"startedAt":1,"lsn":"0/0"}'`);
  expect(await metric(stage.env, `hallpass_${reason('other_server')}`)).toBe(1);
  await set('stranger = null');
  await shows({ [reason('other_server')]: 0 });
});

test('PagerDuty and Slack: as they answered last', async () => {
  pagerduty.faults.order('*', { kind: 'status', status: 500 }, 100);
  const id = await request(slack, 'dan', { role: 'orders_write', duration: '1 hour' });
  await shows({ pagerduty_up: 0 });
  pagerduty.faults.clear();
  const note = await told(slack, 'dan', id, /Waiting/);
  await click(slack, 'dan', note, 'Cancel request');
  const again = await request(slack, 'dan', { role: 'orders_write', duration: '1 hour' });
  await shows({ pagerduty_up: 1 });
  await click(slack, 'dan', await told(slack, 'dan', again, /psql/), 'Relinquish');

  slack.faults.order('*', { kind: 'error', error: 'token_revoked' }, 10_000);
  await shows({ slack_up: 0, 'slack_token_refused{token="bot"}': 1 });
  slack.faults.clear();
  await shows({ slack_up: 1, 'slack_token_refused{token="bot"}': 0 });
  expect(slack.as(CAST.dan).messages('dm')).not.toEqual([]);
});

describeOwnRedis('Redis', () => {
  test('is down, and back', async () => {
    const redis = await startRedis();
    await hallpass.stop();
    hallpass = await stage.startHallpass({ REDIS_URL: redis.url });
    await shows({ redis_up: 1 });
    await redis.stop();
    await shows({ redis_up: 0 });
    await redis.start();
    await shows({ redis_up: 1 });
    await hallpass.stop();
  });
});
