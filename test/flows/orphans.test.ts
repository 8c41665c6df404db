/** Memberships by our own login that no ledger explains: reported with a button, and revoked by an operator only. */
import { expect, test } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, click, clickAndHear } from '../../sandbox/stage/people.js';
import { granted } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import { approved } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const { slack } = stage;

/** As somebody would who has Hallpass's own login. */
const byHand = (sql: string) => runSql(stage.samples.hallpass.url, sql);

test('the first start of a ledger takes nothing away: it is reported, and an operator has it revoked', async () => {
  await byHand('grant orders_read to ana');
  const hallpass = await stage.startHallpass();
  const report = await operatorsHear(stage, /Unexplained membership/);
  expect(all(report)).toContain('`ana` is a member of `orders_read`');
  expect(buttonsOf(report.blocks)).toEqual(['Revoke']);
  expect(await granted(stage)).toEqual(['orders_read ana']);

  slack.faults.duplicateNext();
  await click(slack, 'olga', report, 'Revoke');
  const settled = await operatorsHear(stage, /Unexplained membership revoked/);
  expect(all(settled)).toContain('Revoked `orders_read` from `ana` and ended 0 sessions');
  expect(all(settled)).toContain(`by <@${CAST.olga}>`);
  expect(buttonsOf(settled.blocks)).toEqual([]);
  expect(await granted(stage)).toEqual([]);
  expect(await clickAndHear(slack, 'olga', report, 'Revoke')).toContain('already revoked');
  const events = await runSql(stage.ledgerUrl, "select actor from events where kind = 'orphan_taken_back'");
  expect(events).toEqual([{ actor: CAST.olga }]);
  expect(await hallpass.stop()).toBe(0);
});

test('so many at once are one message without a button, and stay', async () => {
  await byHand('grant orders_read to ana, ben, cora, dan');
  await runSql(stage.ledgerUrl, 'update targets set checked_at = null');
  const hallpass = await stage.startHallpass();
  const report = await operatorsHear(stage, /4 unexplained memberships/);
  expect(buttonsOf(report.blocks)).toEqual([]);
  expect(await granted(stage)).toHaveLength(4);
  await byHand('revoke orders_read from ana, ben, cora, dan');
  expect(await hallpass.stop()).toBe(0);
});

test('a second installation with the same login grants nothing, and both say so', async () => {
  const first = await stage.startHallpass();
  await approved(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  await expect.poll(() => granted(stage), { timeout: 50_000 }).toEqual(['orders_read ana']);

  await stage.ledger.query('create database second owner hallpass_owner');
  const inSecond = (url: string | undefined) => (url ?? '').replace(/\/hallpass(?=$|\?)/, '/second');
  const second = await stage.startHallpass({
    DATABASE_URL: inSecond(stage.env.DATABASE_URL),
    DATABASE_OWNER_URL: inSecond(stage.env.DATABASE_OWNER_URL),
    OPS_PORT: String(await freePort()),
  });
  const report = await operatorsHear(stage, /Another Hallpass is using this login on Shop/);
  expect(all(report)).toContain('this one grants nothing there');
  expect(await second.stop()).toBe(0);
  expect(await granted(stage)).toEqual(['orders_read ana']);
  expect(await first.stop()).toBe(0);
});
