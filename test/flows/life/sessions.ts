/** What a REVOKE leaves: sessions are ended with the grant, and only then it counts as gone. */
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { HALLPASS } from '../../../sandbox/postgres/samples.js';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { card, click, deny, request, told } from '../../../sandbox/stage/people.js';
import type { Stage } from '../../../sandbox/stage/stage.js';
import { isRefused } from '../../support/access.js';
import { eventsOf, obtain, untilInLedger } from '../../support/requests.js';
import { waitFor } from '../../support/wait-for.js';
import type { LifeStage } from './stage.js';

const STATEMENT = { name: 'read', text: 'select count(*)::int as n from orders.orders' };

/** A transaction whose plan was made while Ana had the role: hers, or of a member of her login. */
async function openTransaction(stage: Stage, login: 'ana' | 'dan' = 'ana'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: stage.samples.people[login].url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  await client.query('begin');
  // Postgres keeps one plan from the sixth time on, and asks for no rights again.
  for (let i = 0; i < 6; i++) await client.query(STATEMENT);
  return client;
}

export function sessions(stage: LifeStage): void {
  const { slack } = stage;

  it('a transaction that a plain REVOKE leaves reading is ended with the grant', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    const session = await openTransaction(stage);
    // What a REVOKE alone does: a new session is refused, and this one reads on.
    await stage.server.query(`revoke orders_read from ana granted by ${HALLPASS}`);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect((await session.query(STATEMENT)).rows).toEqual([{ n: 40 }]);
    await stage.server.query(`grant orders_read to ana granted by ${HALLPASS}`);

    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    await expect(session.query(STATEMENT)).rejects.toThrow();
    expect((await eventsOf(stage, id)).at(-1)).toMatchObject({ kind: 'proved_gone', data: { closed: 1 } });
  });

  it('a member of her login that joined and left meanwhile is ended with the grant', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    await stage.server.query('grant ana to dan');
    const session = await openTransaction(stage, 'dan');
    await runSql(stage.ledgerUrl, `update targets set checked_at = null`);
    await waitFor(async () => (await eventsOf(stage, id)).some(({ kind }) => kind === 'users_seen'), {
      what: 'the comparison to see who else can use it',
    });
    await stage.server.query('revoke ana from dan');
    expect((await session.query(STATEMENT)).rows).toEqual([{ n: 40 }]);
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    await expect(session.query(STATEMENT)).rejects.toThrow();
    const events = await eventsOf(stage, id);
    expect(events.find(({ kind }) => kind === 'users_seen')).toMatchObject({ data: { users: ['dan'] } });
    expect(events.at(-1)).toMatchObject({ kind: 'proved_gone', data: { closed: 1 } });
  });

  it('the card says who else could use it, and how to change that', async () => {
    await stage.server.query('grant ana to dan');
    onTestFinished(async () => {
      await stage.server.query('revoke ana from dan');
    });
    // Of another role was read a moment ago, and what was read is kept for a minute.
    const id = await request(slack, 'ana', { role: 'payments_read' });
    const shown = await card(slack, id, /Also usable by[\s\S]*dan[\s\S]*REVOKE "ana" FROM "dan";/);
    await deny(slack, 'cora', shown);
    await card(slack, id, /Denied/);
  });

  it('what may not be ended is said on the card, and counts as gone once it is closed', async () => {
    await stage.server.query(`revoke pg_signal_backend from ${HALLPASS}`);
    onTestFinished(async () => {
      await stage.server.query(`grant pg_signal_backend to ${HALLPASS} with inherit true, set false`);
    });
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    const session = await openTransaction(stage);
    await click(slack, 'ana', note, 'Relinquish');
    const shown = await card(slack, id, /Being revoked, not yet confirmed[\s\S]*may not end 1 session/);
    expect(shown.text).toContain('The role is gone, but');
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect((await untilInLedger(stage, id, 'ending')).why).toBe('relinquished');

    await session.query('rollback');
    await card(slack, id, /Ended: relinquished/);
  });
}
