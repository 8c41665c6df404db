/** Killed while a Home is published: it says what the ledger says as soon as the lease of the dead process has run out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { click, fillForm, told } from '../../sandbox/stage/people.js';
import { startSecond } from '../support/disturb.js';
import { homeOf, homeSays, homeSaysNot, openHome } from '../support/homes.js';
import { untilInLedger } from '../support/requests.js';
import { waitFor } from '../support/wait-for.js';
import { openCrashStage } from './stage.js';

const stage = await openCrashStage('Postgres', false);
const { slack, arm, untilKilled, untilReached, restart } = stage;

test.each([
  { point: 'before-home-publish', isShown: false },
  { point: 'after-home-publish', isShown: true },
])('$point', async ({ point, isShown }) => {
  await openHome(stage, 'ana');
  await homeSaysNot(stage, 'ana', /Waiting for approval/);
  await fillForm(slack, 'ana', { role: 'orders_read', otherDuration: '15m' });
  arm(point);
  await slack.as(CAST.ana).submit();
  await untilKilled();
  expect(/Waiting for approval/.test(homeOf(stage, 'ana'))).toBe(isShown);
  // The lease of the dead one is waited for.
  await restart('last');
  const shown = await homeSays(stage, 'ana', /Waiting for approval[\s\S]*R-\d+/);
  const id = /Waiting for approval[\s\S]*?(R-\d+)/.exec(shown)?.[1] ?? '';
  await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
  await untilInLedger(stage, id, 'withdrawn');
  await homeSays(stage, 'ana', new RegExp(`Canceled by you\\n${id}`));
});

test('one that was stopped before it published puts nothing old there', async () => {
  await openHome(stage, 'ana');
  await untilPublished();
  // It knows of nothing that it replaces: Slack doesn't keep it from that.
  arm('before-home-publish', 'SIGSTOP');
  await runSql(
    stage.ledgerUrl,
    "update homes set notice = 'older', wanted = wanted + 1, hash = null, digest = null",
  );
  await untilReached();
  await startSecond(stage);
  await runSql(stage.ledgerUrl, "update homes set notice = 'newer', wanted = wanted + 1");
  await homeSays(stage, 'ana', /^:information_source: newer/);
  process.kill(stage.hallpass().pid ?? 0, 'SIGCONT');
  // It publishes the older one, unless its connection to Slack was closed meanwhile; then it looks again.
  await sleep(3_000);
  await untilPublished();
  await homeSays(stage, 'ana', /^:information_source: newer/);
});

async function untilPublished(): Promise<void> {
  await waitFor(
    async () => {
      const rows = await runSql(stage.ledgerUrl, 'select from homes where shown < wanted');
      if (rows.length > 0) throw new Error('not yet');
      return true;
    },
    { what: 'the Home to be published' },
  );
}
