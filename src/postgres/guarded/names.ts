/** What a guarded target is made of. */

/** The database that holds all of it. */
export const DATABASE = 'hallpass';

/** The role that owns what is installed. It alone holds the ADMIN OPTION on the roles, and nobody can log in as it. */
export const OWNER = 'hallpass_owner';

/** The login that may sweep, and nothing else: for cron and pg_cron. */
export const REAPER = 'hallpass_reaper';

/** The group that the DBA fills: only its members may be granted anything, and only they may use a role through another. */
export const PEOPLE = 'hallpass_people';

/** What the script installs, counted up when the functions change: an older installation is told from this one by it. */
export const INSTALLED = 3;

/** The schema; its functions are called by this name, whatever the search path. */
export const SCHEMA = 'hallpass';

/** Items in one call of a function, at most. */
export const MOST = 500;

/**
 * Added to each duration, milliseconds. The ledger counts from the proof, which comes after the GRANT, and revokes
 * itself; what the server does by itself comes later, for the case that nobody else does. The limit of the server
 * leaves room for it.
 */
export const BACKSTOP_MS = 60_000;

/**
 * A setting of the functions. Their plans are kept for as long as the session lasts, and one that was made when there
 * were few memberships reads all of them each time.
 */
export const BY_INDEX = 'SET enable_seqscan = off';
