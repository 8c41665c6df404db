/** How Homes are kept as the ledger says: for a day, through errors of Slack and of the ledger, and by several processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, click, request, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { checkFinds } from '../support/check-finds.js';
import { startSecond } from '../support/disturb.js';
import { clickHome, homeOf, homeSays, openHome, publishedTo } from '../support/homes.js';
import { approved, LONG, untilAllSent, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { clearAway } from './life/stage.js';

const WISH = { role: 'orders_read', ...LONG } as const;
const stage = await openStage({ backend: 'Postgres' });
const { slack } = stage;
let hallpass: HallpassProcess;

beforeAll(async () => {
  hallpass = await stage.startHallpass();
});
afterEach(async ({ task }) => {
  slack.faults.clear();
  if (task.result?.state === 'fail') await clearAway(stage);
  await untilAllSent(stage);
});

const shows = (name: 'ana' | 'cora', says: RegExp) => homeSays(stage, name, says);
const setHome = (name: 'ana' | 'cora', set: string) =>
  runSql(stage.ledgerUrl, `update homes set ${set} where person = $1`, [CAST[name]]);
async function cancel(id: string): Promise<void> {
  await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
  await untilInLedger(stage, id, 'withdrawn');
}

test('it is kept up for a day, and after that when it is opened or used', async () => {
  await openHome(stage, 'ana');
  await openHome(stage, 'cora');
  await setHome('ana', `opened_at = now() - interval '25 hours'`);
  const before = publishedTo(stage, 'ana');
  const id = await request(slack, 'ana', WISH);
  await shows('cora', new RegExp(id));
  await untilAllSent(stage);
  await sleep(1_000);
  expect(publishedTo(stage, 'ana')).toBe(before);
  expect(homeOf(stage, 'ana')).not.toContain(id);
  // What still stands there works, and is kept up from then on.
  await clickHome(stage, 'ana', 'Request access');
  await slack.waitFor(() => slack.as(CAST.ana).openedView());
  await slack.as(CAST.ana).closeView();
  slack.as(CAST.ana).openHome();
  await shows('ana', new RegExp(id));
  await cancel(id);
  await shows('ana', /Canceled by you/);

  // While no Home is kept up, nothing is looked through, and nothing is missed.
  await runSql(stage.ledgerUrl, `update homes set opened_at = now() - interval '25 hours'`);
  const unseen = await request(slack, 'ana', WISH);
  await cancel(unseen);
  slack.as(CAST.ana).openHome();
  await shows('ana', new RegExp(unseen));
  // A click on a Home that the ledger has forgotten.
  await runSql(stage.ledgerUrl, 'delete from homes');
  await clickHome(stage, 'ana', 'Request access');
  await slack.waitFor(() => slack.as(CAST.ana).openedView());
  await slack.as(CAST.ana).closeView();
});

test.each([
  ['a pause that Slack asks for', { kind: 'rate_limited', retryAfter: 2 }, 1],
  ['an error of Slack', { kind: 'error', error: 'internal_error' }, 2],
  ['no answer', { kind: 'reset' }, 2],
  ['a lost answer', { kind: 'lost' }, 1],
  ['another one that was published since', { kind: 'error', error: 'hash_conflict' }, 2],
] as const)('it is right after %s', async (_, fault, times) => {
  await openHome(stage, 'ana');
  const before = publishedTo(stage, 'ana');
  slack.faults.order('views.publish', fault, times, CAST.ana);
  const id = await request(slack, 'ana', WISH);
  await shows('ana', new RegExp(id));
  expect(publishedTo(stage, 'ana')).toBeGreaterThan(before);
  await cancel(id);
  await shows('ana', new RegExp(`Canceled by you\\n${id}`));
});

test('while the app has no Home tab, it is not tried again and again, and other messages go on', async () => {
  await openHome(stage, 'ana');
  const before = publishedTo(stage, 'ana');
  slack.faults.order('views.publish', { kind: 'error', error: 'not_enabled' }, 1_000);
  const id = await request(slack, 'ana', WISH);
  await card(slack, id, /Waiting/);
  await cancel(id);
  await sleep(2_000);
  expect(publishedTo(stage, 'ana') - before).toBeLessThan(10);
  expect((await checkFinds(stage)).troubles).toContainEqual(
    expect.stringMatching(
      /^failure Slack: Slack shows nobody's Home: The app has no Home tab\. Switch on its Home Tab/,
    ),
  );
  slack.faults.clear();
  slack.as(CAST.ana).openHome();
  await shows('ana', new RegExp(id));
  expect((await checkFinds(stage)).all).toContainEqual(
    expect.stringMatching(/^ok Slack: People open its Home, and Slack shows it\./),
  );
});

test('while Slack doesn’t say who someone is, they see what is theirs, and that it is not all', async () => {
  const id = await approved(stage, 'ana', WISH);
  await untilInLedger(stage, id, 'active');
  // What Slack said before is forgotten.
  await hallpass.stop();
  slack.faults.order('users.info', { kind: 'error', error: 'internal_error' }, 1_000, CAST.ana);
  hallpass = await stage.startHallpass();
  slack.as(CAST.ana).openHome();
  const words = await shows('ana', /^:warning: Slack doesn’t say who you are/);
  expect(words).toMatch(new RegExp(`What you hold[\\s\\S]*${id}`));
  expect(words).not.toContain('What you can ask for');
  slack.faults.clear();
  await clickHome(stage, 'ana', 'Relinquish', id);
  await shows('ana', /What you hold\nNothing[\s\S]*What you can ask for/);
  await untilInLedger(stage, id, 'ended');
});

test('while the ledger is down, the Home says so, and comes back by itself', async () => {
  await openHome(stage, 'ana');
  await stage.ledger.stop();
  slack.as(CAST.ana).openHome();
  await shows('ana', /Hallpass can’t reach its ledger/);
  await stage.ledger.start();
  await shows('ana', /What you hold\nNothing/);
});

test('with two processes, each change is shown once', async () => {
  await openHome(stage, 'ana');
  await startSecond(stage);
  const before = publishedTo(stage, 'ana');
  const id = await request(slack, 'ana', WISH);
  await shows('ana', new RegExp(id));
  await cancel(id);
  await shows('ana', new RegExp(`Canceled by you\\n${id}`));
  await sleep(1_000);
  // Asked for, and canceled; and once more, if who is asked to decide was found in between.
  expect(publishedTo(stage, 'ana') - before).toBeLessThanOrEqual(4);
});
