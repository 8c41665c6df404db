import { readFileSync } from 'node:fs';
import { runSql, type ServerAccess } from '../../../sandbox/postgres/server-access.js';
import { DATABASE } from '../../../src/postgres/guarded/names.js';
import { guardedSchemaSql } from '../../../src/postgres/guarded/schema.js';

/** Makes the server a guarded target, as its superuser; the login `hallpass` must be there. May be done again. */
export async function installGuarded(cluster: ServerAccess): Promise<void> {
  await prepare(cluster, cluster.url);
  await runSql(
    cluster.urlFor({ database: DATABASE }),
    `BEGIN;${guardedSchemaSql({ login: 'hallpass' })};COMMIT`,
  );
}

/** As the first release did: what its script printed. */
export async function installFirstRelease(cluster: ServerAccess): Promise<void> {
  await prepare(cluster, cluster.url);
  const sql = readFileSync(new URL('release-1.sql', import.meta.url), 'utf8');
  await runSql(cluster.urlFor({ database: DATABASE }), `BEGIN;${sql};COMMIT`);
}

/** The same as an administrator without SUPERUSER, who is given here what the masters of managed servers have. */
export async function installAsCloudAdmin(cluster: ServerAccess, grantorsCount: boolean): Promise<void> {
  const options = grantorsCount ? 'WITH ADMIN TRUE' : '';
  await cluster.query(`
    CREATE ROLE cloud_admin LOGIN CREATEROLE CREATEDB PASSWORD 'pass word';
    GRANT pg_signal_backend, pg_read_all_stats TO cloud_admin ${options}`);
  const admin = { user: 'cloud_admin', password: 'pass word' };
  await prepare(cluster, cluster.urlFor(admin));
  const [become, leave] = grantorsCount
    ? ['WITH INHERIT TRUE, SET TRUE', 'GRANTED BY CURRENT_USER']
    : ['', ''];
  await runSql(
    cluster.urlFor({ ...admin, database: DATABASE }),
    `BEGIN; GRANT hallpass_owner TO CURRENT_USER ${become};
     ${guardedSchemaSql({ login: 'hallpass' })};
     REVOKE hallpass_owner FROM CURRENT_USER ${leave}; COMMIT`,
  );
}

/** What is there before the functions: the database, and the owner with its rights. */
async function prepare(cluster: ServerAccess, url: string): Promise<void> {
  const [there] = await cluster.query("SELECT FROM pg_database WHERE datname = 'hallpass'");
  if (there !== undefined) return;
  await runSql(url, `CREATE DATABASE ${DATABASE}`);
  await runSql(
    url,
    `CREATE ROLE hallpass_owner NOLOGIN;
     REVOKE ALL ON DATABASE ${DATABASE} FROM PUBLIC;
     GRANT CONNECT ON DATABASE ${DATABASE} TO hallpass;
     GRANT pg_signal_backend, pg_read_all_stats TO hallpass_owner`,
  );
}
