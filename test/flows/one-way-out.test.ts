/**
 * Memberships that leave beside their request: what came back after its end, and what no request explains. They are gone
 * when the sessions are that could still use them; until then everybody who looks is told so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, clickAndHear, messagesOf, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { expectReads, isRefused } from '../support/access.js';
import { installedMajors } from '../support/majors.js';
import { operatorsHear } from '../support/messages.js';
import { metric } from '../support/ops-port.js';
import { approved, expectSettled, obtain, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const WISH = { otherDuration: '15m' };
const READ = 'select count(*)::int as n from orders.orders';

const majors = installedMajors();
const tried = process.env.ALL_MAJORS
  ? majors
  : [majors[0], majors.at(-1)].filter((each) => each !== undefined);

describe.each(tried)('on Postgres $major', async ({ major, binaries }) => {
  const stage = await openStage({ vault: true, servers: { binaries } });
  const { slack, server } = stage;
  const options = major >= 16 ? 'with inherit true, set false' : '';
  let hallpass: HallpassProcess | null = null;
  const start = async (changes: Readonly<Record<string, string>> = {}) => {
    await hallpass?.stop();
    hallpass = await stage.startHallpass(changes);
  };

  afterEach(() => expectSettled(stage));

  /** As somebody would who has Hallpass's own login; or as a server that has forgotten a REVOKE. */
  const grantByHand = () => runSql(stage.samples.hallpass.url, `grant orders_read to ana ${options}`);
  const compareNow = () =>
    runSql(
      stage.ledgerUrl,
      "update targets set checked_at = null, wake_seq = wake_seq + 1 where name = 'shop'",
    );
  const events = (kind: string) =>
    runSql<{ request: string | null; actor: string | null; data: Record<string, unknown> }>(
      stage.ledgerUrl,
      "select 'R-' || request_id as request, actor, data from events where kind = $1 order by id desc",
      [kind],
    );

  /** A session of Ana's that goes on reading after a plain REVOKE, as her release of Postgres lets her. */
  async function reader(): Promise<{
    isEnded(): boolean;
    reads(): Promise<boolean>;
    close(): Promise<void>;
  }> {
    const client = new pg.Client({ connectionString: stage.samples.people.ana.url });
    let ended = false;
    client.on('error', () => undefined);
    client.on('end', () => {
      ended = true;
    });
    await client.connect();
    const close = () => client.end().catch(() => undefined);
    onTestFinished(close);
    if (major < 16) await client.query('set role orders_read');
    else {
      await client.query('begin');
      for (let i = 0; i < 6; i++) await client.query({ name: 'read', text: READ });
    }
    return {
      isEnded: () => ended,
      reads: async () =>
        (await client.query(major < 16 ? READ : { name: 'read', text: READ })).rows.length === 1,
      close,
    };
  }

  const untilEnded = (session: { isEnded(): boolean }) =>
    waitFor(session.isEnded, { what: 'the session to be ended' });

  /** Takes from Hallpass the right to end sessions. */
  async function keepFromEnding(): Promise<() => Promise<void>> {
    await server.query(`revoke pg_signal_backend from ${HALLPASS}`);
    const allow = async () => {
      await server.query(
        `grant pg_signal_backend to ${HALLPASS}${major >= 16 ? ' with inherit true, set false' : ''}`,
      );
    };
    onTestFinished(allow);
    return allow;
  }

  /** @returns the request that Ana had, and has relinquished */
  async function ended(): Promise<string> {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...WISH });
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    await untilAllSent(stage);
    return id;
  }

  test('what came back is revoked with its sessions, and its holder and the operators are told', async () => {
    await start();
    const id = await ended();
    await grantByHand();
    const session = await reader();
    await compareNow();
    await untilEnded(session);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    const heard = all(await operatorsHear(stage, new RegExp(`${id} came back and was revoked on Shop`)));
    expect(heard).toMatch(/Revoked `orders_read` from `ana` and ended 1 session, confirmed/);
    expect(heard).toContain('Hallpass doesn’t know how it came back');
    const message = all(await told(slack, 'ana', id, /came back and was revoked/));
    expect(message).toMatch(/It was last seen gone .*, and may have been usable since\./);
    await card(slack, id, /Ended: relinquished[\s\S]*came back on the server[\s\S]*ended 1 session/);
    await told(slack, 'ana', id, /Ended: relinquished[\s\S]*came back on the server[\s\S]*ended 1 session/);
    expect(await events('leftover_found')).toMatchObject([{ request: id, data: { login: 'ana' } }]);
    expect(await events('leftover_taken_back')).toMatchObject([
      { request: id, data: { outcome: 'gone', closed: 1, prepared: [] } },
    ]);
  });

  test('while a session goes on, nobody says that it was revoked; it gets overdue, and holds up nothing', async () => {
    await start();
    const id = await ended();
    const allow = await keepFromEnding();
    await grantByHand();
    const session = await reader();
    await compareNow();
    const heard = all(await operatorsHear(stage, new RegExp(`${id} came back and is being revoked`)));
    expect(heard).toMatch(/Not confirmed yet: The role is gone, but .*1 session/);
    await card(slack, id, /Usable again, being revoked, not yet confirmed/);
    await told(slack, 'ana', id, /came back and is being revoked/);
    expect(await session.reads()).toBe(true);
    // The comparison is done: one membership that can't be settled has it made neither again nor in part.
    await waitFor(
      async () =>
        (await runSql(stage.ledgerUrl, "select from targets where name = 'shop' and checked_at is not null"))
          .length === 1,
      { what: 'the comparison to be recorded' },
    );
    await runSql(
      stage.ledgerUrl,
      "update strays set due_at = now() - interval '61 s' where settled_at is null",
    );
    await operatorsHear(stage, /^Overdue: 1 revocation on Shop[\s\S]*may not end/);
    expect(await metric(stage.env, 'hallpass_overdue_revocations{target="shop"}')).toBe(1);
    expect(
      [...slack.as(CAST.olga).messages(CHANNELS.operators), ...messagesOf(slack, 'ana')].filter(
        (message) => all(message).includes(id) && /was revoked/.test(all(message)),
      ),
    ).toEqual([]);
    await hallpass?.kill();
    await start();
    await allow();
    await untilEnded(session);
    await operatorsHear(stage, new RegExp(`${id} came back and was revoked on Shop`));
    await operatorsHear(stage, /^Resolved: nothing is overdue on Shop/);
    expect((await events('leftover_found')).filter(({ request }) => request === id)).toHaveLength(1);
    expect((await events('leftover_taken_back')).filter(({ request }) => request === id)).toHaveLength(1);
  });

  test('what a newer request has been given since is that one’s, and ends with it', async () => {
    await start();
    const id = await ended();
    const allow = await keepFromEnding();
    await grantByHand();
    const session = await reader();
    await compareNow();
    await operatorsHear(stage, new RegExp(`${id} came back and is being revoked`));
    const newer = await approved(stage, 'ana', { role: 'orders_read', ...WISH });
    const note = await told(slack, 'ana', newer, /psql/);
    const kept = all(await operatorsHear(stage, new RegExp(`${id} came back on Shop`)));
    expect(kept).toContain(`Nothing was revoked: \`orders_read\` is ${newer}’s now, and ends with it`);
    await expectReads(stage, 'ana', 'orders_read');
    await allow();
    await click(slack, 'ana', note, 'Relinquish');
    await untilEnded(session);
    await told(slack, 'ana', newer, /Ended: relinquished/);
  });

  test('an orphan by a click: revoked is said when its sessions are ended', async () => {
    await start();
    await runSql(stage.samples.hallpass.url, `grant orders_read to ben ${options}`);
    await compareNow();
    const report = await operatorsHear(stage, /Unexplained membership on Shop[\s\S]*`ben`/);
    await runSql(stage.samples.hallpass.url, 'revoke orders_read from ben');
    await compareNow();
    await waitFor(
      async () =>
        (await runSql(stage.ledgerUrl, 'select from orphans where settled_at is null')).length === 0,
      { what: 'the orphan to be gone' },
    );
    expect(await clickAndHear(slack, 'olga', report, 'Revoke')).toContain('is gone already');

    const allow = await keepFromEnding();
    await runSql(stage.samples.hallpass.url, `grant payments_read to ana ${options}`);
    await compareNow();
    const second = await operatorsHear(stage, /Unexplained membership on Shop[\s\S]*`ana`/);
    const client = new pg.Client({ connectionString: stage.samples.people.ana.url });
    client.on('error', () => undefined);
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    await client.query(major < 16 ? 'set role payments_read' : 'begin');
    await client.query('select count(*) from payments.payments');
    await click(slack, 'olga', second, 'Revoke');
    const open = all(await operatorsHear(stage, /Revoking an unexplained membership on Shop/));
    expect(open).toContain(`being revoked by <@${CAST.olga}>, not yet confirmed`);
    await operatorsHear(stage, /Revoking an unexplained[\s\S]*may not end 1 session/);
    await allow();
    const done = all(await operatorsHear(stage, /Unexplained membership revoked on Shop/));
    expect(done).toContain('Revoked `payments_read` from `ana` and ended 1 session');
    await expect(client.query('select 1')).rejects.toThrow();
    expect(await isRefused(stage, 'ana', 'payments_read')).toBe(true);
    await slack.waitFor(() =>
      messagesOf(slack, 'ana').find((message) => /^Hallpass revoked a role of yours/.test(message.text)),
    );
    expect(await events('orphan_take_asked')).toMatchObject([{ actor: CAST.olga }]);
    expect(await events('orphan_taken_back')).toMatchObject([{ actor: CAST.olga, data: { closed: 1 } }]);
  });

  test('an orphan by `orphans: revoke`: with its sessions', async () => {
    const path = `${stage.env.HALLPASS_CONFIG}.revoke`;
    const yaml = readFileSync(stage.env.HALLPASS_CONFIG ?? '', 'utf8');
    writeFileSync(path, yaml.replace('    name: Shop\n', '    name: Shop\n    orphans: revoke\n'));
    await start({ HALLPASS_CONFIG: path });
    await runSql(stage.samples.hallpass.url, `grant payments_read to dan ${options}`);
    const client = new pg.Client({ connectionString: stage.samples.people.dan.url });
    let gone = false;
    client.on('error', () => undefined);
    client.on('end', () => {
      gone = true;
    });
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    await client.query(major < 16 ? 'set role payments_read' : 'begin');
    await client.query('select count(*) from payments.payments');
    await compareNow();
    await untilEnded({ isEnded: () => gone });
    const done = all(await operatorsHear(stage, /Revoked `payments_read` from `dan` and ended 1 session/));
    expect(done).toContain('because of `orphans: revoke`');
    expect(await isRefused(stage, 'dan', 'payments_read')).toBe(true);
    expect((await events('orphan_taken_back'))[0]).toMatchObject({ actor: null, data: { closed: 1 } });
  });

  test('a guarded target that has forgotten the end of a grant, as after a failover', async () => {
    await start();
    const { id, note } = await obtain(stage, 'ana', { target: 'vault', role: 'vault_read', ...WISH });
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    const inVault = (sql: string) => stage.vault?.query(sql, [], 'hallpass');
    await inVault(
      `do $$ begin set local role hallpass_owner; grant vault_read to ana ${options}; end $$;
       update hallpass.grants set ended_at = null, end_state = null, ended_tx = null, gone_at = null,
         sessions_ended_at = null, closed_pids = '{}'`,
    );
    const client = new pg.Client({ connectionString: vaultUrlOf() });
    let gone = false;
    client.on('error', () => undefined);
    client.on('end', () => {
      gone = true;
    });
    await client.connect();
    onTestFinished(() => client.end().catch(() => undefined));
    await client.query(major < 16 ? 'set role vault_read' : 'begin');
    await client.query('select count(*) from keys.keys');
    await runSql(stage.ledgerUrl, "update targets set checked_at = null where name = 'vault'");
    await untilEnded({ isEnded: () => gone });
    expect(await isRefused(stage, 'ana', 'vault_read')).toBe(true);
    await operatorsHear(
      stage,
      new RegExp(`${id} came back and was revoked on Vault[\\s\\S]*ended 1 session`),
    );
    await told(slack, 'ana', id, /came back and was revoked/);
  });

  const vaultUrlOf = () => stage.vault?.urlFor({ ...stage.samples.people.ana, database: 'vault' }) ?? '';
});
