/** What else is to be known of a server: our rights for sessions, our doubles, and what it remembers of our ledger. */
import { z } from 'zod';
import type { TargetConfig } from '../config/config.js';
import { parseAnchor } from '../domain/anchor.js';
import { ANCHOR } from './anchor.js';
import type { Send } from './connect.js';
import { OWNER } from './guarded/names.js';
import { GRANTORS_SINCE } from './quote.js';
import type { Surroundings } from './target.js';

const row = z.object({
  may_see: z.boolean(),
  may_end: z.boolean(),
  shared: z.boolean(),
  anchor: z.string().nullable(),
});

/** Before 16 our login inherits nothing, and becomes the role that has the right; the owner always inherits. */
const may = (holder: string, right: string): string => `
pg_has_role(${holder}, '${right}',
            CASE WHEN current_setting('server_version_num')::int < ${GRANTORS_SINCE} THEN 'MEMBER' ELSE 'USAGE' END)`;

/** Each installation names itself in its connections; sessions of one's own login are visible without any right. */
const surroundings = (holder: string): string => `
SELECT ${may(holder, 'pg_read_all_stats')} AS may_see, ${may(holder, 'pg_signal_backend')} AS may_end,
       current_setting('application_name') LIKE 'hallpass/%' AND EXISTS (
         SELECT FROM pg_stat_activity a
          WHERE a.usesysid = (SELECT oid FROM pg_roles WHERE rolname = session_user)
            AND a.application_name LIKE 'hallpass/%'
            AND a.application_name <> current_setting('application_name')) AS shared,
       ${ANCHOR} AS anchor`;

const SURROUNDINGS: Readonly<Record<TargetConfig['mode'], string>> = {
  direct: surroundings('session_user'),
  guarded: surroundings(`'${OWNER}'`),
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
