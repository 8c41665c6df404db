import type { GrantTerms } from '../../domain/grant-terms.js';
import { pairKey } from '../../domain/memberships.js';
import { type AccessRequest, type MembershipId, type OtherUser, termsOf } from '../../domain/request.js';
import type { DueStray } from '../../domain/stray.js';
import type { HallpassError } from '../../errors.js';
import type { Ending } from '../../ledger/read-due.js';
import type { Replacement } from '../../ledger/servers.js';

/** A request whose server an operator said was replaced. */
export interface Replaced {
  readonly request: AccessRequest;
  readonly word: Replacement;
}

/**
 * A membership that has to go: a request's that ends, what stands on a server that replaced the request's own, or a stray.
 * Whatever it is, it leaves by revoke.ts.
 */
export interface Leaving {
  readonly of: { readonly request: Ending } | Replaced | { readonly stray: DueStray };
  readonly place: MembershipId;
  readonly terms: Pick<GrantTerms, 'sessions' | 'setRole'>;
  /** Who was seen to be able to use it through the login. */
  readonly users: readonly OtherUser[];
  /** Only sessions that began before this count; null: that is not known yet. */
  readonly before: string | null;
  /** It may never have been there: when it is absent at the first look, no session can have used it. */
  readonly isDoubtful: boolean;
}

/** What the target showed of it. */
export type Outcome =
  /** Both proofs. `found`: the membership was missing before we revoked anything. */
  | {
      readonly is: 'gone';
      readonly found: boolean;
      readonly closed: number;
      readonly prepared: readonly string[];
    }
  /** The membership is gone; sessions that began before this moment are not. `found` as above. */
  | {
      readonly is: 'open';
      readonly found: boolean;
      readonly before: string;
      readonly error: HallpassError;
      readonly users: readonly OtherUser[];
    }
  | { readonly is: 'failed'; readonly error: HallpassError };

export interface Left {
  readonly leaving: Leaving;
  readonly outcome: Outcome;
}

/** Of a request that has a place; null for one whose GRANT was never run. */
export function endingRequest(request: Ending): Leaving | null {
  const { place, why, users, sessionsBefore } = request;
  if (place === null) return null;
  return {
    of: { request },
    place,
    terms: termsOf(request),
    users,
    before: sessionsBefore,
    isDoubtful: why === 'failed',
  };
}

/** @param place where it stands on the new server: who could use it on the old one has other OIDs there. */
export function leavingReplaced(of: Replaced, place: MembershipId): Leaving {
  return { of, place, terms: termsOf(of.request), users: [], before: null, isDoubtful: false };
}

export function leavingStray(stray: DueStray): Leaving {
  const { place, sessions, setRole, users, sessionsBefore } = stray;
  const terms = { sessions, setRole };
  return { of: { stray }, place, terms, users, before: sessionsBefore, isDoubtful: false };
}

/** What can be asked of one server at once: in each group no membership is there twice, so that an answer has one owner. */
export function askable(
  leaving: readonly Leaving[],
): readonly { readonly server: string; readonly leaving: readonly Leaving[] }[] {
  const groups = new Map<string, { server: string; leaving: Leaving[] }>();
  const seen = new Map<string, number>();
  for (const each of leaving) {
    const { server } = each.place;
    const pair = `${server}/${pairKey(each.place)}`;
    const nth = seen.get(pair) ?? 0;
    seen.set(pair, nth + 1);
    const key = `${server}/${nth}`;
    const group = groups.get(key);
    if (group) group.leaving.push(each);
    else groups.set(key, { server, leaving: [each] });
  }
  return [...groups.values()];
}
