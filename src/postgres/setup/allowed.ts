/** What the DBA allows on a guarded target: who may be granted anything, and how single roles may be granted. */
import { PEOPLE } from '../guarded/names.js';
import { isRoleName, quoteName } from '../quote.js';
import { attempt, comment, doBlock, quoteText } from './script.js';
import type { SetupTarget } from './server.js';

/** Lets these logins be granted something; the ones that don't exist yet are named. */
export function allowLogins(configured: readonly string[]): readonly string[] {
  // No role can have the other names, and what they would be cut to is somebody else's.
  const logins = configured.filter(isRoleName);
  const about =
    comment(`Only members of ${PEOPLE} can be granted anything, directly or through a group: anyone who steals Hallpass’s
login can’t grant a role to the application’s, and then have its sessions ended. Whose login follows from an e-mail
address is not known here: GRANT ${PEOPLE} TO each of them, or to a group that they are in.`);
  if (logins.length === 0) return [about];
  return [
    about,
    doBlock(`
DECLARE
  login   name;
  missing text[] := '{}';
BEGIN
  FOREACH login IN ARRAY ARRAY[${logins.map(quoteText).join(', ')}]::name[] LOOP
    BEGIN
      EXECUTE format('GRANT ${PEOPLE} TO %I', login);
    EXCEPTION
      WHEN undefined_object THEN
        -- hallpass setup-sql … --login puts those that it makes into the group.
        RAISE NOTICE 'There is no login % yet.', login;
      WHEN insufficient_privilege THEN
        missing := missing || quote_ident(login);
    END;
  END LOOP;
  IF missing <> '{}' THEN
    RAISE WARNING 'Not in ${PEOPLE}: %.', array_to_string(missing, ', ')
      USING HINT = 'As a superuser, or as the login that made the group: GRANT ${PEOPLE} TO each of them.';
  END IF;
END`),
  ];
}

/** The same for one login, when it is created. */
export function allowLogin(login: string): string {
  return attempt(
    `GRANT ${PEOPLE} TO ${quoteName(login)};`,
    'Run hallpass setup-sql for Hallpass itself first; run this as the same administrator, or as a superuser.',
  );
}

/** Where the configuration differs from the default, once the tables are there. */
export function allowRoles({ roles }: Pick<SetupTarget, 'roles'>): readonly string[] {
  const special = [...roles.values()].flatMap(({ role, terms }) =>
    terms !== undefined && (terms.setRole || terms.sessions === 'leave')
      ? [`(${quoteText(role)}, ${terms.setRole}, ${terms.sessions !== 'leave'})`]
      : [],
  );
  if (special.length === 0) return [];
  return [
    comment(
      'Roles that may be used with SET ROLE, and those whose sessions are left alone. Yours to change.',
    ),
    `INSERT INTO hallpass.roles (role, set_role, end_sessions)
SELECT r.oid, w.set_role, w.end_sessions
  FROM (VALUES ${special.join(', ')}) AS w (name, set_role, end_sessions) JOIN pg_roles r ON r.rolname::text = w.name
    ON CONFLICT (role) DO UPDATE SET set_role = EXCLUDED.set_role, end_sessions = EXCLUDED.end_sessions;`,
  ];
}

/** After an update: logins that hold something, and could not be granted it today. */
export function nameDisallowed(): string {
  return doBlock(`
DECLARE
  logins text;
BEGIN
  SELECT string_agg(DISTINCT quote_ident(u.rolname), ', ') INTO logins
    FROM hallpass.grants g JOIN pg_roles u ON u.oid = g.member_oid
   WHERE g.ended_at IS NULL AND NOT hallpass.is_allowed(g.member_oid);
  IF logins IS NOT NULL THEN
    RAISE WARNING 'These hold a role, and are not in ${PEOPLE}: %.', logins
      USING HINT = format('They keep it until it ends, and get no other. If they are people’s: GRANT ${PEOPLE} TO %s;', logins);
  END IF;
END`);
}
