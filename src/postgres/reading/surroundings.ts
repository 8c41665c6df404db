/** Our rights to sessions, other installations under our login, and what the server remembers of our ledger. */
import { z } from 'zod';
import { parseAnchor } from '../../domain/audit/anchor.js';
import { SESSION_RIGHTS } from '../../domain/postgres/predefined-roles.js';
import { ANCHOR } from '../anchor.js';
import type { Send } from '../connect.js';
import type { Surroundings } from '../target.js';
import { forEachMode, GRANTOR, type Mode } from './fragments.js';
import { mayUse } from './rights.js';

const row = z.object({
  maySeeSessions: z.boolean(),
  mayEndSessions: z.boolean(),
  isShared: z.boolean(),
  anchor: z.string().nullable(),
});

/** Each installation names itself in its connections; a login sees its own sessions without any right. */
const SURROUNDINGS = forEachMode(
  (mode) => `
SELECT ${mayUse(GRANTOR[mode], SESSION_RIGHTS.see, mode)} AS "maySeeSessions",
       ${mayUse(GRANTOR[mode], SESSION_RIGHTS.end, mode)} AS "mayEndSessions",
       current_setting('application_name') LIKE 'hallpass/%' AND EXISTS (
         SELECT FROM pg_stat_activity a
          WHERE a.usesysid = (SELECT oid FROM pg_roles WHERE rolname = session_user)
            AND a.application_name LIKE 'hallpass/%'
            AND a.application_name <> current_setting('application_name')) AS "isShared",
       ${ANCHOR} AS anchor`,
);

export async function readSurroundings(send: Send, mode: Mode): Promise<Surroundings> {
  const [about] = await send(row, SURROUNDINGS[mode]);
  if (about === undefined) throw new Error('the server did not say what its login may do');
  return { ...about, anchor: about.anchor === null ? null : parseAnchor(about.anchor) };
}
