/** Granting and revoking: what the server says, what people see of it, what the audit keeps. */

import { expect, it } from 'vitest';
import { HALLPASS } from '../../../sandbox/postgres/samples.js';
import { runSql } from '../../../sandbox/postgres/server-access.js';
import { buttonsOf } from '../../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../../sandbox/stage/cast.js';
import { all, card, click, clickAndHear, deny, request, told } from '../../../sandbox/stage/people.js';
import { expectReads, granted, isRefused, makeGrantable } from '../../support/access.js';
import { expectRung } from '../../support/messages.js';
import { eventsOf, obtain } from '../../support/requests.js';
import { FAILED, GRANTED, RELINQUISHED, WAITING } from '../../support/words.js';
import { FAY, type LifeStage, membersOf } from './stage.js';

const RUNGS = [WAITING, GRANTED];

export function granting(stage: LifeStage): void {
  const { slack, start, stop } = stage;

  it('from the wish to the revocation, everybody is told and every state is shown', async () => {
    const reason = 'ticket 812: a stuck order';
    const id = await request(slack, 'ana', { role: 'orders_read', duration: '1 hour', reason });
    const pending = await card(slack, id, /Waiting for approval/);
    expect(buttonsOf(pending.blocks)).toEqual(['Approve', 'Deny']);
    // The push notification stands alone.
    const facts = [CAST.ana, 'orders_read', 'Shop', 'production', '1 hour', reason, id, GROUPS.dba];
    for (const fact of facts) expect(pending.text).toContain(fact);
    const status = await told(slack, 'ana', id, /Asked to decide/);
    expect(buttonsOf(status.blocks)).toEqual(['Cancel request']);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);

    await click(slack, 'cora', pending, 'Approve');
    const note = await told(slack, 'ana', id, /psql/);
    expect(buttonsOf(note.blocks)).toEqual(['Relinquish', 'Extend']);
    expect(all(note)).toMatch(
      /Granted until <!date\^\d+\^[\s\S]*psql "host=127.0.0.1 port=\d+ dbname=shop user=ana"/,
    );
    await expectReads(stage, 'ana', 'orders_read');
    const granted = await card(
      slack,
      id,
      new RegExp(`Granted until <!date[\\s\\S]*Approved by <@${CAST.cora}> \\(dba\\) <!date`),
    );
    expect(buttonsOf(granted.blocks)).toEqual(['Extend', 'End access']);
    await told(slack, 'ana', id, /Approved by <@U0CORA>/);
    expect(
      await stage.server.query(
        `select admin_option, inherit_option, set_option, grantor::regrole::text
           from pg_auth_members where roleid = 'orders_read'::regrole and member = 'ana'::regrole`,
      ),
    ).toEqual([{ admin_option: false, inherit_option: true, set_option: false, grantor: HALLPASS }]);

    // Twice at once, and once more when it is over.
    slack.faults.duplicateNext();
    await click(slack, 'ana', note, 'Relinquish');
    const ended = await card(slack, id, new RegExp(`Ended: relinquished by <@${CAST.ana}>`));
    expect(buttonsOf(ended.blocks)).toEqual([]);
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(await clickAndHear(slack, 'ana', note, 'Relinquish')).toContain(`Nothing is granted under ${id}`);

    await expectRung(stage, 'ana', id, [...RUNGS, RELINQUISHED]);
    // The first post calls the approvers; the edits after it don't.
    await expectRung(stage, 'cora', id, [WAITING]);
    expect((await eventsOf(stage, id)).map(({ kind, actor }) => [kind, actor])).toEqual([
      ['submitted', CAST.ana],
      ['approved', CAST.cora],
      ['grant_intended', null],
      ['granted', null],
      ['relinquished', CAST.ana],
      ['proved_gone', null],
    ]);
  });

  it('a decision keeps the policy as evaluated, the configuration and the group, and nobody changes it', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    const events = await eventsOf(stage, id);
    expect(events.find(({ kind }) => kind === 'approved')).toMatchObject({
      actor: CAST.cora,
      data: {
        via: 'dba',
        configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        policy: { approvals: [{ from: [{ id: GROUPS.dba, name: 'dba' }], count: 1 }], maxMs: 4 * 3_600_000 },
      },
    });
    const denied = { code: '42501' };
    for (const sql of ['update events set actor = null', 'delete from events', 'truncate events']) {
      await expect(runSql(stage.env.DATABASE_URL ?? '', sql)).rejects.toMatchObject(denied);
    }
    expect(await eventsOf(stage, id)).toEqual(events);
  });

  it('a membership that somebody else makes during the loan survives it', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'payments_read' });
    await stage.server.query('grant payments_read to ana');
    expect(await membersOf(stage, 'payments_read')).toEqual([
      'ana by hallpass',
      'ana by postgres',
      'ben by postgres',
    ]);
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    expect(await membersOf(stage, 'payments_read')).toEqual(['ana by postgres', 'ben by postgres']);
    await expectReads(stage, 'ana', 'payments_read');
    await stage.server.query('revoke payments_read from ana');
  });

  it('a role that somebody else grants before the approval is not granted on top', async () => {
    const id = await request(slack, 'dan', { role: 'payments_read' });
    await stage.server.query('grant payments_read to dan');
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    const failed = await told(slack, 'dan', id, /Failed: nothing was granted[\s\S]*Why/);
    expect(all(failed)).toMatch(/dan already holds payments_read, granted by somebody else/);
    expect(await membersOf(stage, 'payments_read')).toEqual(['ben by postgres', 'dan by postgres']);
    await stage.server.query('revoke payments_read from dan');
  });

  it('what cannot be granted fails with a reason that a person understands, and leaves nothing', async () => {
    const { server } = stage;
    const fails = async (role: string, meanwhile: string, why: RegExp) => {
      const id = await request(slack, 'ana', { role });
      const pending = await card(slack, id, /Waiting/);
      await server.query(meanwhile);
      await click(slack, 'cora', pending, 'Approve');
      expect(all(await told(slack, 'ana', id, /Failed: nothing was granted/))).toMatch(why);
      const shown = await card(slack, id, /Failed: nothing was granted/);
      expect(all(shown)).toMatch(why);
      expect(buttonsOf(shown.blocks)).toEqual([]);
      await expectRung(stage, 'ana', id, [WAITING, FAILED]);
      expect((await eventsOf(stage, id)).map(({ kind }) => kind)).toEqual([
        'submitted',
        'approved',
        'grant_failed',
        'proved_gone',
      ]);
      return pending;
    };
    await makeGrantable(server, 'pg_monitor');
    const pending = await fails(
      'pg_monitor',
      `revoke pg_monitor from ${HALLPASS}`,
      /no ADMIN OPTION on the role pg_monitor/,
    );
    // It could not have been asked for without a word about what it does.
    expect(all(pending)).toMatch(/\*Danger:\* ([\w ]+: )?`pg_monitor` reads all server settings/);
    await fails('doomed', 'drop role doomed', /There is no role doomed on the server/);
    await fails('orders_read', 'alter role ana nologin', /ana can’t log in/);
    await server.query('alter role ana login');
    expect(await granted(stage)).toEqual([]);
  });

  it('a login that is gone by the approval fails too', async () => {
    await stage.server.query('create role fay login');
    const fay = slack.as(FAY);
    await fay.command('/request', 'shop orders_read 1h why');
    const says = (words: RegExp) => slack.waitFor(() => fay.messages('dm').find((m) => words.test(all(m))));
    const id = /R-\d+/.exec(all(await says(/Waiting for approval/)))?.[0] ?? '';
    await stage.server.query('drop role fay');
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    await says(/Failed: nothing was granted[\s\S]*There is no login fay on the server/);
  });

  it('approvers and operators end access; others may not', async () => {
    for (const ends of ['cora', 'olga'] as const) {
      const { id } = await obtain(stage, 'ben', { role: 'orders_read' });
      const active = await card(slack, id, /End access|Granted until/, 'olga');
      expect(await clickAndHear(slack, 'eve', active, 'End access')).toMatch(
        new RegExp(`can't end this access.*${GROUPS.dba}.*${GROUPS.sre}`),
      );
      await expectReads(stage, 'ben', 'orders_read');
      await click(slack, ends, active, 'End access');
      await told(slack, 'ben', id, new RegExp(`^Ended by <@${CAST[ends]}>`));
      expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
      expect(buttonsOf((await card(slack, id, new RegExp(`Ended by <@${CAST[ends]}>`))).blocks)).toEqual([]);
      expect(await clickAndHear(slack, 'cora', active, 'End access')).toContain('Nothing is granted under');
      await expectRung(stage, 'ben', id, [...RUNGS, `Ended by <@${CAST[ends]}>`]);
    }
  });

  it('what changed while no Hallpass ran is found at the start', async () => {
    const removed = await obtain(stage, 'ana', { role: 'orders_read' });
    const pending = await request(slack, 'ben', { role: 'orders_read' });
    const asked = await card(slack, pending, /Waiting/);
    expect(await stop()).toBe(0);
    // As the last comparison is older than half a minute by the time that somebody restarts Hallpass.
    await runSql(stage.ledgerUrl, `update targets set checked_at = now() - interval '1 minute'`);
    // What is decided here is what a click finds, before the round that asks about everybody has come to Ben.
    await runSql(stage.ledgerUrl, `update rounds set not_before = now() + interval '1 hour'`);
    await stage.server.query(`revoke orders_read from ana granted by ${HALLPASS}`);
    slack.workspace.setPerson(CAST.ben, { deactivated: true });
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.olga] });
    await start();

    await told(
      slack,
      'ana',
      removed.id,
      /^Ended: gone from the server, and the ledger doesn’t say who revoked it/,
    );
    const shown = await card(slack, removed.id, /Ended: gone from the server[\s\S]*Found removed <!date/);
    expect(buttonsOf(shown.blocks)).toEqual([]);
    await expectRung(stage, 'ana', removed.id, [
      ...RUNGS,
      'Ended: gone from the server, and the ledger doesn’t say who revoked it',
    ]);
    expect((await eventsOf(stage, removed.id)).slice(-2)).toMatchObject([
      { kind: 'found_gone' },
      { kind: 'proved_gone', data: { why: 'removed', found: true } },
    ]);
    expect(await clickAndHear(slack, 'ana', removed.note, 'Relinquish')).toContain(
      'Nothing is granted under',
    );
    // What somebody else took away may be asked for again.
    const again = await request(slack, 'ana', { role: 'orders_read' });
    await click(slack, 'ana', await told(slack, 'ana', again, /Waiting/), 'Cancel request');

    expect(await clickAndHear(slack, 'cora', asked, 'Approve')).toContain("can't decide");
    expect(await clickAndHear(slack, 'olga', asked, 'Approve')).toMatch(
      /for the login `ben`.*<@U0BEN> can't use anymore, so it can't be approved/,
    );
    await deny(slack, 'olga', asked);
    await card(slack, pending, /Denied by <@U0OLGA>/);
    slack.workspace.setPerson(CAST.ben, { deactivated: false });
    slack.workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.olga] });
  });
}
