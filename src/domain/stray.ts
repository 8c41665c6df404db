import type { GrantTerms } from './grant-terms.js';
import type { MembershipId, OtherUser } from './request.js';

/**
 * Why a membership has to go that no open request accounts for. `leftover`: it is there although its request has ended;
 * `late`: its GRANT came after the end of its request; `orphan`: no request explains it, and an operator or the
 * configuration has it revoked.
 */
export type StrayKind = 'leftover' | 'late' | 'orphan';

/** A membership that has to go, from the moment at which the ledger says so; what people are told of it. */
export interface Stray {
  readonly id: number;
  readonly kind: StrayKind;
  /** The target's key in the configuration. */
  readonly target: string;
  readonly role: string;
  readonly login: string;
  /** Whose membership it was; null for an orphan. `endedAt`: null while it is still being ended. */
  readonly request: {
    readonly id: number;
    readonly requester: string;
    readonly endedAt: Date | null;
  } | null;
  readonly orphanId: number | null;
  /** The operator who has it revoked; null when Hallpass does by itself. */
  readonly askedBy: string | null;
  /** Why Hallpass thinks that it came back; null when it doesn't know. */
  readonly because: string | null;
  /** When it was last known not to be there. */
  readonly absentAt: Date | null;
  readonly foundAt: Date;
  readonly sessions: GrantTerms['sessions'];
  /** What keeps it from being proved gone. */
  readonly trouble: string | null;
  readonly end: StrayEnd | null;
}

export interface StrayEnd {
  readonly at: Date;
  /** `absent`: the membership was gone when Hallpass came (or came again); `wanted`: a newer request has it, and it ends with that one. */
  readonly outcome: 'revoked' | 'absent' | 'wanted';
  /** Sessions that were ended, and prepared transactions of the login that still wait for their COMMIT. */
  readonly closed: number;
  readonly prepared: readonly string[];
  readonly wantedBy: number | null;
}

/** What a sweep needs to know of a stray. */
export interface DueStray {
  readonly id: number;
  readonly target: string;
  readonly place: MembershipId;
  readonly sessions: GrantTerms['sessions'];
  readonly setRole: boolean;
  /** Who was seen to be able to use it through the login, while it was its request's. */
  readonly users: readonly OtherUser[];
  readonly sessionsBefore: string | null;
  /** Our own REVOKE took it away, and not somebody else. */
  readonly revoked: boolean;
  readonly trouble: string | null;
  /** The open request that has been given this membership since. */
  readonly wantedBy: number | null;
}
