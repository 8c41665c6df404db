import { pairKey } from '../../domain/postgres/memberships.js';
import type { Placed } from '../../domain/request/due.js';
import type { GrantTerms } from '../../domain/request/grant-terms.js';
import type { OtherUser } from '../../domain/request/other-users.js';
import { type AccessRequest, type MembershipId, termsOf } from '../../domain/request/request.js';
import type { DueStray } from '../../domain/request/stray.js';
import type { HallpassError } from '../../errors.js';
import type { Ending } from '../../ledger/requests/read-due.js';
import type { Replacement } from '../../ledger/targets/servers.js';

/** A request whose server was replaced, on an operator's word. */
export interface Replaced {
  readonly request: AccessRequest;
  readonly word: Replacement;
}

/**
 * A membership that has to go: that of a request that ends, one that stands on a server that replaced the request's own,
 * or a stray. All of them leave through revoke.ts.
 */
export interface Revocation {
  readonly of: { readonly request: Ending } | Replaced | { readonly stray: DueStray };
  readonly place: MembershipId;
  readonly terms: Pick<GrantTerms, 'sessions' | 'setRole'>;
  /** The people who were seen to be able to use it through the login. */
  readonly users: readonly OtherUser[];
  /** Only sessions that began before this count; null: not known yet. */
  readonly before: string | null;
  /** It may never have been there: if it is absent at the first look, no session can have used it. */
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

export interface Settled {
  readonly revocation: Revocation;
  readonly outcome: Outcome;
}

export function ofEnding(request: Placed<Ending>): Revocation {
  const { place, why, users, sessionsBefore: before } = request;
  return { of: { request }, place, terms: termsOf(request), users, before, isDoubtful: why === 'failed' };
}

/** @param place where it stands on the new server: the people who could use it on the old one have other OIDs there. */
export function ofReplaced(of: Replaced, place: MembershipId): Revocation {
  return { of, place, terms: termsOf(of.request), users: [], before: null, isDoubtful: false };
}

export function ofStray(stray: DueStray): Revocation {
  const { place, sessions, setRole, users, sessionsBefore: before } = stray;
  return { of: { stray }, place, terms: { sessions, setRole }, users, before, isDoubtful: false };
}

/** What one server can be asked at once: no membership is in a group twice, so that each answer belongs to one revocation. */
export function askable(
  revocations: readonly Revocation[],
): readonly { readonly server: string; readonly revocations: readonly Revocation[] }[] {
  const groups = new Map<string, { server: string; revocations: Revocation[] }>();
  const seen = new Map<string, number>();
  for (const revocation of revocations) {
    const { server } = revocation.place;
    const pair = `${server}/${pairKey(revocation.place)}`;
    const nth = seen.get(pair) ?? 0;
    seen.set(pair, nth + 1);
    const key = `${server}/${nth}`;
    const group = groups.get(key) ?? { server, revocations: [] };
    groups.set(key, group);
    group.revocations.push(revocation);
  }
  return [...groups.values()];
}
