/** Could someone who may be granted a role stop its REVOKE, as the owner of the database that it goes through? */
import type { TargetConfig } from '../../../config/config.js';
import type { GrantingDatabase } from '../../../postgres/diagnosis/read-granting-database.js';
import { quoteName } from '../../../postgres/quote.js';
import { firstOf } from '../../../surfaces/kit/words.js';
import { type Finding, note, ok } from '../finding.js';

/** The database that Hallpass prefers. */
const NEUTRAL = 'postgres';
/** Owners that are named. */
const MOST = 5;

/** @param login Hallpass's own. */
export function describeGrantingDatabase(
  { mode }: Pick<TargetConfig, 'mode'>,
  login: string,
  { database, owner, owners }: GrantingDatabase,
): Finding {
  const through = `Hallpass grants and revokes through the database ${database}`;
  if (owners.length === 0) return ok('database', `${through}, which ${owner} owns.`);
  return note(
    'database',
    `${through}, and ${firstOf(owners, MOST)} can act as its owner, ${owner}: an owner can keep Hallpass out of the database, and so stop a REVOKE.`,
    mode === 'direct' && database !== NEUTRAL
      ? `Let Hallpass use another one:\nGRANT CONNECT ON DATABASE ${NEUTRAL} TO ${quoteName(login)};`
      : `Give it to an administrator:\nALTER DATABASE ${quoteName(database)} OWNER TO …;`,
  );
}
