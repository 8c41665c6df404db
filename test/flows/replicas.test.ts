/** Two replicas of the real build on one ledger: a click may reach either, each may die, and people notice nothing. */

import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, click, fillForm, request, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { expectReads, granted, type Login, untilRefused } from '../support/access.js';
import { holdTable, waitsForLock } from '../support/disturb.js';
import { expectRung } from '../support/messages.js';
import { expectSettled, inLedger, LONG, untilAllSent, untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';
import { EXPIRED, GRANTED, RELINQUISHED, WAITING } from '../support/words.js';
import { type Balancer, startBalancer } from './balancer.js';

const LAST_CALL = 'Last call: your access ends within 10 seconds';
/** What a killed replica was about to do, another one does within a HEARTBEAT; tenfold, for a slow machine. */
const BOUND_MS = 10 * 15_000;

describe.each(KINDS)('by $transport, alarms on $backend', async (kind) => {
  const { transport } = kind;
  const stage = await openStage(kind);
  let balancer: Balancer | null = null;
  const replicas: (HallpassProcess | null)[] = [null, null];
  const ports: { readonly PORT: string; readonly OPS_PORT: string }[] = [];

  async function start(which: number): Promise<void> {
    replicas[which] = await stage.startHallpass(ports[which]);
  }
  async function kill(which: number): Promise<void> {
    await replicas[which]?.kill();
    replicas[which] = null;
  }
  /** By HTTP the next payloads reach this replica alone; by Socket Mode either. */
  const reach = (which: number | null) => balancer?.pin(which);

  beforeAll(async () => {
    for (const _ of replicas)
      ports.push({ PORT: String(await freePort()), OPS_PORT: String(await freePort()) });
    if (transport === 'http') {
      balancer = await startBalancer(ports.map(({ PORT }) => Number(PORT)));
      stage.slack.deliverByHttp(balancer.url);
    }
    await Promise.all([start(0), start(1)]);
  });
  afterEach(async () => {
    reach(null);
    await expectSettled(stage);
  });

  test('requested through one, approved through the other, relinquished through the first', async () => {
    const { slack } = stage;
    for (const [asking, deciding] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const before = [...(balancer?.answered ?? [])];
      reach(asking);
      const id = await request(slack, 'ana', { role: 'orders_read', ...LONG });
      reach(deciding);
      await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
      const note = await told(slack, 'ana', id, /psql/);
      await expectReads(stage, 'ana', 'orders_read');
      reach(asking);
      await click(slack, 'ana', note, 'Relinquish');
      await told(slack, 'ana', id, /Ended: relinquished by you/);
      await expectRung(stage, 'ana', id, [WAITING, GRANTED, RELINQUISHED]);
      for (const [i, count] of before.entries()) expect(balancer?.answered[i]).toBeGreaterThan(count);
    }
  });

  test('what Slack delivers twice, to both, is one request, one decision and one end', async () => {
    const { slack } = stage;
    const known = await requestsOf('ben');
    await fillForm(slack, 'ben', { role: 'orders_read', ...LONG });
    slack.faults.duplicateNext();
    expect(await slack.as(CAST.ben).submit()).toMatchObject({ outcome: 'closed' });
    const [made, ...more] = (await requestsOf('ben')).filter((each) => !known.includes(each));
    expect(more).toEqual([]);
    const id = `R-${made}`;
    slack.faults.duplicateNext();
    await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
    const note = await told(slack, 'ben', id, /psql/);
    slack.faults.duplicateNext();
    await click(slack, 'ben', note, 'Relinquish');
    await told(slack, 'ben', id, /Ended: relinquished by you/);
    await expectRung(stage, 'ben', id, [WAITING, GRANTED, RELINQUISHED]);
    const kinds = await runSql<{ kind: string }>(
      stage.ledgerUrl,
      `select kind from events where request_id = $1 and actor is not null order by id`,
      [made],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['submitted', 'approved', 'relinquished']);
  });

  async function requestsOf(name: Login): Promise<readonly number[]> {
    const rows = await runSql<{ id: number }>(
      stage.ledgerUrl,
      'select id::int from requests where requester = $1',
      [CAST[name]],
    );
    return rows.map(({ id }) => id);
  }

  test('the one that is granting is killed: the other grants, and revokes in time', async () => {
    const { slack, server } = stage;
    const people = ['ana', 'ben', 'dan'] as const;
    const ids: string[] = [];
    for (const name of people) {
      ids.push(await request(slack, name, { role: 'orders_read', duration: '5 seconds' }));
    }
    await untilAllSent(stage);
    // By Socket Mode the clicks reach the first for certain when it is alone.
    if (transport === 'socket') await kill(1);
    reach(0);
    const { release } = await holdTable(server.url, 'pg_auth_members');
    for (const id of ids) {
      await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
    }
    await waitFor(() => waitsForLock(stage), { what: 'a GRANT to wait' });
    for (const id of ids) await untilInLedger(stage, id, 'granting');
    if (transport === 'socket') await start(1);
    await untilAllSent(stage);
    reach(null);
    await kill(0);
    const killedAt = Date.now();
    await release();

    for (const [i, id] of ids.entries()) {
      const name = people[i] ?? 'ana';
      const { expires_at } = await waitFor(
        async () => {
          const row = await inLedger(stage, id);
          return row.expires_at !== null && row;
        },
        { what: `${id} to be granted`, timeoutMs: BOUND_MS },
      );
      expect(await untilRefused(stage, name, 'orders_read', expires_at)).toBeLessThan(BOUND_MS);
      await told(slack, name, id, /Ended: its time was up/);
      await expectRung(stage, name, id, [WAITING, GRANTED, EXPIRED]);
    }
    expect(Date.now() - killedAt).toBeLessThan(2 * BOUND_MS);
    expect(await granted(stage)).toEqual([]);
    await start(0);
  });

  test('a rolling restart, with access that is out: nothing is asked of it, and it ends in time', async () => {
    const { slack } = stage;
    const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '20s' });
    await click(slack, 'cora', await card(slack, id, /Waiting for approval/), 'Approve');
    await told(slack, 'ana', id, /psql/);
    for (const which of [0, 1]) {
      expect(await replicas[which]?.stop()).toBe(0);
      await start(which);
    }
    const { expires_at } = await inLedger(stage, id);
    expect(await untilRefused(stage, 'ana', 'orders_read', expires_at)).toBeLessThan(BOUND_MS);
    await expectRung(stage, 'ana', id, [WAITING, GRANTED, LAST_CALL, EXPIRED]);
  });
});
