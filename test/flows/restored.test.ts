/** A ledger restored from a backup, from outside: it is recognized, does nothing by itself, and an operator decides. */
import { expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, card, click, request, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, untilRefused } from '../support/access.js';
import { checkFinds } from '../support/check-finds.js';
import { runHallpass } from '../support/commands.js';
import { operatorsHear } from '../support/messages.js';
import { approved, inLedger, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack } = stage;

/** The ledger as it is now, under another name: nobody may be connected. */
const copyLedger = (from: string, to: string) =>
  stage.ledger.query(`create database ${to} template ${from} owner hallpass_owner`);

/** Hallpass notes on its targets how far its ledger went, some seconds after it has changed. */
function untilAnchored(): Promise<unknown> {
  return waitFor(
    async () => {
      const [role] = await stage.server.query<{ rolconfig: readonly string[] | null }>(
        "select rolconfig from pg_roles where rolname = 'hallpass'",
      );
      const [ledger] = await stage.ledger.query<{ seq: string }>(
        'select seq from audit_head',
        [],
        'hallpass',
      );
      return role?.rolconfig?.[0]?.includes(`:${Number(ledger?.seq).toString(36)}:`) === true;
    },
    { what: 'the newest anchor' },
  );
}

test('nothing is granted again and nothing revoked until an operator decides', async () => {
  let hallpass = await stage.startHallpass();
  const first = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const given = await obtain(stage, 'ben', { role: 'orders_read', duration: '15 minutes' });
  const before = await obtain(stage, 'ana', { role: 'payments_read', duration: '15 minutes' });
  await click(slack, 'ana', before.note, 'Relinquish');
  await told(slack, 'ana', before.id, /Ended: relinquished by you/);
  const asked = await request(slack, 'ana', { role: 'orders_write', duration: '15 minutes' });
  expect(await hallpass.stop()).toBe(0);
  await copyLedger('hallpass', 'backup');

  // What the backup does not know: ben gave his back, ana was approved, dan got one.
  hallpass = await stage.startHallpass();
  await click(slack, 'ben', given.note, 'Relinquish');
  await told(slack, 'ben', given.id, /Ended: relinquished by you/);
  await click(slack, 'cora', await card(slack, asked, /Waiting for approval/), 'Approve');
  await click(slack, 'ana', await told(slack, 'ana', asked, /psql/), 'Relinquish');
  await told(slack, 'ana', asked, /Ended: relinquished by you/);
  await obtain(stage, 'dan', { role: 'payments_read', duration: '15 minutes' });
  // The same as before the backup, and once more.
  const again = await obtain(stage, 'ana', { role: 'payments_read', duration: '15 minutes' });
  await untilAnchored();
  await hallpass.kill();
  await stage.ledger.query('drop database hallpass with (force)');
  await copyLedger('backup', 'hallpass');
  // As if the backup were from long ago.
  await runSql(stage.ledgerUrl, 'update requests set expires_at = now() where id = $1', [first.id.slice(2)]);

  hallpass = await stage.startHallpass();
  const report = await operatorsHear(stage, /The ledger is not as Shop remembers it/);
  expect(all(report)).toContain('It was restored from a backup');
  expect(all(report)).toContain('`hallpass recover shop`');
  // Ana's time is up by the ledger's clock, and she keeps it: she may have been given more.
  await card(slack, first.id, /being revoked[\s\S]*database doesn’t match what this server recorded/i);
  await expectReads(stage, 'ana', 'orders_read');
  await expectReads(stage, 'dan', 'payments_read');
  expect((await inLedger(stage, asked)).state).toBe('pending');
  const fresh = await request(slack, 'dan', { role: 'orders_read', duration: '15 minutes' });
  expect(Number(fresh.slice(2))).toBeGreaterThan(Number(again.id.slice(2)) + 999);

  const doubted = (await checkFinds(stage)).troubles.filter((line) => line.startsWith('failure memberships'));
  expect(doubted).toContainEqual(
    expect.stringMatching(
      `ana is a member of payments_read by hallpass.* has ended ${before.id}, and is in doubt`,
    ),
  );
  expect(doubted.join('\n')).not.toContain('by itself');

  const foreseen = await runHallpass(stage, ['recover']);
  expect(foreseen.code).toBe(1);
  expect(foreseen.said).toContain(`shop: ${first.id} (orders_read to ana): is out; is revoked at once`);
  expect(foreseen.said).toContain(`shop: ${given.id} (orders_read to ben): is out no more; is closed`);
  expect(foreseen.said).toContain(`shop: ${asked} (orders_write to ana): is pending here; is not granted`);
  expect(foreseen.said).toContain('shop: payments_read to dan: not in this ledger; is left alone');
  expect(foreseen.said).toContain(
    `shop: payments_read to ana: has ended here as ${before.id}, and was granted again since; is left alone`,
  );
  await expectReads(stage, 'ana', 'orders_read');

  const accepted = await runHallpass(stage, ['recover', '--accept', 'shop']);
  expect(accepted.said).toContain('shop: Hallpass goes on there with this ledger');
  expect(accepted.code).toBe(0);
  await untilRefused(stage, 'ana', 'orders_read', new Date());
  expect((await untilInLedger(stage, given.id, 'ended')).why).toBe('removed');
  await untilInLedger(stage, asked, 'failed');
  await told(slack, 'ana', asked, /restored from a backup/);
  expect(await isRefused(stage, 'ana', 'orders_write')).toBe(true);
  await operatorsHear(stage, /Unexplained membership[\s\S]*`ana`/);
  await operatorsHear(stage, /Unexplained membership[\s\S]*`dan`/);
  // Nobody revokes what was reported: `check` says the same.
  const reported = (await checkFinds(stage)).troubles.filter((line) =>
    line.startsWith('failure memberships'),
  );
  for (const login of ['ana', 'dan']) {
    const says = `${login} is a member of payments_read .* no request in the ledger explains it`;
    expect(reported).toContainEqual(expect.stringMatching(says));
  }
  await expectReads(stage, 'dan', 'payments_read');
  await expectReads(stage, 'ana', 'payments_read');
  expect(await granted(stage)).toEqual(['payments_read ana', 'payments_read dan']);
  await slack.waitFor(() =>
    slack
      .as(CAST.ana)
      .messages('dm')
      .find((message) => /Hallpass no longer knows when your access on Shop ends/.test(all(message))),
  );

  // Trusted again: what was asked for since, and what is asked for now, is granted.
  await click(slack, 'cora', await card(slack, fresh, /Waiting for approval/), 'Approve');
  await click(slack, 'dan', await told(slack, 'dan', fresh, /psql/), 'Relinquish');
  await told(slack, 'dan', fresh, /Ended: relinquished by you/);
  const next = await approved(stage, 'ben', { role: 'orders_write', otherDuration: '2s' });
  await told(slack, 'ben', next, /Ended: its time was up/);
  expect((await runHallpass(stage, ['recover'])).said).toContain('shop: remembers this ledger');
  expect(await hallpass.stop()).toBe(0);
});
