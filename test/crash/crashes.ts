/**
 * Killed at each dangerous line (SIGKILL), and started again; asserted from outside: by SQL as the login, in the ledger,
 * on the card, and by what rang whose phone.
 */

import { describe, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  deny,
  fillForm,
  messagesOf,
  openDenial,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads, isRefused, type Login, type Role, untilRefused } from '../support/access.js';
import { buttons, expectRung } from '../support/messages.js';
import { inLedger, obtain, untilAllSent, untilInLedger } from '../support/requests.js';
import type { Backend } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { CANCELLED, EXPIRED, EXTENDED, GRANTED, RELINQUISHED, WAITING } from '../support/words.js';
import { openCrashStage, openTransaction } from './stage.js';
import { type Crash, WAY, whoAndWhat } from './way.js';

const ENDED = { relinquish: RELINQUISHED, expiry: EXPIRED } as const;
const WHY = { relinquish: 'relinquished', expiry: 'expired' } as const;

/** Call it at the top of a file. */
export async function crashes(backend: Backend): Promise<void> {
  const stage = await openCrashStage(backend);
  const { slack, pagerduty, arm, untilKilled, restart } = stage;

  /** While no Hallpass runs. The server may need a moment for what was sent before the kill. */
  async function expectStanding(id: string, [login, role]: readonly [Login, Role], crash: Crash) {
    const what = `${login} ${crash.has ? 'to have' : 'not to have'} ${role}`;
    await waitFor(async () => (await isRefused(stage, login, role)) !== crash.has, { what });
    expect(await inLedger(stage, id)).toMatchObject({ state: crash.state, ended_at: null });
  }

  /** Clicks, which makes Hallpass reach the armed point and die. */
  const clickAndDie = async (name: keyof typeof CAST, message: SeenMessage, button: string) => {
    await slack.as(CAST[name]).click(message, button);
    await untilKilled();
  };

  describe('on a request’s way', () => {
    test.each(WAY)('$point, after $after, on the $on', async (crash) => {
      const { point, after, on } = crash;
      const [login, role] = whoAndWhat(crash);
      // Near enough that an alarm is all that is set, and that the test waits for it.
      const isBrief = after === 'expiry' || point.endsWith('-alarm');
      const end = isBrief ? 'expiry' : 'relinquish';
      const wish = { target: on, role, otherDuration: isBrief ? '5s' : '15m' };
      const id = await request(slack, login, wish);
      const asked = await card(slack, id, /Waiting for approval/);
      await untilAllSent(stage, id);

      if (after !== 'relinquish') arm(point);
      if (after === 'approval') {
        // What the dying process says at that moment may arrive or not: it doesn't.
        slack.faults.order('chat.postMessage', { kind: 'hang' });
        await clickAndDie('cora', asked, 'Approve');
        await expectStanding(id, [login, role], crash);
        await restart();
        if (crash.state === 'pending') {
          expect(buttons(await card(slack, id, /Waiting/))).toEqual(['Approve', 'Deny']);
          await click(slack, 'cora', asked, 'Approve');
        }
      } else await click(slack, 'cora', asked, 'Approve');

      if (end === 'relinquish') {
        const note = await told(slack, login, id, /psql/);
        await expectReads(stage, login, role);
        expect(buttons(await card(slack, id, /Granted/))).toEqual(['Extend', 'End access']);
        await untilAllSent(stage, id);
        const transaction = on === 'shop' ? await openTransaction(stage, login) : null;
        if (after === 'relinquish') {
          arm(point);
          await clickAndDie(login, note, 'Relinquish');
          await expectStanding(id, [login, role], crash);
          await restart();
        }
        if (crash.state === 'active' || after === 'approval') await click(slack, login, note, 'Relinquish');
        if (transaction) await waitFor(transaction.isEnded, { what: 'the open transaction to be ended' });
      } else if (after === 'expiry') {
        await untilKilled();
        await expectStanding(id, [login, role], crash);
        await restart();
      }

      const { why, expires_at } = await untilInLedger(stage, id, 'ended');
      expect(why).toBe(WHY[end]);
      expect(await untilRefused(stage, login, role, expires_at)).toBeGreaterThan(
        end === 'expiry' ? 0 : -Infinity,
      );
      await told(slack, login, id, new RegExp(ENDED[end]));
      expect(buttons(await card(slack, id, /Ended/))).toEqual([]);
      // That it was granted is not said any more when its time is up by then.
      const isLate = after === 'approval' && end === 'expiry';
      if (!isLate) await expectRung(stage, login, id, [WAITING, GRANTED, ENDED[end]]);
      await expectRung(stage, 'cora', id, [WAITING]);
    });

    test('killed inside the COMMIT, and relinquished before Hallpass reads the outcome', async () => {
      const id = await request(slack, 'ana', { role: 'payments_read', otherDuration: '15m' });
      const asked = await card(slack, id, /Waiting/);
      await untilAllSent(stage, id);
      arm('inside-grant-commit');
      await clickAndDie('cora', asked, 'Approve');
      await stage.server.stop();
      await restart();
      await click(slack, 'ana', await told(slack, 'ana', id, /not granted yet/), 'Relinquish');
      expect(buttons(await card(slack, id, /Being revoked, not yet confirmed/))).toEqual([]);
      await stage.server.start();
      await told(slack, 'ana', id, /Ended: relinquished by you/);
      expect(await isRefused(stage, 'ana', 'payments_read')).toBe(true);
      await expectRung(stage, 'ana', id, [WAITING, ENDED.relinquish]);
    });
  });

  describe('while it is extended', () => {
    /** Minutes that are left there. */
    const leftOnVault = async () => {
      const rows = await stage.vault?.query<{ minutes: number }>(
        'select extract(epoch from expires_at - now())::float8 / 60 as minutes from hallpass.grants where ended_at is null',
        [],
        'hallpass',
      );
      return rows?.[0]?.minutes ?? 0;
    };

    test.each([
      { point: 'after-ledger-before-answer', left: 7 },
      { point: 'after-extended-there-before-record', left: 16 },
    ])('$point: the server has the new expiry, and people are told once', async ({ point, left }) => {
      const { id, note } = await obtain(stage, 'ana', {
        target: 'vault',
        role: 'vault_read',
        otherDuration: '15m',
      });
      await untilAllSent(stage, id);
      // As ten minutes later.
      const older = (table: string) =>
        `update ${table} set granted_at = granted_at - interval '10 min', expires_at = expires_at - interval '10 min' where ended_at is null`;
      await runSql(stage.ledgerUrl, older('requests'));
      await stage.vault?.query(older('hallpass.grants'), [], 'hallpass');

      slack.faults.order('chat.postMessage', { kind: 'hang' });
      arm(point);
      await clickAndDie('cora', await card(slack, id, /Granted/), 'Extend');
      expect(await leftOnVault()).toBeLessThan(left);
      expect(await leftOnVault()).toBeGreaterThan(left - 3);
      await restart();
      await waitFor(async () => (await leftOnVault()) > 14, { what: 'the server to know of it' });
      await expectReads(stage, 'ana', 'vault_read');
      expect(await leftInLedger(id)).toBeGreaterThan(12);
      await click(slack, 'ana', note, 'Relinquish');
      await told(slack, 'ana', id, /Ended: relinquished by you/);
      expect(await isRefused(stage, 'ana', 'vault_read')).toBe(true);
      await expectRung(stage, 'ana', id, [WAITING, GRANTED, EXTENDED, ENDED.relinquish]);
    });

    const leftInLedger = async (id: string) =>
      ((await inLedger(stage, id)).expires_at?.getTime() ?? 0) / 60_000 - Date.now() / 60_000;
  });

  /** Sends the form, at which Hallpass dies. @returns the request that the ledger has by then */
  async function askAndDie(point: () => void, name: Login, role: Role) {
    await fillForm(slack, name, { role, otherDuration: '15m' });
    point();
    const { outcome } = await slack.as(CAST[name]).submit();
    await untilKilled();
    const [written, ...more] = await open();
    expect(more).toEqual([]);
    return { outcome, id: `R-${written?.id}` };
  }
  const open = () =>
    runSql<{ id: string }>(stage.ledgerUrl, 'select id from requests where ended_at is null');

  describe('while it is requested', () => {
    test('stored, but the form is not answered: sent again, it is the same request', async () => {
      const { outcome, id } = await askAndDie(() => arm('after-submit-before-answer'), 'ana', 'orders_read');
      expect(outcome).not.toBe('closed');
      await restart();
      expect(await slack.as(CAST.ana).submit()).toEqual({ outcome: 'closed' });
      expect(await open()).toEqual([{ id: id.slice(2) }]);
      expect(buttons(await card(slack, id, /Waiting/))).toEqual(['Approve', 'Deny']);
      await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
      await expectRung(stage, 'ana', id, [WAITING, CANCELLED]);
      await expectRung(stage, 'cora', id, [WAITING]);
    });

    test('on call by PagerDuty, but not recorded: PagerDuty is asked again, and the role granted', async () => {
      const { id } = await askAndDie(() => arm('after-pagerduty-before-approved'), 'dan', 'orders_write');
      expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
      expect(await isRefused(stage, 'dan', 'orders_write')).toBe(true);
      await restart();
      const note = await told(slack, 'dan', id, /psql/);
      await card(slack, id, /Granted \(on call\)/);
      await expectReads(stage, 'dan', 'orders_write');
      await click(slack, 'dan', note, 'Relinquish');
      await told(slack, 'dan', id, /Ended: relinquished by you/);
      expect(await isRefused(stage, 'dan', 'orders_write')).toBe(true);
    });
  });

  describe('while messages are sent', () => {
    const cards = (id: string) =>
      slack
        .as(CAST.cora)
        .messages(CHANNELS.access)
        .filter((message) => !message.ephemeral && all(message).includes(id));

    /** Killed when its card is posted and the ledger doesn't know where; PagerDuty has the card wait for that. */
    async function postedUnknown(): Promise<{ readonly id: string; readonly asked: SeenMessage }> {
      pagerduty.faults.order('*', { kind: 'hang' }, 10);
      const id = await request(slack, 'ana', { role: 'orders_write', otherDuration: '15m' });
      await untilAllSent(stage, id, 'status');
      arm('after-post-before-ts');
      const asked = await card(slack, id, /Waiting/);
      await untilKilled();
      return { id, asked };
    }

    test('claimed, but not posted: posted once', async () => {
      const { id } = await askAndDie(() => arm('after-lease-before-post'), 'ben', 'orders_read');
      // The lease is waited for, on one backend.
      await restart(backend === 'Postgres' ? 'last' : 'run out');
      await expectRung(stage, 'ben', id, [WAITING]);
      await expectRung(stage, 'cora', id, [WAITING]);
      await click(slack, 'ben', await told(slack, 'ben', id, /Waiting/), 'Cancel request');
    });

    test('posted, but not recorded: it is posted again, and the first copy goes when it is clicked', async () => {
      const { id, asked } = await postedUnknown();
      await restart();
      await slack.waitFor(() => cards(id).length === 2);
      await deny(slack, 'cora', asked);
      await slack.waitFor(() => cards(id).length === 1);
      expect(buttons(await card(slack, id, /Denied/))).toEqual([]);
      await expectRung(stage, 'ana', id, [WAITING, `Denied by <@${CAST.cora}>`]);
      await expectRung(stage, 'cora', id, [WAITING, WAITING]);
    });

    test('posted, but not recorded, and clicked before it is posted again: it stays the card', async () => {
      const { id, asked } = await postedUnknown();
      await restart('last');
      await deny(slack, 'cora', asked);
      expect(buttons(await card(slack, id, /Denied/))).toEqual([]);
      await expectRung(stage, 'ana', id, [WAITING, `Denied by <@${CAST.cora}>`]);
      await expectRung(stage, 'cora', id, [WAITING]);
      expect(cards(id)).toHaveLength(1);
    });

    test('edited, but not recorded: edited again, and told once', async () => {
      const id = await request(slack, 'ben', { role: 'orders_read', otherDuration: '15m' });
      const asked = await card(slack, id, /Waiting/);
      await untilAllSent(stage, id);
      await openDenial(slack, 'cora', asked);
      slack.faults.order('chat.postMessage', { kind: 'hang' });
      arm('after-update-before-record');
      await slack.as(CAST.cora).submit();
      await untilKilled();
      expect(await inLedger(stage, id)).toMatchObject({ state: 'denied' });
      await restart();
      await expectRung(stage, 'ben', id, [WAITING, `Denied by <@${CAST.cora}>`]);
      expect(cards(id).map(buttons)).toEqual([[]]);
      expect(messagesOf(slack, 'ben').filter((message) => all(message).includes(id))).toHaveLength(2);
    });
  });
}
