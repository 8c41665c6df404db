/** `hallpass check` of what keeps Hallpass from granting or revoking on a target, each made by hand. */
import pg from 'pg';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startCluster } from '../../sandbox/postgres/cluster.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { told } from '../../sandbox/stage/people.js';
import { granted } from '../support/access.js';
import { checkFinds } from '../support/check-finds.js';
import { changedConfiguration, runHallpass } from '../support/commands.js';
import { LONG, obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const { server } = stage;

const configured = (change: (yaml: string) => string) => changedConfiguration(stage, change);
const inLedger = (sql: string) => runSql(stage.ledgerUrl, sql);
const found = (troubles: readonly string[], line: RegExp) =>
  expect(troubles).toContainEqual(expect.stringMatching(line));

/** Something is out, and nothing runs. */
let id = '';
beforeAll(async () => {
  // What another ledger wrote there is there before ours is.
  await stage.run('migrate');
  await server.query("alter role hallpass set application_name = 'hallpass-ledger:999:0123456789abcdef:5'");
  const { code, troubles } = await checkFinds(stage);
  expect(code).toBe(1);
  found(
    troubles,
    /^failure ledger: The ledger is in doubt: .*entry 999 of the audit trail.* Nothing is granted or revoked there, .*\n.*`hallpass recover shop`/,
  );
  await server.query('alter role hallpass reset application_name');
  const hallpass = await stage.startHallpass();
  id = (await obtain(stage, 'ana', { role: 'orders_read', ...LONG })).id;
  expect(await hallpass.stop()).toBe(0);
});

test('with something out and nothing running, all is right', async () => {
  const { code, troubles } = await checkFinds(stage);
  expect(troubles.filter((line) => line.startsWith('failure'))).toEqual([]);
  expect(code).toBe(0);
});

test('a target that left the file with something open', async () => {
  const renamed = await configured((yaml) => yaml.replace('  shop:', '  store:'));
  const { code, troubles } = await checkFinds(stage, renamed);
  expect(code).toBe(1);
  found(
    troubles,
    /^failure ledger: hallpass serve refuses to start, for all targets: the configuration no longer has shop, .*\n.*grant: false/,
  );
});

test('what the server remembers, written by somebody else; also by what a running Hallpass noted', async () => {
  const [role] = await server.query<{ config: readonly string[] | null }>(
    "select rolconfig as config from pg_roles where rolname = 'hallpass'",
  );
  const own = role?.config?.[0]?.replace(/^application_name=/, '');
  const note = (text: string) =>
    server.query(`alter role hallpass set application_name = ${pg.escapeLiteral(text)}`);
  onTestFinished(async () => void (await (own ? note(own) : server.query('alter role hallpass reset all'))));
  await inLedger('update targets set anchored = true');
  await note('hallpass-ledger:999:0123456789abcdef:5');
  const forged = await checkFinds(stage);
  expect(forged.code).toBe(1);
  found(forged.troubles, /^failure ledger: What the server remembers of the ledger is not signed by it/);

  await inLedger("update targets set doubt = 'hallpass-ledger:999:0123456789abcdef:5'");
  onTestFinished(async () => void (await inLedger('update targets set doubt = null')));
  const down = await configured((yaml) => yaml.replace(/port: \d+/, 'port: 1'));
  const known = await checkFinds(stage, down);
  expect(known.code).toBe(1);
  found(known.troubles, /^failure ledger: The ledger is in doubt: .* Nothing is granted or revoked there/);
});

test('another login than the one that granted what is out', async () => {
  const { password } = stage.samples.hallpass;
  await server.query(`create role hallpass2 login password '${password}'`);
  await server.query('grant connect on database shop to hallpass2');
  await server.query('grant pg_read_all_stats, pg_signal_backend to hallpass2');
  await server.query(
    'grant orders_read, orders_write, payments_read to hallpass2 with admin true, inherit false, set false',
  );
  const changed = await configured((yaml) => yaml.replace('user: hallpass', 'user: hallpass2'));
  const { code, troubles } = await checkFinds(stage, changed);
  expect(code).toBe(1);
  found(
    troubles,
    new RegExp(
      `^failure memberships: ${id} \\(orders_read to ana\\) was granted by hallpass, and Hallpass now logs in as hallpass2\\.\\n.*connect:`,
    ),
  );
});

test('another server at the address', async () => {
  const other = await startCluster({ name: 'other' });
  onTestFinished(() => other.close());
  await other.query(`create role hallpass login password '${stage.samples.hallpass.password}'`);
  await other.query('create database shop');
  const moved = await configured((yaml) => yaml.replace(/port: \d+/, `port: ${other.port}`));
  const { code, troubles } = await checkFinds(stage, moved);
  expect(code).toBe(1);
  found(
    troubles,
    /^failure server: Another server answers at this address: its system identifier is \d+, not \d+\. .*\n.*hallpass recover --replaced shop/,
  );
});

test('two targets that are one server', async () => {
  const twice = await configured(
    (yaml) => `${yaml}  twin:
    name: Twin
    connect: { host: ${server.host}, port: ${server.port}, database: shop, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: { orders_read: read }
`,
  );
  await inLedger(
    `insert into targets (name, server, system_id, timeline, started_at)
       select 'twin', server, system_id, timeline, started_at from targets where name = 'shop'`,
  );
  onTestFinished(async () => void (await inLedger("delete from targets where name = 'twin'")));
  const { code, troubles } = await checkFinds(stage, twice);
  expect(code).toBe(1);
  found(troubles, /^failure server: twin is the same server as shop: roles belong to a whole server/);
});

test('memberships that no request explains, that outlived theirs, or that are being revoked', async () => {
  const as = (sql: string) => runSql(stage.samples.hallpass.url, sql);
  await as('grant payments_read to ana');
  await as('grant orders_write to ben');
  onTestFinished(async () => {
    await as('revoke payments_read from ana granted by hallpass');
    await as('revoke orders_write from ben granted by hallpass');
    await inLedger('delete from strays');
  });
  const { code, troubles } = await checkFinds(stage);
  expect(code).toBe(1);
  for (const pair of ['ana is a member of payments_read', 'ben is a member of orders_write']) {
    found(troubles, new RegExp(`^failure memberships: ${pair} by hallpass, and no request in the ledger`));
  }
  const revoking = await configured((yaml) =>
    yaml.replace('    name: Shop', '    name: Shop\n    orphans: revoke'),
  );
  const willBe = await checkFinds(stage, revoking);
  expect(willBe.code).toBe(0);
  found(willBe.troubles, /^note memberships: ana is a member of payments_read .*\n.*orphans: revoke/);

  await inLedger(
    `insert into strays (kind, target, server, grantor_oid, role_oid, member_oid, role, login, sessions, set_role, due_at, trouble)
       select 'orphan', 'shop', t.server, ${await oid('hallpass')}, ${await oid('payments_read')}, ${await oid('ana')},
           'payments_read', 'ana', 'auto', true, now() - interval '5 minutes', 'Somebody holds a lock.'
         from targets t where t.name = 'shop'`,
  );
  const late = await checkFinds(stage, revoking);
  expect(late.code).toBe(1);
  found(
    late.troubles,
    /^failure memberships: Hallpass is revoking payments_read of ana, for 5 minutes.* by now: .* What keeps it: Somebody holds a lock\./,
  );
  found(
    late.troubles,
    /^failure memberships: 1 revocation is overdue, the first since \d{4}-.*Somebody holds/,
  );
  expect(late.troubles.filter((line) => line.includes('ana is a member of payments_read'))).toEqual([]);
});

async function oid(role: string): Promise<number> {
  const [row] = await server.query<{ oid: number }>(`select '${role}'::regrole::oid as oid`);
  return row?.oid ?? 0;
}

test('a role and a login that were renamed', async () => {
  await server.query('alter role orders_read rename to orders_ro');
  await server.query('alter role ana rename to ana_maria');
  onTestFinished(async () => {
    await server.query('alter role orders_ro rename to orders_read');
    await server.query('alter role ana_maria rename to ana');
  });
  const { code, troubles } = await checkFinds(stage);
  expect(code).toBe(1);
  found(
    troubles,
    /^failure role: There is no role orders_read on the server: it was renamed to orders_ro\.\n.*\nALTER ROLE "orders_ro" RENAME TO "orders_read";/,
  );
  found(troubles, /^note login: There is no login ana on the server: it was renamed to ana_maria\./);
});

test('a grant that is overdue because nothing runs, and then all is right again', async () => {
  await inLedger("update requests set expires_at = now() - interval '2 minutes' where state = 'active'");
  const late = await checkFinds(stage);
  expect(late.code).toBe(1);
  found(
    late.troubles,
    /^failure memberships: 1 revocation is overdue, the first since .*access that has ended may still work\.\nStart Hallpass/,
  );
  const hallpass = await stage.startHallpass();
  await told(stage.slack, 'ana', id, /Ended: its time was up/);
  expect(await granted(stage)).toEqual([]);
  const { code, troubles } = await checkFinds(stage);
  expect(troubles.filter((line) => line.startsWith('failure'))).toEqual([]);
  expect(code).toBe(0);
  // On a terminal the same is said in words.
  expect((await runHallpass(stage, ['check', 'shop'])).said).toMatch(
    /^ok +memberships +The ledger explains all/m,
  );
  expect(await hallpass.stop()).toBe(0);
});
