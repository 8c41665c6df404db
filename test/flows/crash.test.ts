/** kill -9 and restart in the middle of every state, seen from outside: by SQL as the login, in Slack, in the ledger. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { all, card, cardNow, click, clickAndHear, request, told } from '../../sandbox/stage/people.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { waitFor } from '../support/wait-for.js';
import {
  approved,
  borrow,
  buttons,
  expectReads,
  expectSettled,
  holdTable,
  inLedger,
  isRefused,
  lent,
  openStage,
  rings,
  untilInLedger,
  untilPast,
  untilRefused,
} from './crash-stage.js';

const stage = await openStage();
const { slack, server } = stage;
let hallpass = await stage.startHallpass();

const LONG = { duration: '15 minutes' };
const GRANTED = 'Granted until …';
const NOT_CONFIRMED = /Being taken back, not yet confirmed/;

async function kill(): Promise<void> {
  await hallpass.kill();
}

async function restart(): Promise<void> {
  hallpass = await stage.startHallpass();
}

afterEach(() => expectSettled(stage));

describe('pending', () => {
  test('a click while nobody runs fails in sight, and works after the restart', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
    const asked = await card(slack, id, /Waiting for approval/);
    await kill();
    expect(await slack.as(CAST.cora).click(asked, 'Approve')).toMatchObject({ outcome: 'not connected' });
    await restart();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'pending' });
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);

    await click(slack, 'cora', asked, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
    expect(buttons(await card(slack, id, /Granted/))).toEqual(['End access']);
    expect(await clickAndHear(slack, 'cora', asked, 'Deny')).toMatch(/already approved by you/);

    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    expect(rings(stage, 'ana', id)).toEqual(['Waiting for approval', GRANTED, 'Ended: relinquished by you']);
    // The first post calls the approvers; the edits after it don't.
    expect(rings(stage, 'cora', id)).toHaveLength(1);
  });
});

describe('granting', () => {
  test('the target is down: the restarted process goes on trying, and the clock starts at the GRANT', async () => {
    await server.stop();
    const id = await approved(stage, 'ben', { role: 'orders_read', ...LONG }).finally(() => undefined);
    const waiting = await card(slack, id, /not granted yet[\s\S]*Hallpass keeps trying/);
    expect(buttons(waiting)).toEqual(['End access']);
    await kill();
    await restart();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'granting', expires_at: null });
    const back = Date.now();
    await server.start();
    const note = await told(slack, 'ben', id, /psql/);
    await expectReads(stage, 'ben', 'orders_read');
    const { granted_at, expires_at } = await inLedger(stage, id);
    expect(granted_at?.getTime()).toBeGreaterThan(back);
    expect(Number(expires_at) - Number(granted_at)).toBe(15 * 60_000);
    await click(slack, 'ben', note, 'Relinquish');
    await told(slack, 'ben', id, /Ended: relinquished/);
    expect(rings(stage, 'ben', id)).toEqual(['Waiting for approval', GRANTED, 'Ended: relinquished by you']);
  });

  test('killed between the COMMIT of the GRANT and its record: found granted, and told once', async () => {
    const id = await grantUnrecorded('dan', 'payments_read');
    await kill();
    expect(await inLedger(stage, id)).toMatchObject({ state: 'granting', placed: true });
    await restart();
    const note = await told(slack, 'dan', id, /psql/);
    expect(buttons(await card(slack, id, /Granted/))).toEqual(['End access']);
    expect(await lent(stage)).toEqual(['payments_read dan']);
    await click(slack, 'dan', note, 'Relinquish');
    await told(slack, 'dan', id, /Ended: relinquished/);
    expect(rings(stage, 'dan', id)).toEqual(['Waiting for approval', GRANTED, 'Ended: relinquished by you']);
  });

  test('the same, and relinquished before anybody learnt of it: taken back, though nobody saw it granted', async () => {
    const id = await grantUnrecorded('ana', 'payments_read');
    await kill();
    await server.stop();
    await restart();
    await click(slack, 'ana', await told(slack, 'ana', id, /not granted yet/), 'Relinquish');
    expect(buttons(await card(slack, id, NOT_CONFIRMED))).toEqual([]);
    await untilInLedger(stage, id, 'ending');
    await server.start();
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    expect(await isRefused(stage, 'ana', 'payments_read')).toBe(true);
    expect(rings(stage, 'ana', id)).toEqual(['Waiting for approval', 'Ended: relinquished by you']);
  });
});
