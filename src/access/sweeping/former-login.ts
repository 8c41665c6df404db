/**
 * Grants of a login that Hallpass used before. That our login of today doesn't see them is no proof. But once the former
 * login is dropped, what stands by its OID is all there is: no other role gets its OID.
 */
import { pairKey } from '../../domain/postgres/memberships.js';
import type { MembershipId } from '../../domain/request/request.js';
import { HallpassError } from '../../errors.js';
import { quoteName } from '../../postgres/quote.js';
import type { Former, Target } from '../../postgres/target.js';

export type FormerGrant =
  /** The login was dropped, and nothing stands by it: proved absent. */
  | { readonly what: 'gone' }
  /** The login was dropped, and on Postgres 15 and earlier its membership outlives it. */
  | { readonly what: 'stands'; readonly revoke: string }
  /** It is still a role: Hallpass can revoke what it granted only by logging in as it. */
  | { readonly what: 'other'; readonly grantor: string };

/** By `pairKey`. @throws TargetError */
export async function askFormer(
  target: Target,
  server: string,
  places: readonly MembershipId[],
): Promise<ReadonlyMap<string, FormerGrant>> {
  if (places.length === 0) return new Map();
  const answers = await target.former(server, places);
  return new Map(answers.map((answer) => [pairKey(answer), judge(answer)]));
}

function judge({ grantor, role, login, stands }: Former): FormerGrant {
  if (grantor !== null) return { what: 'other', grantor };
  if (!stands || role === null || login === null) return { what: 'gone' };
  return { what: 'stands', revoke: `REVOKE ${quoteName(role)} FROM ${quoteName(login)};` };
}

/** Why it isn't confirmed; null when it is proved absent. */
export function whyNotGone(former: FormerGrant): HallpassError | null {
  if (former.what === 'gone') return null;
  const why =
    former.what === 'stands'
      ? `The login of Hallpass that granted it was dropped, and the membership has outlived it. A database administrator has to run: ${former.revoke}`
      : `Hallpass logs in there as another than ${former.grantor}, which granted it, and cannot see it.`;
  return new HallpassError(why, { passing: true });
}
