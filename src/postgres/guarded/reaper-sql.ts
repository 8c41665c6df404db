import { OWNER, PEOPLE, REAPER } from './names.js';

/**
 * The login for cron and pg_cron: its credential can only revoke what is due. And the group of those who may be
 * granted anything.
 */
export const REAPER_SQL = `
DO $do$
BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hallpass' AND pg_get_userbyid(nspowner) <> '${OWNER}') THEN
    RAISE EXCEPTION 'there is a schema hallpass of somebody else in this database';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${REAPER}') THEN
    -- It has no password yet: \\password ${REAPER}
    CREATE ROLE ${REAPER} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 5;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${PEOPLE}') THEN
    CREATE ROLE ${PEOPLE} NOLOGIN;
  END IF;
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO ${REAPER}', current_database());
END
$do$;
`;
