import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../sandbox/postgres/cluster.js';
import {
  buildSamples,
  HALLPASS,
  PEOPLE,
  PERMANENT,
  ROLES,
  type Samples,
  SHOP,
} from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { installedMajors } from './majors.js';

describe.each(installedMajors())('the samples on Postgres $major', ({ major, binaries }) => {
  let cluster: Cluster;
  let samples: Samples;
  beforeAll(async () => {
    cluster = await startCluster({ name: `postgres ${major}`, binaries });
    samples = await buildSamples(cluster);
  });
  afterAll(() => cluster.close());

  const refused = { code: '42501' };

  test('an engineer can log in and read nothing, and can by each role what its name says', async () => {
    const { url, user } = samples.people.ana;
    const grant = (role: string) => runSql(samples.hallpass.url, `GRANT ${role} TO ${user}`);
    const revoke = (role: string) => runSql(samples.hallpass.url, `REVOKE ${role} FROM ${user}`);
    const orders = () => runSql(url, 'SELECT * FROM orders.orders');
    const change = () => runSql(url, "UPDATE orders.orders SET state = 'sent' WHERE id = 1 RETURNING state");
    const payments = () => runSql(url, 'SELECT * FROM payments.payments');

    for (const act of [orders, change, payments]) await expect(act()).rejects.toMatchObject(refused);
    await grant('orders_read');
    expect(await orders()).toHaveLength(40);
    for (const act of [change, payments]) await expect(act()).rejects.toMatchObject(refused);
    await revoke('orders_read');
    await grant('orders_write');
    expect(await change()).toEqual([{ state: 'sent' }]);
    await expect(payments()).rejects.toMatchObject(refused);
    await revoke('orders_write');
    await grant('payments_read');
    expect((await payments()).length).toBeGreaterThan(20);
    await expect(orders()).rejects.toMatchObject(refused);
    await revoke('payments_read');
    for (const act of [orders, change, payments]) await expect(act()).rejects.toMatchObject(refused);
  });

  test('every login has its password, and the shop is closed to others', async () => {
    for (const name of PEOPLE) {
      const row = await runSql(
        samples.people[name].url,
        'SELECT current_user::text AS who, current_database() AS db',
      );
      expect(row).toEqual([{ who: name, db: SHOP }]);
    }
    await cluster.query("CREATE ROLE stranger LOGIN PASSWORD 'known'");
    const stranger = cluster.urlFor({ user: 'stranger', password: 'known', database: SHOP });
    await expect(runSql(stranger, 'SELECT 1')).rejects.toMatchObject(refused);
  });

  test('the login of Hallpass can grant the roles, and nothing else', async () => {
    const { url } = samples.hallpass;
    const version = await cluster.query("SELECT current_setting('server_version_num')::int / 10000 AS major");
    expect(version).toEqual([{ major }]);
    const held = await cluster.query(
      'SELECT roleid::regrole::text AS role, admin_option FROM pg_auth_members WHERE member = $1::regrole ORDER BY 1',
      [HALLPASS],
    );
    expect(held).toEqual([
      ...ROLES.map((role) => ({ role, admin_option: true })),
      { role: 'pg_read_all_stats', admin_option: false },
      { role: 'pg_signal_backend', admin_option: false },
    ]);
    for (const act of ['SELECT * FROM orders.orders', 'CREATE ROLE more', 'CREATE SCHEMA mine']) {
      await expect(runSql(url, act)).rejects.toMatchObject(refused);
    }
    const setRole = runSql(url, 'SET ROLE orders_read');
    await (major >= 16
      ? expect(setRole).rejects.toMatchObject(refused)
      : expect(setRole).resolves.toEqual([]));
  });

  test('one membership was granted for good, by somebody else', async () => {
    const members = await cluster.query(
      `SELECT roleid::regrole::text AS role, member::regrole::text AS login, grantor::regrole::text AS grantor
       FROM pg_auth_members WHERE member <> $1::regrole AND roleid = ANY ($2::regrole[])`,
      [HALLPASS, ROLES],
    );
    expect(members).toEqual([{ ...PERMANENT, grantor: 'postgres' }]);
    const { url } = samples.people[PERMANENT.login];
    expect(await runSql(url, 'SELECT * FROM payments.refunds')).not.toEqual([]);
  });
});
