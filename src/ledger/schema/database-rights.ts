import pg from 'pg';
import type { Queryable } from '../pool.js';

/** Which logins may connect to the ledger's database and make temporary tables in it. */
export interface DatabaseRights {
  readonly database: string;
  /** Every login of the server: PUBLIC has CONNECT or TEMPORARY. */
  readonly open: boolean;
  /** The database belongs to the login that asks, or to a role that it is a member of; being a superuser doesn't count. */
  readonly mine: boolean;
}

export async function readDatabaseRights(db: Queryable): Promise<DatabaseRights> {
  const { rows } = await db.query<DatabaseRights>(
    `select datname::text as database,
         exists (select from aclexplode(coalesce(datacl, acldefault('d', datdba))) a
           where a.grantee = 0 and a.privilege_type in ('CONNECT', 'TEMPORARY')) as open,
         datdba = (select oid from pg_roles where rolname = current_user)
           or (not (select rolsuper from pg_roles where rolname = current_user) and pg_has_role(datdba, 'USAGE')) as mine
       from pg_database where datname = current_database()`,
  );
  return rows[0] ?? { database: '', open: false, mine: false };
}

/** The SQL that closes it to all other logins. */
export function closeSql(database: string): string {
  return `REVOKE CONNECT, TEMPORARY ON DATABASE ${pg.escapeIdentifier(database)} FROM PUBLIC;`;
}
