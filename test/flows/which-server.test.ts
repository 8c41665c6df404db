/** Another server answers at a target's address, from outside: a copy, an upgrade, one that is gone; the last word of an operator. */
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startProxy, type TcpProxy } from '../../sandbox/postgres/proxy.js';
import { runSql, type ServerAccess } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, told } from '../../sandbox/stage/people.js';
import { granted, isRefused } from '../support/access.js';
import { changedConfiguration, runHallpass } from '../support/commands.js';
import { startCopy, startUpgraded } from '../support/copy.js';
import { operatorsHear } from '../support/messages.js';
import { approved, inLedger, LONG, obtain, untilInLedger } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { startStandby } from '../support/standby.js';
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
/** Commands, copies of servers and heartbeats take their time. */
let hallpass = await stage.startHallpass();

/** From now on the address leads there. */
function leadTo({ port }: Pick<ServerAccess, 'port'>): void {
  to.port = port;
  proxy?.cut();
}

/** A server like a standby that nobody named, promoted. */
async function promotedCopy(): Promise<ServerAccess> {
  const standby = await startStandby(server);
  onTestFinished(() => standby.stop());
  await standby.catchUp();
  await standby.promote();
  return standby;
}

/** As `told`, of what a command wrote: a running Hallpass shows it with the next heartbeat. */
const toldLater = (name: 'ana', id: string, pattern: RegExp) =>
  waitFor(
    () =>
      told(slack, name, id, pattern).then(
        (message) => message,
        () => null,
      ),
    { what: `${name} to be told of ${id}` },
  );

const reads = (on: ServerAccess, login: 'ana' | 'ben') =>
  runSql(on.urlFor({ ...samples.people[login], database: 'shop' }), 'select id from orders.orders').then(
    () => true,
    () => false,
  );

test('a copy at the address proves nothing of its original, and nothing is granted there', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', otherDuration: '20s' });
  const copy = await promotedCopy();
  leadTo(copy);
  const report = await operatorsHear(stage, /Another server answers at Shop/);
  expect(all(report)).toContain('timeline 2');
  expect(all(report)).toContain('`hallpass recover --replaced shop`');
  expect((await runHallpass(stage, ['status', 'shop'])).said).toContain('BLOCKED (may_be_a_copy)');
  await card(slack, id, /not yet confirmed[\s\S]*It may be a failover or a copy/);
  // What is due is done there all the same.
  await waitFor(async () => !(await reads(copy, 'ana')), { what: 'ana to lose it on the copy' });
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(false);
  expect((await inLedger(stage, id)).ended_at).toBeNull();
  const other = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
  await card(slack, other, /not granted yet[\s\S]*It may be a failover or a copy/);
  expect(await reads(copy, 'ben')).toBe(false);

  leadTo(server);
  await told(slack, 'ana', id, /Ended: its time was up/);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  expect((await runHallpass(stage, ['status', 'shop'])).said).not.toContain('BLOCKED');
  await click(slack, 'ben', await told(slack, 'ben', other, /psql/), 'Relinquish');
  await told(slack, 'ben', other, /Ended: relinquished by you/);
});

test('by an operator’s word a copy takes the place of the original, and grants go on there', async () => {
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const copy = await promotedCopy();
  leadTo(copy);
  await waitFor(
    async () =>
      (await runSql(stage.ledgerUrl, 'select from targets where stranger is not null')).length === 1,
    { what: 'the copy to be met' },
  );
  const unsure = await runHallpass(stage, ['recover', '--replaced', 'shop']);
  expect(unsure.code).toBe(1);
  expect(unsure.said).toContain(`shop: ${id} (orders_read to ana): stands there; goes on to its end`);
  expect(unsure.said).toContain('add --yes');
  const said = await runHallpass(stage, [
    'recover',
    '--replaced',
    'shop',
    '--because',
    'failover by hand',
    '--yes',
  ]);
  expect(said).toMatchObject({ code: 0 });
  await operatorsHear(stage, /Shop was replaced by another server[\s\S]*failover by hand/);

  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished by you/);
  expect(await reads(copy, 'ana')).toBe(false);
  const next = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
  await click(slack, 'ben', await told(slack, 'ben', next, /psql/), 'Relinquish');
  await told(slack, 'ben', next, /Ended: relinquished by you/);
  // Back on the original. Nothing is out on the copy: the original is taken at once, and operators hear of it.
  leadTo(server);
  await operatorsHear(
    stage,
    /Shop: another server answers, and roles are granted there now[\s\S]*timeline 1/,
  );
  // What stands there since is a leftover.
  await waitFor(() => isRefused(stage, 'ana', 'orders_read'), {
    what: 'the leftover to go',
  });
});

