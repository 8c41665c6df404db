/** A grant that waits for Slack or PagerDuty holds up nothing else: what ends on the same server ends on time. */
import { afterAll, expect, test } from 'vitest';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, ON_CALL } from '../../sandbox/stage/cast.js';
import { all, card, cardNow, request } from '../../sandbox/stage/people.js';
import { expectReads, untilRefused } from '../support/access.js';
import { obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const proxies: TcpProxy[] = [];
afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));
const stage = await openStage({
  configure: (yaml) => yaml.replace('payments_read: {', 'payments_read: { max_danger: read,'),
  between: async (_, address) => {
    const proxy = await startProxy(address);
    proxies.push(proxy);
    return { host: '127.0.0.1', port: proxy.port };
  },
});
const { slack, pagerduty } = stage;
let hallpass = await stage.startHallpass();

const goDown = () => {
  for (const proxy of proxies) {
    proxy.toServer = (_, link) => {
      link.cut();
      return null;
    };
    proxy.cut();
  }
};
const comeBack = () => {
  for (const proxy of proxies) proxy.heal();
};
const number = (id: string) => id.slice('R-'.length);
const ledger = (sql: string, id: string) => runSql(stage.ledgerUrl, sql, [number(id)]);
const kinds = async (id: string) =>
  (
    await runSql<{ kind: string }>(
      stage.ledgerUrl,
      'select kind from events where request_id = $1 order by id',
      [number(id)],
    )
  )
    .map(({ kind }) => kind)
    .filter((kind) => kind !== 'hindered' && kind !== 'previewed');
/** As if it had been approved so long ago that the shift may be over. */
const LONG_AGO = `update requests set decided_at = decided_at - interval '2 minutes', version = version + 1,
                    cleared_at = cleared_at - interval '2 minutes' where id = $1`;

test('a grant that waits for Slack and PagerDuty delays no revocation of its target', async () => {
  // By email address, which Hallpass asks Slack for.
  pagerduty.addUser({ id: 'PBEN', name: 'Ben', email: 'ben@example.com' });
  pagerduty.setOnCall({ user: 'PBEN', escalationPolicy: ON_CALL.policy, schedule: ON_CALL.schedule });
  const neighbor = await obtain(stage, 'ana', { role: 'orders_read' });
  goDown();
  const id = await request(slack, 'ben', { role: 'orders_write', duration: '1 hour' });
  await untilInLedger(stage, id, 'granting');
  // No sweep is under way that read it before.
  await hallpass.kill();
  await ledger(LONG_AGO, id);
  pagerduty.faults.order('*', { kind: 'hang' }, 1_000);
  hallpass = await stage.startHallpass();
  slack.faults.order('users.info', { kind: 'hang' }, 1_000);
  // What was remembered of Ben is forgotten.
  await slack.announce(CAST.ben);
  const [row] = await runSql<{ at: Date }>(
    stage.ledgerUrl,
    `update requests set expires_at = now() + interval '6 s' where id = $1 returning expires_at as at`,
    [number(neighbor.id)],
  );
  comeBack();
  // A sweep a second meets it; one that asked Slack would take 8 s, and as much again for its second try.
  expect(await untilRefused(stage, 'ana', 'orders_read', row?.at ?? null)).toBeLessThan(5_000);
  expect((await kinds(id)).at(-1)).toBe('approved_on_call');

  slack.faults.clear();
  pagerduty.faults.clear();
  await untilInLedger(stage, id, 'active');
  expect(await kinds(id)).toEqual(['submitted', 'approved_on_call', 'cleared', 'grant_intended', 'granted']);
  await expectReads(stage, 'ben', 'orders_write');
});

test('a shift that ended before the GRANT ends the approval', async () => {
  pagerduty.setOnCall({ user: ON_CALL.user, escalationPolicy: ON_CALL.policy, schedule: ON_CALL.schedule });
  goDown();
  const id = await request(slack, 'dan', { role: 'orders_write', duration: '1 hour' });
  await untilInLedger(stage, id, 'granting');
  await hallpass.kill();
  await ledger(LONG_AGO, id);
  pagerduty.setOnCall();
  comeBack();
  hallpass = await stage.startHallpass();
  await untilInLedger(stage, id, 'failed');
  // What a killed process was about to post is posted when its lease has run out.
  const shown = await slack.waitFor(() => cardNow(slack, id, /Failed/));
  expect(all(shown)).toContain('the shift was over before it could be granted');
});

test('a danger that could not be read at the approval is read before the GRANT', async () => {
  const ask = async () => {
    const id = await request(slack, 'dan', { role: 'payments_read', duration: '15 minutes' });
    const pending = await card(slack, id, /Waiting/);
    goDown();
    await slack.as('U0CORA').click(pending, 'Approve');
    await untilInLedger(stage, id, 'granting');
    return id;
  };
  const harmless = await ask();
  comeBack();
  await untilInLedger(stage, harmless, 'active');
  expect(await kinds(harmless)).toContain('cleared');
  await runSql(stage.ledgerUrl, `update requests set expires_at = now() where id = $1`, [number(harmless)]);
  await untilInLedger(stage, harmless, 'ended');

  const dangerous = await ask();
  await stage.server.query('grant update on payments.payments to payments_read', [], 'shop');
  comeBack();
  await untilInLedger(stage, dangerous, 'failed');
  expect(all(await card(slack, dangerous, /Failed/))).toMatch(/of danger “write”, and at most “read”/);
});
