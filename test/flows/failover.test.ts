/** The server behind a target fails over to an asynchronous standby that lags, from outside. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { all, card, click, told } from '../../sandbox/stage/people.js';
import { untilPast } from '../support/disturb.js';
import { operatorsHear } from '../support/messages.js';
import { approved, inLedger, LONG, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { type Standby, startStandby } from '../support/standby.js';
import { waitFor } from '../support/wait-for.js';

let proxy: TcpProxy | null = null;
const to = { host: '127.0.0.1', port: 0 };
const stage = await openStage({
  between: async (_, server) => {
    to.port = server.port;
    proxy = await startProxy(to);
    return { host: to.host, port: proxy.port };
  },
});
const { slack, server, samples } = stage;
const config = stage.env.HALLPASS_CONFIG ?? '';

/** A standby in `replicas:`, known to Hallpass. */
async function followedBy(): Promise<Standby> {
  const standby = await startStandby(server);
  onTestFinished(() => standby.stop());
  const written = await readFile(config, 'utf8');
  await writeFile(
    config,
    written.replace('    roles:', `    replicas: [{ host: 127.0.0.1, port: ${standby.port} }]\n    roles:`),
  );
  await standby.catchUp();
  return standby;
}

/** From now on the standby replays nothing: it has lost its way to the primary. */
async function cutOff(standby: Standby): Promise<void> {
  await standby.catchUp();
  await waitFor(
    async () => {
      await server.query(
        `select pg_terminate_backend(active_pid) from pg_replication_slots where active_pid is not null`,
      );
      await server.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots');
      return true;
    },
    { what: 'the standby to be cut off' },
  );
}

/** The primary is lost, the standby takes over, and the address leads to it. */
async function failOver(standby: Standby): Promise<Date> {
  await server.kill();
  await standby.promote();
  to.port = standby.port;
  const at = new Date();
  proxy?.cut();
  return at;
}

const reads = (standby: Standby, login: 'ana' | 'ben', table: string) =>
  runSql(standby.urlFor({ ...samples.people[login], database: 'shop' }), `select id from ${table}`).then(
    () => true,
    () => false,
  );

test('to a standby in `replicas:`: what is lost is made up for within seconds, and told as what it is', async () => {
  const standby = await followedBy();
  const hallpass = await stage.startHallpass();
  const back = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await waitFor(
    async () => {
      const [row] = await runSql<{ standbys: object }>(stage.ledgerUrl, 'select standbys from targets');
      return Object.keys(row?.standbys ?? {}).length === 1;
    },
    { what: 'the standby to be known' },
  );
  await cutOff(standby);
  const lost = await obtain(stage, 'ben', { role: 'orders_write', ...LONG });
  await click(slack, 'ana', back.note, 'Relinquish');
  await card(slack, back.id, /not yet confirmed[\s\S]*not replayed/);
  expect(await reads(standby, 'ana', 'orders.orders')).toBe(true);

  const promoted = await failOver(standby);
  await waitFor(async () => !(await reads(standby, 'ana', 'orders.orders')), { what: 'ana to lose it' });
  // At a retry, not at the heartbeat.
  expect(Date.now() - promoted.getTime()).toBeLessThan(14_000);
  expect((await untilInLedger(stage, back.id, 'ended')).why).toBe('relinquished');
  await told(slack, 'ben', lost.id, /^Ended: the server lost it, in a failover or a restore/);
  await operatorsHear(stage, /Shop after a failover from timeline 1 to 2[\s\S]*`orders_write` of `ben`/);

  // It is the target's own server from now on.
  const next = await obtainThere(standby, 'ben');
  await click(slack, 'ben', next.note, 'Relinquish');
  await told(slack, 'ben', next.id, /Ended: relinquished by you/);
  expect(await hallpass.stop()).toBe(0);
  await server.start();
  to.port = server.port;
});

async function obtainThere(standby: Standby, login: 'ana' | 'ben') {
  const id = await approved(stage, login, { role: 'orders_read', ...LONG });
  const note = await told(slack, login, id, /psql/);
  expect(await reads(standby, login, 'orders.orders')).toBe(true);
  return { id, note };
}

test('a new process still knows the standby', async () => {
  await runSql(stage.ledgerUrl, `update targets set standbys = '{}', started_at = null, checked_at = null`);
  const written = await readFile(config, 'utf8');
  await writeFile(config, written.replace(/ {4}replicas: .*\n/, ''));
  const standby = await followedBy();
  let hallpass = await stage.startHallpass();
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '20s' });
  await waitFor(
    async () => {
      const [row] = await runSql<{ standbys: object }>(stage.ledgerUrl, 'select standbys from targets');
      return Object.keys(row?.standbys ?? {}).length === 1;
    },
    { what: 'the standby to be known' },
  );
  await hallpass.kill();
  await standby.catchUp();
  await failOver(standby);
  hallpass = await stage.startHallpass();
  // Granted on the first, and proved gone on what became of it, without an operator.
  const { state, expires_at } = await inLedger(stage, id);
  expect(state).toBe('active');
  await untilPast(expires_at);
  const shown = await told(slack, 'ana', id, /Ended: its time was up/);
  expect(all(shown)).toContain('Confirmed gone');
  expect(await reads(standby, 'ana', 'orders.orders')).toBe(false);
  expect(await hallpass.stop()).toBe(0);
  await server.start();
});
