/** A second server whose database keeps the promise itself: a guarded target, set up by the script that Hallpass prints. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Cluster, startCluster } from '../postgres/cluster.js';
import { runScript } from '../postgres/run-script.js';
import { runSql } from '../postgres/server-access.js';

export interface Vault {
  readonly server: Cluster;
  /** Moves the expiry that the server itself keeps of everything that is lent: as if that time had passed. */
  passTime(): Promise<void>;
  /** Runs SQL as Ana, on a connection of her own. */
  sqlAsAna(sql: string): Promise<unknown[]>;
  /** A command of Hallpass's, run beside it; what it prints. */
  run(args: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const TABLES = `
  CREATE ROLE vault_read;
  CREATE SCHEMA vault;
  CREATE TABLE vault.keys (id int PRIMARY KEY, name text NOT NULL);
  INSERT INTO vault.keys SELECT n, 'key ' || n FROM generate_series(1, 7) n;
  GRANT USAGE ON SCHEMA vault TO vault_read;
  GRANT SELECT ON vault.keys TO vault_read`;

/**
 * Starts it, adds it to the configuration, and has it set up.
 * @param env of Hallpass; gets the password by which it logs in there.
 */
export async function startVault(cli: string, env: Record<string, string>): Promise<Vault> {
  const server = await startCluster({ name: 'vault' });
  const [password, ana] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
  env.VAULT_PASSWORD = password;
  const run = async (args: readonly string[]) =>
    (await promisify(execFile)(process.execPath, [cli, ...args], { env: { PATH: process.env.PATH, ...env } }))
      .stdout;
  await server.query(TABLES);
  await server.query(`CREATE ROLE ana LOGIN PASSWORD '${ana}'`);
  await appendFile(
    env.HALLPASS_CONFIG ?? '',
    `  vault:
    name: Vault
    mode: guarded
    connect:
      host: ${server.host}
      port: ${server.port}
      database: ${server.database}
      user: hallpass
      password: "\${VAULT_PASSWORD}"
    roles:
      vault_read: { policy: read, about: Read the names of keys }
`,
  );
  await runScript(server, await run(['setup-sql', 'vault', '--server-version', '18']));
  await server.query(`ALTER ROLE hallpass PASSWORD '${password}'`);
  return {
    server,
    run,
    async passTime() {
      await server.query(
        'UPDATE hallpass.grants SET expires_at = clock_timestamp() WHERE ended_at IS NULL',
        [],
        'hallpass',
      );
    },
    sqlAsAna: (sql) => runSql(server.urlFor({ user: 'ana', password: ana }), sql),
    close: () => server.close(),
  };
}
