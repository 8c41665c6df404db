/** What a server's administrators have set for our own login there. */
import { z } from 'zod';

export const ownLoginRow = z.object({
  login: z.string(),
  /** Until its password expires (VALID UNTIL), milliseconds, negative when it has; null: it doesn't. */
  validMs: z.number().nullable(),
  /** -1: as many as the server has. */
  connectionLimit: z.number(),
  /** How many sessions it has now. */
  sessions: z.number(),
});

export type OwnLogin = z.infer<typeof ownLoginRow>;

/** One row, for the login of the session. */
export const OWN_LOGIN = `
SELECT u.rolname::text AS login, u.rolconnlimit AS "connectionLimit",
       CASE WHEN isfinite(u.rolvaliduntil)
            THEN extract(epoch FROM u.rolvaliduntil - clock_timestamp())::float8 * 1000 END AS "validMs",
       (SELECT count(*)::int FROM pg_stat_activity a WHERE a.usesysid = u.oid) AS sessions
  FROM pg_roles u WHERE u.rolname = session_user`;
