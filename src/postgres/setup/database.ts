/**
 * The database of a guarded target, and its owner. The owner of a database can set what every session in it begins
 * with, make it read-only, and drop it; so it belongs to a role that can't log in, and a database that somebody else
 * made is not taken over.
 */
import { OWNER, REAPER } from '../guarded/names.js';
import { quoteName } from '../quote.js';
import { MADE } from './make-role.js';
import { comment, doBlock, quoteText } from './script.js';
import type { SetupServer } from './server.js';

/** Run from another database, before anything in this one can run. */
export function refuseForeignDatabase(database: string): string {
  return doBlock(`
DECLARE
  holder name;
BEGIN
  SELECT pg_get_userbyid(d.datdba) INTO holder FROM pg_database d WHERE d.datname = ${quoteText(database)};
  IF holder NOT IN (${quoteText(OWNER)}, current_user)
     AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = holder AND r.rolsuper) THEN
    RAISE EXCEPTION 'The database % belongs to %, who could make it read-only, or drop it.', ${quoteText(database)}, holder
      USING HINT = ${quoteText(`Rename it. If it is Hallpass’s, look at what is in it, then: ALTER DATABASE ${quoteName(database)} OWNER TO ${OWNER};`)};
  END IF;
END`);
}

/** Marks the database as ours if it is empty; one that is ours already must hold nothing of anybody else's. */
export function claim(database: string): string {
  return doBlock(`
DECLARE
  catalog name;
  found   boolean;
  whose   text;
BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hallpass' AND pg_get_userbyid(nspowner) = ${quoteText(OWNER)}) THEN
    SELECT string_agg(DISTINCT quote_ident(r.rolname), ', ') INTO whose
      FROM pg_shdepend s JOIN pg_roles r ON r.oid = s.refobjid
     WHERE s.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
       AND s.refclassid = 'pg_authid'::regclass AND s.deptype = 'o' AND r.rolname <> ${quoteText(OWNER)} AND NOT r.rolsuper;
    IF whose IS NOT NULL THEN
      RAISE EXCEPTION 'In the database % is something that belongs to %.', current_database(), whose
        USING HINT = 'It must hold nothing but what this script makes: look at it, and drop it.';
    END IF;
    RETURN;
  END IF;
  -- Of every class of objects, also of releases to come: from this OID on it is not the server's own. Large objects
  -- have the OIDs that their makers choose.
  FOR catalog IN
    SELECT c.relname FROM pg_class c
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared
       AND has_table_privilege(c.oid, 'SELECT')
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'oid' AND a.attnum > 0)
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM pg_catalog.%I WHERE oid >= %s)', catalog,
                   CASE catalog WHEN 'pg_largeobject_metadata' THEN 0 ELSE 16384 END) INTO found;
    IF found THEN
      RAISE EXCEPTION 'The database % holds something else (%).', current_database(), catalog
        USING HINT = 'Hallpass needs this name for a database of its own: rename the other one.';
    END IF;
  END LOOP;
  COMMENT ON DATABASE ${quoteName(database)} IS ${quoteText(`Hallpass: what guards the roles it grants ${MADE}`)};
END`);
}

/**
 * For an administrator who acts as the owner: makes sure that only the owner can change the database, and that only
 * the roles that need to can connect to it.
 */
export function shutDatabase({ database, login }: SetupServer): readonly string[] {
  return [
    comment(
      `It belongs to a role that nobody can log in as: an owner could make it read-only, and stop every revocation.`,
    ),
    doBlock(`
DECLARE
  other record;
BEGIN
  BEGIN
    ALTER DATABASE ${quoteName(database)} OWNER TO ${OWNER};
  EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'Left out: %', SQLERRM USING HINT = ${quoteText(`As a superuser: ALTER DATABASE ${quoteName(database)} OWNER TO ${OWNER};`)};
  END;
  -- For you, to run this again and to set what is yours to set.
  EXECUTE format('GRANT CONNECT ON DATABASE ${quoteName(database).replaceAll('%', '%%')} TO %I', current_user);
  ALTER DATABASE ${quoteName(database)} CONNECTION LIMIT -1;
  ALTER DATABASE ${quoteName(database)} RESET ALL;
  FOR other IN
    SELECT pg_get_userbyid(s.setrole) AS name FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
     WHERE d.datname = current_database() AND s.setrole <> 0
  LOOP
    BEGIN
      EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', other.name, current_database());
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'Left out: %', SQLERRM
        USING HINT = format('As a superuser: ALTER ROLE %I IN DATABASE %I RESET ALL;', other.name, current_database());
    END;
  END LOOP;
  FOR other IN
    SELECT DISTINCT a.grantee, pg_get_userbyid(a.grantee) AS name
      FROM pg_database d CROSS JOIN LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
     WHERE d.datname = current_database() AND a.grantee <> d.datdba
       AND NOT (pg_get_userbyid(a.grantee) IN (${quoteText(login)}, ${quoteText(REAPER)}, current_user) AND a.privilege_type = 'CONNECT')
  LOOP
    IF other.grantee <> 0 THEN
      RAISE WARNING '% had rights in the database %: they are revoked.', other.name, current_database();
    END IF;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM %s', current_database(),
                   CASE other.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(other.name) END);
  END LOOP;
END`),
  ];
}
