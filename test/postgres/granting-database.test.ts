/** The owner of the database where people work may be the one whose role is due. */
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createDiagnosis } from '../../src/postgres/diagnosis/diagnosis.js';
import type { Target } from '../../src/postgres/target.js';
import { installedMajors } from '../support/majors.js';
import { useServer } from './server.js';

describe.each(installedMajors())('on Postgres $major, the owner of the database', (major) => {
  const used = useServer(major);
  let role: string;

  beforeAll(async () => {
    await used.server.login('ana');
    role = await used.server.role();
  });
  beforeEach(async () => {
    await used.server.sql('DROP DATABASE IF EXISTS shop');
    await used.server.sql('DROP DATABASE IF EXISTS renamed');
    await used.server.sql('CREATE DATABASE shop OWNER ana');
  });

  function open(): Target {
    const target = used.server.open({ database: 'shop' });
    onTestFinished(() => target.close());
    return target;
  }
  const where = () =>
    used.server.sql("SELECT datname::text AS name FROM pg_stat_activity WHERE usename = 'hallpass'");
  /** Another process, or the same one after a restart: it logs in again. */
  async function revokes(): Promise<void> {
    const { server } = used;
    const target = open();
    const pair = await server.pair(role, 'ana');
    expect(await target.revoke(server.id, [pair])).toMatchObject([{ outcome: 'gone' }]);
    expect(await server.grantors(pair)).toEqual([]);
    await target.close();
  }

  test.each([
    'REVOKE CONNECT ON DATABASE shop FROM PUBLIC',
    'ALTER DATABASE shop ALLOW_CONNECTIONS false',
    'ALTER DATABASE shop CONNECTION LIMIT 0',
    'ALTER DATABASE shop SET default_transaction_read_only = on',
    "ALTER DATABASE shop SET local_preload_libraries = 'nowhere'",
    'DROP DATABASE shop',
  ])('can’t stop a REVOKE by %s', async (sql) => {
    const { server } = used;
    const target = open();
    await server.granted(target, role, 'ana');
    await target.close();
    await server.as('ana', sql);
    await revokes();
  });

  test('owns it alone: Hallpass is in the database postgres', async () => {
    await open().look([]);
    expect(await where()).toEqual([{ name: 'postgres' }]);
  });

  test('counts where Hallpass may not connect to the database postgres, and check says so', async () => {
    const { server } = used;
    await server.sql('REVOKE CONNECT ON DATABASE postgres FROM PUBLIC');
    onTestFinished(async () => {
      await server.sql('GRANT CONNECT ON DATABASE postgres TO PUBLIC');
    });
    const target = open();
    await server.granted(target, role, 'ana');
    expect(await where()).toEqual([{ name: 'shop' }]);
    await target.close();
    await revokes();
    const diagnosis = createDiagnosis({
      mode: 'direct',
      connect: { ...server.connect, database: 'shop' },
      replicas: [],
    });
    onTestFinished(() => diagnosis.close());
    expect(await diagnosis.grantingDatabase(['ana', role, 'nobody'])).toEqual({
      database: 'shop',
      owner: 'ana',
      owners: ['ana'],
    });
    await server.sql('GRANT CONNECT ON DATABASE postgres TO hallpass');
    expect(await diagnosis.grantingDatabase(['ana', role, 'nobody'])).toMatchObject({
      database: 'postgres',
      owners: [],
    });
    await server.sql('REVOKE CONNECT ON DATABASE postgres FROM hallpass');
  });
});