test('after an upgrade the messages say the truth, and an operator closes what was out', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  const upgraded = await startUpgraded(server);
  onTestFinished(() => upgraded.stop());
  const session = new pg.Client(upgraded.urlFor({ ...samples.people.ana, database: 'shop' }));
  let isCut = false;
  session.on('error', () => {
    isCut = true;
  });
  await session.connect();
  await session.query('begin; select id from orders.orders');

  leadTo(upgraded);
  const report = await operatorsHear(stage, new RegExp(`${id} still stands on the server that answers`));
  expect(all(report)).toContain('`hallpass recover --replaced shop`');
  expect((await runHallpass(stage, ['status', 'shop'])).said).toContain('BLOCKED (other_server)');
  const foreseen = await runHallpass(stage, ['recover', '--replaced', 'shop']);
  expect(foreseen.said).toContain(`${id} (orders_read to ana): stands on the new server; is revoked there`);
  expect(await reads(upgraded, 'ana')).toBe(true);
  const done = await runHallpass(stage, ['recover', '--replaced', 'shop', '--because', 'upgrade', '--yes']);
  expect(done.said).toContain(`${id} (orders_read to ana): revoked on the new server, and closed`);
  expect(done.code).toBe(0);
  expect(await reads(upgraded, 'ana')).toBe(false);
  await waitFor(() => isCut, { what: 'her session to end' });
  await toldLater('ana', id, /^Ended: its server was replaced[\s\S]*upgrade/);
  await card(slack, id, /Ended: its server was replaced/);
  expect(
    await runSql(
      stage.ledgerUrl,
      `select kind from events where request_id = $1 and kind in ('replaced', 'proved_gone')`,
      [id.slice(2)],
    ),
  ).toEqual([{ kind: 'replaced' }]);

  const next = await approved(stage, 'ben', { role: 'orders_read', ...LONG });
  await click(slack, 'ben', await told(slack, 'ben', next, /psql/), 'Relinquish');
  await told(slack, 'ben', next, /Ended: relinquished by you/);
  const strange = slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter((message) => all(message).includes('Unexplained membership'));
  expect(strange).toEqual([]);
  leadTo(server);
  await waitFor(() => isRefused(stage, 'ana', 'orders_read'), {
    what: 'the leftover to go',
  });
});

test('what can never be proved is written off, and not called confirmed', async () => {
  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  await server.kill();
  await click(slack, 'ana', note, 'Relinquish');
  await card(slack, id, /not yet confirmed/);
  const refused = await runHallpass(stage, ['recover', '--write-off', id, '--because', 'gone']);
  expect(refused.said).toContain('add --yes');
  expect(refused.code).toBe(1);
  expect((await inLedger(stage, id)).ended_at).toBeNull();
  const said = await runHallpass(stage, [
    'recover',
    '--write-off',
    id,
    '--because',
    'the server burned',
    '--yes',
  ]);
  expect(said.said).toContain(`${id}: written off`);
  expect(said.code).toBe(0);
  const ended = await toldLater(
    'ana',
    id,
    /^Ended: written off by an operator, without proof[\s\S]*the server burned/,
  );
  expect(all(ended)).toContain('nobody has confirmed');
  expect(all(ended)).not.toContain('Confirmed gone');
  await operatorsHear(stage, /Written off on Shop, without proof/);

  // It wasn't gone after all.
  await server.start();
  await waitFor(() => isRefused(stage, 'ana', 'orders_read'), {
    what: 'the leftover to go',
  });
  await waitFor(async () => (await granted(stage)).length === 0, { what: 'nothing to be out' });
});

test('a target leaves the configuration for good, with something open', async () => {
  const { id } = await obtain(stage, 'ana', { role: 'orders_read', ...LONG });
  expect(await hallpass.stop()).toBe(0);
  const without = await changedConfiguration(stage, (yaml) => yaml.replace('  shop:', '  depot:'));
  await expect(stage.startHallpass(without)).rejects.toThrow(/recover --write-off --target/);
  const said = await runHallpass(
    stage,
    ['recover', '--write-off', '--target', 'shop', '--because', 'it was sold', '--yes'],
    without,
  );
  expect(said.said).toContain(`${id}: written off`);
  hallpass = await stage.startHallpass(without);
  expect((await untilInLedger(stage, id, 'ended')).why).toBe('ended');
  await toldLater('ana', id, /^Ended: written off by an operator/);
  const next = await approved(stage, 'ben', { target: 'depot', role: 'orders_read', ...LONG });
  await click(slack, 'ben', await told(slack, 'ben', next, /psql/), 'Relinquish');
  await told(slack, 'ben', next, /Ended: relinquished by you/);
  // What its server was is known of the new name only.
  expect(await runSql(stage.ledgerUrl, 'select name from targets where server is not null')).toEqual([
    { name: 'depot' },
  ]);
  expect(await hallpass.stop()).toBe(0);
});

test('a copy from before a grant is told from a restart', async () => {
  hallpass = await stage.startHallpass();
  const copy = await startCopy(server);
  onTestFinished(() => copy.stop());
  const { id } = await obtain(stage, 'dan', { role: 'payments_read', ...LONG });
  await waitFor(
    async () => {
      const [row] = await runSql<{ ok: boolean }>(
        stage.ledgerUrl,
        `select t.lsn > $1 and t.seen_at > r.granted_at as ok from targets t, requests r where t.name = 'shop' and r.id = $2`,
        [await flushed(copy), id.slice(2)],
      );
      return row?.ok === true;
    },
    { what: 'the server to be looked at' },
  );
  leadTo(copy);
  await operatorsHear(
    stage,
    /Another server answers at Shop[\s\S]*timeline 1, started[\s\S]*timeline 1, started/,
  );
  expect((await inLedger(stage, id)).state).toBe('active');
  leadTo(server);
  expect(await hallpass.stop()).toBe(0);
});

async function flushed(on: ServerAccess): Promise<number> {
  const [row] = await on.query<{ lsn: string }>(`select (pg_current_wal_flush_lsn() - '0/0')::text as lsn`);
  return Number(row?.lsn);
}
