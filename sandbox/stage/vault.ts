/** A second server, as a guarded target: set up by nothing but the script that Hallpass prints for a DBA. */
import pg from 'pg';
import type { Samples } from '../postgres/samples.js';
import { runScript } from '../postgres/script.js';
import type { ServerAccess } from '../postgres/server-access.js';

/** The database in which people work. The script makes one of its own beside it. */
export const VAULT = 'vault';

const TABLES = `
  CREATE SCHEMA keys;
  CREATE TABLE keys.keys AS SELECT n AS id, 'partner ' || n AS opens FROM generate_series(1, 7) n;
  GRANT USAGE ON SCHEMA keys TO vault_read;
  GRANT SELECT ON keys.keys TO vault_read`;

/**
 * Keys, who may read them, and Ana with the password that she has on the shop; then what Hallpass needs.
 * @param password of Hallpass's login
 * @param run answers what `hallpass` prints when it is called with these arguments
 */
export async function buildVault(
  server: ServerAccess,
  { people: { ana } }: Samples,
  password: string,
  run: (...args: readonly string[]) => Promise<string>,
): Promise<void> {
  await server.query('CREATE ROLE vault_read');
  await server.query(`CREATE ROLE ${ana.user} LOGIN PASSWORD ${pg.escapeLiteral(ana.password)}`);
  await server.query(`CREATE DATABASE ${VAULT}`);
  await server.query(`REVOKE ALL ON DATABASE ${VAULT} FROM PUBLIC`);
  await server.query(`GRANT CONNECT ON DATABASE ${VAULT} TO ${ana.user}`);
  await server.query(TABLES, [], VAULT);

  const [version] = await server.query<{ major: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS major",
  );
  await runScript(server, await run('setup-sql', 'vault', '--server-version', String(version?.major)));
  // The script leaves the password to the DBA who runs it.
  await server.query(`ALTER ROLE hallpass PASSWORD ${pg.escapeLiteral(password)}`);
}

/** @throws Error when there is no vault */
export function vaultUrl(server: ServerAccess | null, person: Samples['people']['ana']): string {
  if (server === null) throw new Error('this stage has no vault');
  return server.urlFor({ user: person.user, password: person.password, database: VAULT });
}
