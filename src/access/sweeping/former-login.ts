/**
 * Grants of a login that was Hallpass's own once. What our login of today doesn't see of them is no proof, but when the
 * former login exists no more, what stands by its OID is all that there is: its OID is given to nobody else.
 */
import { pairKey } from '../../domain/memberships.js';
import type { MembershipId } from '../../domain/request.js';
import { HallpassError } from '../../errors.js';
import { quoteName } from '../../postgres/quote.js';
import type { Former, Target } from '../../postgres/target.js';

export type FormerGrant =
  /** The login is no role any more, and nothing stands by it: proved absent. */
  | { readonly what: 'gone' }
  /** The login is no role any more, and on Postgres 15 and earlier its membership outlives it. */
  | { readonly what: 'stands'; readonly revoke: string }
  /** It is another role by now: only as that one Hallpass can revoke what it granted. */
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
  switch (former.what) {
    case 'gone':
      return null;
    case 'stands':
      return new HallpassError(
        `The login of Hallpass that granted it was dropped, and the membership has outlived it. A database administrator has to run: ${former.revoke}`,
        { passing: true },
      );
    case 'other':
      return new HallpassError(
        `Hallpass logs in there as another than ${former.grantor}, which granted it, and cannot see it.`,
        { passing: true },
      );
  }
}
