/** What a guarded target is made of. */

/** The database that holds all of it. */
export const DATABASE = 'hallpass';

/** The role that owns what is installed. It alone holds the ADMIN OPTION on the roles, and it can't log in. */
export const OWNER = 'hallpass_owner';

/** The login that may only sweep: for cron and pg_cron. */
export const REAPER = 'hallpass_reaper';

/**
 * The group that the DBA fills: only its members may be granted anything, and only they may use a role through
 * another login.
 */
export const PEOPLE = 'hallpass_people';

/** The version of what the script installs, counted up when the functions change: it tells an older installation. */
export const INSTALLED = 3;

/** The schema; its functions are called by this name, whatever the search path. */
export const SCHEMA = 'hallpass';

/** The most items in one call of a function. */
export const MOST = 500;

/**
 * Added to each duration, milliseconds. The ledger counts from the proof, after the GRANT, and revokes by itself;
 * what the server does comes later, in case Hallpass doesn't. The server's limit leaves room for it.
 */
export const BACKSTOP_MS = 60_000;

/**
 * A setting of the functions. Their plans are kept for the whole session, and one made while there were few
 * memberships would read all of them each time.
 */
export const BY_INDEX = 'SET enable_seqscan = off';
