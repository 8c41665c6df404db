import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../sandbox/postgres/cluster.js';
import {
  GRANTABLE_PREDEFINED,
  NEVER_GRANTED,
  PREDEFINED_ROLES,
  predefinedRole,
  whyNeverGranted,
} from '../../src/domain/postgres/predefined-roles.js';
import { danger } from '../../src/surfaces/kit/danger.js';
import { installedMajors } from '../support/majors.js';

const names = PREDEFINED_ROLES.map(({ name }) => name);
const ofPostgres = PREDEFINED_ROLES.filter(({ maker }) => maker === 'postgres').map(({ name }) => name);

describe.each(installedMajors())(
  'the table of predefined roles and Postgres $major',
  ({ major, binaries }) => {
    let cluster: Cluster;
    beforeAll(async () => {
      cluster = await startCluster({ name: `predefined ${major}`, binaries });
    });
    afterAll(() => cluster.close());

    test('knows each role that this server has', async () => {
      const there = await cluster.query<{ name: string }>(
        "SELECT rolname::text AS name FROM pg_roles WHERE rolname ~ '^pg_' ORDER BY 1",
      );
      expect(there.length).toBeGreaterThanOrEqual(11);
      expect(there.map(({ name }) => name).filter((name) => !ofPostgres.includes(name))).toEqual([]);
      // 18 has them all: nothing is listed that no server has.
      if (major === 18) expect(there.map(({ name }) => name)).toEqual([...ofPostgres].sort());
    });
  },
);

describe('the table of predefined roles', () => {
  test('has each name once, and words for each', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(danger(name)).toMatch(/^[a-z].+, in every database of this server$/);
    expect(danger('orders_read')).toBeNull();
  });

  test('takes a predefined role that it does not know for the worst, and refuses it', () => {
    expect(predefinedRole('pg_tomorrow')).toMatchObject({ danger: 'superuser' });
    expect(whyNeverGranted('pg_tomorrow')).not.toBeNull();
    expect(predefinedRole('pgbouncer')).toBeNull();
  });

  test.each([
    'pg_execute_server_program',
    'pg_read_server_files',
    'pg_write_server_files',
    ...['rds_superuser', 'rdsadmin', 'rds_replication', 'rds_password', 'rds_iam', 'rds_ad'],
    ...[
      'cloudsqlsuperuser',
      'cloudsqladmin',
      'cloudsqlagent',
      'cloudsqliamuser',
      'cloudsqliamserviceaccount',
    ],
    ...['alloydbsuperuser', 'alloydbiamuser', 'azure_pg_admin', 'azuresu', 'neon_superuser'],
    ...['supabase_admin', 'supabase_auth_admin', 'doadmin', 'avnadmin', 'crunchy_superuser', 'tsdbadmin'],
  ])('never grants %s', (name) => {
    expect(NEVER_GRANTED).toContain(name);
    expect(GRANTABLE_PREDEFINED).not.toContain(name);
    expect(['admin', 'superuser']).toContain(predefinedRole(name)?.danger);
  });

  test('may grant what is useful to people', () => {
    expect(GRANTABLE_PREDEFINED).toEqual(
      expect.arrayContaining(['pg_read_all_data', 'pg_write_all_data', 'pg_monitor', 'pg_signal_backend']),
    );
    for (const name of GRANTABLE_PREDEFINED) expect(NEVER_GRANTED).not.toContain(name);
  });
});
