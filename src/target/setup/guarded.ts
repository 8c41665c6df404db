/** A guarded target: a database of its own with the functions through which alone Hallpass lends; and the way back. */
import { OWNER, REAPER } from '../guarded/names.js';
import { guardedSchemaSql } from '../guarded/schema.js';
import { GRANTORS_SINCE, quoteName } from '../quote.js';
import { grantConnect, makeLogin } from './hallpass-role.js';
import { MADE, makeRole, POWERLESS } from './make-role.js';
import type { Place } from './place.js';
import { comment, doBlock, quoteText, type Step, transaction } from './script.js';

/** @param rights what lets the owner lend; granted last, when the functions stand. */
export function guardedSteps(place: Place, rights: readonly string[]): readonly Step[] {
  const { first, database, shown, login, version } = place;
  return [
    transaction(first, [
      ...makeLogin(place),
      ...makeOthers(),
      comment('People are shown what each role can do: it is read from the catalogs of this database.'),
      grantConnect(login, shown),
    ]),
    {
      database: first,
      sql: `-- A database of its own, in which nobody else can make anything.
CREATE DATABASE ${quoteName(database)} TEMPLATE template0;
`,
      when: `SELECT WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = ${quoteText(database)})`,
    },
    transaction(database, [
      comment('It must hold nothing else: PUBLIC is shut out of it, and --undo drops it.'),
      claim(database),
      grantConnect(place.login, database),
      comment('The schema hallpass: its ledger, and the functions, each with what it is for.'),
      ...actAsOwner(version, guardedSchemaSql(place)),
      ...rights,
    ]),
  ];
}

function makeOthers(): readonly string[] {
  return [
    comment(`The owner of what is installed. Nobody can log in as it; it alone holds the ADMIN OPTION, and lends only through
its functions: whoever steals Hallpass’s login can neither use a role nor lend it for longer than you allow.`),
    makeRole({
      name: OWNER,
      attributes: ['NOLOGIN', 'INHERIT', ...POWERLESS],
      about: 'Hallpass: owns the functions that lend roles',
      needed: ['NOLOGIN', 'INHERIT', ...POWERLESS],
    }),
    comment(
      'A login that may take back what is overdue, and nothing else: for cron, should Hallpass be dead.',
    ),
    makeRole({
      name: REAPER,
      attributes: ['LOGIN', 'NOINHERIT', ...POWERLESS],
      connectionLimit: 5,
      about: 'Hallpass: takes back what is overdue',
      needed: ['LOGIN', ...POWERLESS],
    }),
  ];
}

/** Marks it as ours when we find it empty. */
function claim(database: string): string {
  return doBlock(`
BEGIN
  IF EXISTS (SELECT FROM pg_namespace WHERE nspname = 'hallpass' AND pg_get_userbyid(nspowner) = ${quoteText(OWNER)}) THEN
    RETURN;
  END IF;
  -- From this OID on it is not the server's own.
  IF EXISTS (SELECT FROM pg_class WHERE oid >= 16384) OR EXISTS (SELECT FROM pg_namespace WHERE oid >= 16384) THEN
    RAISE EXCEPTION 'The database % holds something else.', current_database()
      USING HINT = 'Hallpass needs this name for a database of its own: rename the other one.';
  END IF;
  COMMENT ON DATABASE ${quoteName(database)} IS ${quoteText(`Hallpass: what guards the roles it lends ${MADE}`)};
  REVOKE ALL ON DATABASE ${quoteName(database)} FROM PUBLIC;
END`);
}

/** An administrator who is no superuser must be a member of the owner to make what that owns, for as long as it takes. */
function actAsOwner(version: number, sql: string): readonly string[] {
  const since16 = version >= GRANTORS_SINCE;
  const unlessSuperuser = (statement: string) =>
    doBlock(`
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    ${statement};
  END IF;
END`);
  return [
    unlessSuperuser(`GRANT ${OWNER} TO CURRENT_USER${since16 ? ' WITH INHERIT TRUE, SET TRUE' : ''}`),
    sql.trim(),
    unlessSuperuser(`REVOKE ${OWNER} FROM CURRENT_USER${since16 ? ' GRANTED BY CURRENT_USER' : ''}`),
  ];
}

/** After the right to lend was taken from the owner. */
export function undoGuarded({ first, database }: Place): readonly Step[] {
  const ours = `FROM pg_database d WHERE d.datname = ${quoteText(database)}
   AND shobj_description(d.oid, 'pg_database') LIKE ${quoteText(`%${MADE}`)}`;
  return [
    {
      database: first,
      sql: `-- It was empty when the script made it its own. What was lent when goes with it; not while anything is still lent.
DROP DATABASE ${quoteName(database)};
`,
      when: `SELECT ${ours}
   AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE pg_get_userbyid(m.grantor) = ${quoteText(OWNER)})`,
    },
  ];
}
