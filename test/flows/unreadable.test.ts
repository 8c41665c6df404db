/** The ledger answers and can't be read, or doesn't answer: not ready, and the operators hear of it within a minute. */
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CHANNELS } from '../../sandbox/stage/cast.js';
import { all, messagesOf } from '../../sandbox/stage/people.js';
import { untilRefused } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import { readiness } from '../support/ops-port.js';
import { expectSettled, inLedger, LONG, obtain, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { ledger, pagerduty, slack } = stage;
await stage.startHallpass();

const MINUTE_MS = 60_000;
const UNREAD = /can’t read its ledger/;
const READ = /can read its ledger again/;

afterEach(() => expectSettled(stage));

const byOwner = (sql: string) => runSql(stage.ledgerUrl, sql);
const until = (status: number) =>
  waitFor(async () => (await readiness(stage.env)).status === status, { what: `readyz to say ${status}` });
const incidents = () =>
  pagerduty.incidents.filter(({ dedupKey }) => dedupKey.endsWith('/ledger')).map(({ status }) => status);

const untilResolved = () =>
  waitFor(() => incidents().every((status) => status === 'resolved'), { what: 'the incidents to be over' });

async function expectHeard(since: number): Promise<void> {
  await operatorsHear(stage, UNREAD);
  expect(Date.now() - since).toBeLessThan(MINUTE_MS);
}

test('Hallpass may not read the requests any more', async () => {
  await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await untilAllSent(stage);
  await byOwner('revoke select on requests from hallpass_app');
  const since = Date.now();
  await until(503);
  expect(await readiness(stage.env)).toMatchObject({ missing: ['rows of the ledger that can be read'] });
  await expectHeard(since);
  await waitFor(() => incidents().length === 1, { what: 'the page' });
  expect(incidents()).toEqual(['triggered']);
  await byOwner("update requests set expires_at = now() where state = 'active'");
  await byOwner('grant select on requests to hallpass_app');
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await until(200);
  await operatorsHear(stage, READ);
  await untilResolved();
});

test('a newer release wrote one request that this one can’t read: the others are revoked in time', async () => {
  const unread = await obtain(stage, 'ben', { role: 'orders_write', otherDuration: '6s' });
  const other = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '8s' });
  await untilAllSent(stage);
  await byOwner(`alter table requests drop constraint requests_sessions_check`);
  await byOwner(`update requests set sessions = 'newer' where id = ${unread.id.slice(2)}`);
  const since = Date.now();
  await until(503);
  const { expires_at } = await inLedger(stage, other.id);
  expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(12_000);
  await expectHeard(since);
  await byOwner(`update requests set sessions = 'auto' where sessions = 'newer'`);
  await untilRefused(stage, 'ben', 'orders_write', new Date());
  await until(200);
  await untilResolved();
});

test('the ledger is down', async () => {
  await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await untilAllSent(stage);
  await byOwner("update requests set expires_at = now() + interval '5 s' where state = 'active'");
  await ledger.stop();
  const since = Date.now();
  await until(503);
  expect(await readiness(stage.env)).toMatchObject({ missing: ['the ledger'] });
  await waitFor(() => incidents().includes('triggered'), {
    what: 'the operators to be paged',
    timeoutMs: MINUTE_MS,
  });
  expect(Date.now() - since).toBeLessThan(MINUTE_MS);
  await ledger.start();
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  await until(200);
  // Else the next outage would be the same one.
  await untilResolved();
});

test('the ledger is down, and the operators’ channel takes nothing: each of them is told, and told when it is over', async () => {
  const { workspace } = slack;
  workspace.setBotIn(CHANNELS.operators, false);
  onTestFinished(() => workspace.setBotIn(CHANNELS.operators, true));
  await ledger.stop();
  const heard = await slack.waitFor(
    () => messagesOf(slack, 'olga').find((message) => UNREAD.test(all(message))),
    MINUTE_MS,
  );
  await ledger.start();
  await slack.waitFor(
    () => messagesOf(slack, 'olga').some((message) => message.ts === heard.ts && READ.test(all(message))),
    MINUTE_MS,
  );
});
