/** Whether someone who may be granted a role could stop its REVOKE, as the owner of the database that it goes through. */
import type { TargetConfig } from '../../../config/config.js';
import type { Granting } from '../../../postgres/diagnosis/read-granting-database.js';
import { quoteName } from '../../../postgres/quote.js';
import { type Finding, note, ok } from '../finding.js';

/** What Hallpass goes to where it may. */
const NEUTRAL = 'postgres';
/** More names tell nothing new. */
const MOST = 5;

/** @param login Hallpass's own. */
export function describeGranting(
  { mode }: Pick<TargetConfig, 'mode'>,
  login: string,
  { database, owner, owners }: Granting,
): readonly Finding[] {
  if (owners.length === 0) {
    return [
      ok('database', `Hallpass grants and revokes through the database ${database}, which ${owner} owns.`),
    ];
  }
  const shown = owners.slice(0, MOST).join(', ');
  const rest = owners.length > MOST ? ` and ${owners.length - MOST} more` : '';
  const says =
    `Hallpass grants and revokes through the database ${database}, and ${shown}${rest} can act as its owner, ` +
    `${owner}: an owner can keep Hallpass out of the database, and so stop a REVOKE.`;
  return [note('database', says, nextStep(mode, login, database))];
}

function nextStep(mode: TargetConfig['mode'], login: string, database: string): string {
  if (mode === 'direct' && database !== NEUTRAL) {
    return `Let Hallpass use another one:\nGRANT CONNECT ON DATABASE ${NEUTRAL} TO ${quoteName(login)};`;
  }
  return `Give it to an administrator:\nALTER DATABASE ${quoteName(database)} OWNER TO …;`;
}
