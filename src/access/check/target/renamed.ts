/** Roles and logins that the configuration still calls by a former name: the ledger knows their OIDs. */
import { type LastPlace, readLastPlaces } from '../../../ledger/requests/last-places.js';
import { quoteName } from '../../../postgres/quote.js';
import type { PairFacts, Server, Target } from '../../../postgres/target.js';
import type { Finding } from '../finding.js';
import type { LedgerView } from '../ledger.js';

/** The name of today by the name in the configuration. */
export type Renamed = Readonly<Record<'role' | 'login', ReadonlyMap<string, string>>>;

/** @throws what the ledger throws; TargetError */
export async function findRenamed(
  ledger: LedgerView,
  key: string,
  { id, inRecovery }: Pick<Server, 'id' | 'inRecovery'>,
  target: Target,
  facts: readonly PairFacts[],
): Promise<Renamed> {
  const roles = facts.flatMap(({ role, roleOid }) => (roleOid === null ? [role] : []));
  const logins = facts.flatMap(({ login, memberOid }) => (memberOid === null ? [login] : []));
  const found = { role: new Map<string, string>(), login: new Map<string, string>() };
  if (!('db' in ledger) || inRecovery || roles.length + logins.length === 0) return found;
  const unknown = { roles: [...new Set(roles)], logins: [...new Set(logins)] };
  const places = await readLastPlaces(ledger.db, key, id, unknown);
  const today = places.length === 0 ? [] : await target.former(id, places);
  places.forEach(({ what, name }: LastPlace, i) => {
    const now = today[i]?.[what];
    if (typeof now === 'string' && now !== name) found[what].set(name, now);
  });
  return found;
}

/** The finding that a name doesn't exist; where it was renamed, with today's name and how to make both agree. */
export function sayRenamed(
  finding: Finding,
  what: 'role' | 'login',
  name: string,
  renamed: Renamed,
): Finding {
  const today = renamed[what].get(name);
  if (today === undefined) return finding;
  return {
    ...finding,
    says: `There is no ${what} ${name} on the server: it was renamed to ${today}.`,
    nextStep: `Write ${today} in the configuration, or rename it back:\nALTER ROLE ${quoteName(today)} RENAME TO ${quoteName(name)};`,
  };
}
