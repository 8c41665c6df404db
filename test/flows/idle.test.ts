/** With nothing out, Hallpass asks little of its ledger and nothing of its targets, and wakes with the first request. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Cluster } from '../../sandbox/postgres/cluster.js';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { click } from '../../sandbox/stage/people.js';
import { granted, isRefused } from '../support/access.js';
import { expectSettled, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

// What autovacuum does is counted with the rest.
const stage = await openStage({ vault: true, servers: { settings: { autovacuum: 'off' } } });
const { server, ledgerUrl, slack } = stage;
await stage.run('migrate');

/** Connections that the start needed are let go after a minute. */
const REST_MS = 75_000;
/** Three heartbeats. */
const WATCHED_MS = 45_000;
const MINUTES = WATCHED_MS / 60_000;

const read = async <Row extends object>(text: string) =>
  (await runSql<Row & Record<string, unknown>>(ledgerUrl, text))[0];

/** Transactions of the ledger's database, with those of who asks: one to connect and one to read. */
const ofLedger = async () =>
  (
    await read<{ n: number }>(
      'select (xact_commit + xact_rollback)::int as n from pg_stat_database where datname = current_database()',
    )
  )?.n ?? Number.NaN;

const connections = async () =>
  (
    await read<{ n: number }>(
      `select count(*)::int as n from pg_stat_activity where datname = current_database()
         and pid <> pg_backend_pid()`,
    )
  )?.n ?? Number.NaN;

/** When Hallpass's login was last at work there, by its sessions. */
async function lastAsked(on: Pick<Cluster, 'query'>): Promise<readonly (Date | null)[]> {
  const rows = await on.query<{ at: Date }>(
    `select query_start as at from pg_stat_activity where usename like 'hallpass%' order by pid`,
  );
  return rows.map(({ at }) => at);
}

test('little is asked of the ledger, and nothing of a target, until somebody asks for a role', async () => {
  const hallpass = await stage.startHallpass();
  const { vault } = stage;
  if (vault === null) throw new Error('this stage has no vault');
  await sleep(REST_MS);
  const [before, asked] = [await ofLedger(), await Promise.all([server, vault].map(lastAsked))];
  await sleep(WATCHED_MS);
  expect((await ofLedger()) - before - 2).toBeLessThanOrEqual(20 * MINUTES);
  const open = await connections();
  expect(open).toBeGreaterThan(0);
  expect(open).toBeLessThanOrEqual(5);
  expect(await Promise.all([server, vault].map(lastAsked))).toEqual(asked);

  const { note } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '15m' });
  await click(slack, 'ana', note, 'Relinquish');
  await waitFor(() => isRefused(stage, 'ana', 'orders_read'), { what: 'it to be revoked' });
  await expectSettled(stage);
  await hallpass.stop();
});

test.each([
  [
    'six minutes ago is left alone',
    { role: 'orders_write', ago: '6 minutes', ended: '2 hours', compared: false },
  ],
  [
    'half an hour ago is compared',
    { role: 'orders_read', ago: '31 minutes', ended: '2 hours', compared: true },
  ],
  [
    'six minutes ago, where a grant ended just now, is compared',
    { role: 'payments_read', ago: '6 minutes', ended: '1 minute', compared: true },
  ],
])('an idle target that was compared %s', async (_, { role, ago, ended, compared }) => {
  await runSql(
    ledgerUrl,
    `update requests set ended_at = now() - interval '${ended}' where ended_at is not null`,
  );
  await runSql(ledgerUrl, `update targets set checked_at = now() - interval '${ago}'`);
  // What nobody granted is found by the comparison, and by nothing else.
  await server.query(`grant ${role} to ben granted by hallpass`);
  const hallpass = await stage.startHallpass();
  const second = await stage.startHallpass({ OPS_PORT: String(await freePort()) });
  const found = async () =>
    (await runSql(ledgerUrl, 'select from orphans where role = $1', [role])).length > 0;
  if (compared) await waitFor(found, { what: 'the stray to be found' });
  else {
    await sleep(20_000);
    expect(await found()).toBe(false);
    expect(await granted(stage)).toContain(`${role} ben`);
  }
  await server.query(`revoke ${role} from ben granted by hallpass`);
  await Promise.all([hallpass.stop(), second.stop()]);
});
