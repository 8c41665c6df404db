import { quoteName } from '../quote.js';
import { EXTEND_SQL } from './extend-sql.js';
import { GRANT_SQL } from './grant-sql.js';
import { LIST_SQL } from './list-sql.js';
import { LOCK_SQL } from './lock-sql.js';
import { INSTALLED, OWNER, REAPER } from './names.js';
import { REAPER_SQL } from './reaper-sql.js';
import { REVOKE_SQL } from './revoke-sql.js';
import { SESSIONS_SQL } from './sessions-sql.js';
import { SETTLE_SQL } from './settle-sql.js';
import { SWEEP_SQL } from './sweep-sql.js';
import { TABLES_SQL } from './tables-sql.js';
import { WHY_NOT_SQL } from './why-not-sql.js';

/**
 * Turns a database into that of a guarded target: schema, tables and functions, all owned by the owner. Run it in one
 * transaction, in the database `hallpass`, as a superuser, or as the administrator of a managed server (CREATEROLE,
 * owner of the database) while they are a member of the owner. The owner and Hallpass's login must exist. Running it
 * again brings an older state up to date, and keeps the grants and the limit.
 * It is one text for all releases: the functions ask for the server's release when they are called, so they stay
 * right when the server is upgraded.
 * @param names the login with which Hallpass connects.
 */
export function guardedSchemaSql({ login }: { readonly login: string }): string {
  return `${REAPER_SQL}
CREATE SCHEMA IF NOT EXISTS hallpass AUTHORIZATION ${OWNER};
SET LOCAL ROLE ${OWNER};

${TABLES_SQL}
-- What an earlier version left must not stay callable.
DO $do$
DECLARE
  old text;
BEGIN
  FOR old IN SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'hallpass'::regnamespace LOOP
    EXECUTE 'DROP FUNCTION ' || old;
  END LOOP;
END
$do$;

-- The release of these functions: Hallpass reads it, and calls no others.
CREATE FUNCTION hallpass.version() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT ${INSTALLED}';

${LOCK_SQL}
${WHY_NOT_SQL}
${SETTLE_SQL}
${GRANT_SQL}
${EXTEND_SQL}
${REVOKE_SQL}
${SWEEP_SQL}
${SESSIONS_SQL}
${LIST_SQL}
-- Everybody may call a function until this is said.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA hallpass FROM PUBLIC;
REVOKE ALL ON SCHEMA hallpass FROM PUBLIC;
GRANT USAGE ON SCHEMA hallpass TO ${quoteName(login)}, ${REAPER};
GRANT EXECUTE ON FUNCTION
  hallpass.grant(bigint[], oid[], oid[], bigint[], boolean[]),
  hallpass.extend(bigint[], bigint[]),
  hallpass.revoke(oid[], oid[]),
  hallpass.sweep(),
  hallpass.list(),
  hallpass.last_request_id(),
  hallpass.sessions(oid[]),
  hallpass.end_sessions(oid[], int[], timestamptz[]),
  hallpass.settled(oid[], oid[]),
  hallpass.why_not(oid, oid),
  hallpass.version()
  TO ${quoteName(login)};
GRANT EXECUTE ON FUNCTION hallpass.sweep() TO ${REAPER};

RESET ROLE;
`;
}
