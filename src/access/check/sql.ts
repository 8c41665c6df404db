/** SQL that `check` tells people to run. */

import { GRANTORS_SINCE, quoteName } from '../../postgres/quote.js';
import type { NamePair } from '../../postgres/target.js';

/** From 16 on, a REVOKE that doesn't name the grantor takes away one's own memberships only. */
export function revokeOursSql(version: number, { role, login }: NamePair, grantor: string): string {
  const by = version >= GRANTORS_SINCE ? ` GRANTED BY ${quoteName(grantor)}` : '';
  return `REVOKE ${quoteName(role)} FROM ${quoteName(login)}${by};`;
}
