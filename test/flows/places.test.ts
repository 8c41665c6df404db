/** Whose a membership is: what another target, another login or nobody here granted is neither granted over nor taken. */
import { appendFile, readFile } from 'node:fs/promises';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { all, card, click, request, told } from '../../sandbox/stage/people.js';
import { granted } from '../support/access.js';
import { approved } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { startStandby } from '../support/standby.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const config = stage.env.HALLPASS_CONFIG ?? '';
const written = await readFile(config, 'utf8');
const shop = written.slice(written.indexOf('  shop:'));
await appendFile(config, shop.replace('  shop:', '  shop-too:').replace('name: Shop', 'name: The same'));
// A clone of production, as staging: it has the identifier of its original.
const clone = await startStandby(stage.server);
afterAll(() => clone.stop());
await clone.catchUp();
await clone.promote();
await appendFile(
  config,
  shop
    .replace('  shop:', '  staging:')
    .replace('name: Shop', 'name: Staging')
    .replace(`port: ${stage.server.port}`, `port: ${clone.port}`),
);
const { slack } = stage;
const hallpass = await stage.startHallpass();

test('a server that is configured twice is granted on once', async () => {
  await waitFor(
    async () => {
      const rows = await runSql<{ name: string; server: string | null }>(
        stage.ledgerUrl,
        'select name, server from targets where checked_at is not null order by name',
      );
      return rows.length === 3;
    },
    { what: 'all targets to be compared' },
  );
  const outcomes = [];
  for (const target of ['shop', 'shop-too']) {
    const id = await request(slack, 'ana', { target, role: 'orders_read', duration: '15 minutes' });
    await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
    const note = await told(slack, 'ana', id, /psql|Failed: nothing was granted/);
    outcomes.push(/Failed/.test(all(note)) ? 'refused' : 'granted');
    if (/Failed/.test(all(note))) expect(all(note)).toContain('is the same server as');
    else {
      await click(slack, 'ana', note, 'Relinquish');
      await told(slack, 'ana', id, /Ended: relinquished/);
    }
  }
  expect(outcomes.toSorted()).toEqual(['granted', 'refused']);
});

test('two live servers of one identifier are two, and a role is granted on each', async () => {
  const held = [];
  for (const target of ['shop', 'staging']) {
    const id = await request(slack, 'dan', { target, role: 'orders_read', duration: '15 minutes' });
    await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
    const note = await told(slack, 'dan', id, /psql|Failed: nothing was granted/);
    if (target === 'staging') expect(all(note)).toContain('psql');
    if (/psql/.test(all(note))) held.push({ id, note });
  }
  expect(await granted({ server: clone })).toEqual(['orders_read dan']);
  for (const { id, note } of held) {
    await click(slack, 'dan', note, 'Relinquish');
    await told(slack, 'dan', id, /Ended: relinquished/);
  }
  expect(await granted({ server: clone })).toEqual([]);
  expect(await granted(stage)).toEqual([]);
});

test('a membership that this ledger never granted is not granted over, and stays', async () => {
  await runSql(stage.samples.hallpass.url, 'grant payments_read to ana');
  onTestFinished(() =>
    runSql(stage.samples.hallpass.url, 'revoke payments_read from ana').then(() => undefined),
  );
  const grants = await runSql<{ name: string }>(
    stage.ledgerUrl,
    `select name from targets where server is not null and name <> 'staging'`,
  );
  const id = await approved(stage, 'ana', {
    target: grants[0]?.name ?? 'shop',
    role: 'payments_read',
    otherDuration: '1s',
  });
  expect(all(await told(slack, 'ana', id, /Failed: nothing was granted/))).toContain('not by this Hallpass');
  expect(await granted(stage)).toEqual(['payments_read ana']);
  expect(await stage.sqlAs('ana', 'select id from payments.payments')).not.toHaveLength(0);
});

test('nothing of it went wrong in sight', async () => {
  expect(slack.problems).toEqual([]);
  expect(await hallpass.stop()).toBe(0);
});
