/**
 * The ledger's schema, by its owner's login. The login that Hallpass runs with is given only what it needs: it
 * may add audit events and decisions, never change or delete them. An event's id and time are the ledger's own, and
 * so is the chain over the events. It may move the ids of requests on, past those that a lost ledger has given out: one that is taken
 * is refused by the primary key.
 */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from 'pino';
import { LedgerError, ledgerConnection } from './pool.js';

/** Plain SQL, one step a file; beside `dist` in a build, beside `src` in the sources. */
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

const GRANTS = `
  grant select, insert, update on requests, deliveries, targets, orphans, overdue, pages to LOGIN;
  grant select, insert, update on leases, askers to LOGIN;
  grant select, update on rounds to LOGIN;
  grant select, insert on decisions to LOGIN;
  revoke update, delete, truncate on decisions from LOGIN;
  revoke all on events, audit_chain, audit_head, audit_checkpoints from LOGIN;
  grant select on events, audit_chain, audit_head, audit_checkpoints to LOGIN;
  grant insert (request_id, kind, actor, data) on events to LOGIN;
  grant select, update on sequence requests_id_seq to LOGIN;`;

/**
 * Brings the ledger's schema up to date; replicas that start together wait for one another.
 * @param ownerUrl may create tables; @param databaseUrl the login that Hallpass runs with (may be the same).
 * @returns the name of that login.
 * @throws LedgerError
 */
export async function migrateLedger(ownerUrl: string, databaseUrl: string, logger: Logger): Promise<string> {
  try {
    const login = await whoIs(databaseUrl);
    const owner = await connect({ ...ledgerConnection(ownerUrl), statement_timeout: 0, query_timeout: 0 });
    try {
      await runner({
        dbClient: owner,
        dir: MIGRATIONS,
        direction: 'up',
        migrationsTable: 'migrations',
        advisoryLockMode: 'wait',
        logger: {
          debug: (line) => logger.debug(line),
          info: (line) => logger.debug(line),
          warn: (line) => logger.warn(line),
          error: (line) => logger.error(line),
        },
      });
      const { rows } = await owner.query<{ owner: string }>('select current_user as owner');
      if (rows[0]?.owner !== login) await grantTo(owner, login);
    } finally {
      await owner.end();
    }
    return login;
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause;
    throw new LedgerError('the ledger could not be migrated', {
      passing: true,
      nextStep:
        'DATABASE_URL and DATABASE_OWNER_URL must reach the same database; the owner may create tables in it.',
      cause,
    });
  }
}

/** Replicas that start together grant the same thing at once, which Postgres answers with an error: one at a time. */
async function grantTo(owner: pg.Client, login: string): Promise<void> {
  await owner.query('begin');
  await owner.query("select pg_advisory_xact_lock(hashtext('hallpass grants'))");
  await owner.query(GRANTS.replaceAll('LOGIN', pg.escapeIdentifier(login)));
  await owner.query('commit');
}

async function connect(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  // A connection that breaks also fails the query under way, and that is what gets reported.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function whoIs(databaseUrl: string): Promise<string> {
  const client = await connect(ledgerConnection(databaseUrl));
  try {
    const { rows } = await client.query<{ login: string }>('select current_user as login');
    return rows[0]?.login ?? '';
  } finally {
    await client.end();
  }
}
