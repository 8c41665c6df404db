/** A guarded target: a database of its own with the only functions through which Hallpass grants; and its undoing. */
import { OWNER, PEOPLE, REAPER } from '../guarded/names.js';
import { guardedSchemaSql } from '../guarded/schema.js';
import { GRANTORS_SINCE, quoteName } from '../quote.js';
import { allowLogins, allowRoles, nameDisallowed } from './allowed.js';
import { claim, refuseForeignDatabase, shutDatabase } from './database.js';
import { grantConnect, makeLogin } from './hallpass-role.js';
import { MADE, makeRole, POWERLESS } from './make-role.js';
import { comment, doBlock, quoteText, type Step, transaction } from './script.js';
import type { SetupServer, SetupTarget } from './server.js';

/** @param rights SQL that lets the owner grant; it runs last, after the functions are there. */
export function guardedSteps(
  server: SetupServer,
  { roles, logins = [] }: Pick<SetupTarget, 'roles' | 'logins'>,
  rights: readonly string[],
): readonly Step[] {
  const { first, database, shown, login, version } = server;
  return [
    transaction(first, [
      ...makeLogin(server),
      ...makeOthers(),
      ...allowLogins(logins),
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
    transaction(first, [
      comment('A database of this name that somebody else made is not taken over.'),
      refuseForeignDatabase(database),
    ]),
    transaction(database, [
      comment('It must hold nothing else: --undo drops it.'),
      claim(database),
      comment(
        'While Hallpass runs, its transactions are short; who keeps the script waiting for long is none of those.',
      ),
      "SET LOCAL lock_timeout = '10s';",
      ...asOwner(version, [
        ...shutDatabase(server),
        grantConnect(server.login, database),
        comment('The schema hallpass: its ledger, and the functions, each with what it is for.'),
        guardedSchemaSql(server).trim(),
        ...allowRoles({ roles }),
        nameDisallowed(),
      ]),
      ...rights,
    ]),
  ];
}

function makeOthers(): readonly string[] {
  return [
    comment(`The owner of what is installed. Nobody can log in as it; it alone holds the ADMIN OPTION, and grants only through
its functions: anyone who steals Hallpass’s login can neither use a role nor grant it for longer than you allow.`),
    makeRole({
      name: OWNER,
      attributes: ['NOLOGIN', 'INHERIT', ...POWERLESS],
      about: 'Hallpass: owns the functions that grant roles',
    }),
    comment('A login that may revoke what is overdue, and nothing else: for cron, should Hallpass be dead.'),
    makeRole({
      name: REAPER,
      attributes: ['LOGIN', 'NOINHERIT', ...POWERLESS],
      connectionLimit: 5,
      about: 'Hallpass: revokes what is overdue',
      needed: ['LOGIN', ...POWERLESS],
    }),
    makeRole({
      name: PEOPLE,
      attributes: ['NOLOGIN', ...POWERLESS],
      about: 'Hallpass: whose members may be granted roles',
    }),
  ];
}

/**
 * An administrator who is no superuser must be a member of the owner for as long as it takes to create what the owner
 * owns.
 */
function asOwner(version: number, parts: readonly string[]): readonly string[] {
  return [becomeOwner(version), ...parts, leaveOwner(version)];
}

function becomeOwner(version: number): string {
  return unlessSuperuser(
    `GRANT ${OWNER} TO CURRENT_USER${version >= GRANTORS_SINCE ? ' WITH INHERIT TRUE, SET TRUE' : ''}`,
  );
}

function leaveOwner(version: number): string {
  return unlessSuperuser(
    `REVOKE ${OWNER} FROM CURRENT_USER${version >= GRANTORS_SINCE ? ' GRANTED BY CURRENT_USER' : ''}`,
  );
}

const unlessSuperuser = (statement: string) =>
  doBlock(`
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
     AND EXISTS (SELECT FROM pg_roles WHERE rolname = ${quoteText(OWNER)}) THEN
    ${statement};
  END IF;
END`);

const ours = (database: string) => `FROM pg_database d WHERE d.datname = ${quoteText(database)}
   AND shobj_description(d.oid, 'pg_database') LIKE ${quoteText(`%${MADE}`)}`;

/** How many may connect to the database, if it is there and ours. */
const limitConnections = (database: string, limit: 0 | -1) =>
  doBlock(`
BEGIN
  IF EXISTS (SELECT ${ours(database)}) THEN
    ALTER DATABASE ${quoteName(database)} CONNECTION LIMIT ${limit};
  END IF;
END`);

/**
 * Hallpass keeps no connection while it has nothing to do, so seeing none doesn't mean that it is stopped. From the
 * commit on none can be made, and so none can keep the database from being dropped when everything else is undone.
 */
export function shutOut({ database, version }: SetupServer): readonly string[] {
  return [
    comment('From here on nobody but a superuser connects to what is undone.'),
    ...asOwner(version, [limitConnections(database, 0)]),
  ];
}

/** After the right to grant was revoked from the owner. */
export function undoGuarded({ first, database, version }: SetupServer): readonly Step[] {
  return [
    transaction(first, [comment('Only its owner may drop it.'), becomeOwner(version)]),
    {
      database: first,
      sql: `-- It was empty when the script made it its own. What was granted when goes with it; not while anything is still granted.
DROP DATABASE ${quoteName(database)};
`,
      when: `SELECT ${ours(database)}
   AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE pg_get_userbyid(m.grantor) = ${quoteText(OWNER)})`,
    },
    transaction(first, [
      comment('Where it stays, Hallpass must get in again.'),
      limitConnections(database, -1),
      leaveOwner(version),
    ]),
  ];
}
