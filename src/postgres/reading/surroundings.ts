/** What else is to be known of a server: our rights for sessions, our doubles, and what it remembers of our ledger. */
import { z } from 'zod';
import type { TargetConfig } from '../../config/config.js';
import { parseAnchor } from '../../domain/anchor.js';
import { SESSION_RIGHTS } from '../../domain/predefined-roles.js';
import { ANCHOR } from '../anchor.js';
import type { Send } from '../connect.js';
import { OWNER } from '../guarded/names.js';
import type { Surroundings } from '../target.js';
import { mayUse } from './rights.js';

const row = z.object({
  may_see: z.boolean(),
  may_end: z.boolean(),
  shared: z.boolean(),
  anchor: z.string().nullable(),
});

/** Each installation names itself in its connections; sessions of one's own login are visible without any right. */
const surroundings = (holder: string, mode: TargetConfig['mode']): string => `
SELECT ${mayUse(holder, SESSION_RIGHTS.see, mode)} AS may_see,
       ${mayUse(holder, SESSION_RIGHTS.end, mode)} AS may_end,
       current_setting('application_name') LIKE 'hallpass/%' AND EXISTS (
         SELECT FROM pg_stat_activity a
          WHERE a.usesysid = (SELECT oid FROM pg_roles WHERE rolname = session_user)
            AND a.application_name LIKE 'hallpass/%'
            AND a.application_name <> current_setting('application_name')) AS shared,
       ${ANCHOR} AS anchor`;

const SURROUNDINGS: Readonly<Record<TargetConfig['mode'], string>> = {
  direct: surroundings('session_user', 'direct'),
  guarded: surroundings(`'${OWNER}'`, 'guarded'),
};

export async function readSurroundings(
  send: Send,
  mode: TargetConfig['mode'] = 'direct',
): Promise<Surroundings> {
  const [about] = await send(row, SURROUNDINGS[mode]);
  if (about === undefined) throw new Error('the server did not say what its login may do');
  return {
    maySeeSessions: about.may_see,
    mayEndSessions: about.may_end,
    isShared: about.shared,
    anchor: about.anchor === null ? null : parseAnchor(about.anchor),
  };
}
