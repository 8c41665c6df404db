import type { GrantTerms } from './grant-terms.js';
import type { OtherUser } from './other-users.js';
import type { MembershipId } from './request.js';

/**
 * Why a membership is revoked that no open request accounts for. `leftover`: its request has ended; `late`: its GRANT came
 * after the end of its request; `orphan`: no request explains it, and an operator or the configuration has it revoked.
 */
export type StrayKind = 'leftover' | 'late' | 'orphan';

/** A membership to be revoked that no open request accounts for, as people are told about it. */
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
  /** Why it came back, as far as Hallpass knows. */
  readonly because: string | null;
  /** When it was last known not to be there. */
  readonly absentAt: Date | null;
  readonly foundAt: Date;
  readonly sessions: GrantTerms['sessions'];
  /** What blocks the proof that it is gone. */
  readonly trouble: string | null;
  readonly end: StrayEnd | null;
}

export interface StrayEnd {
  readonly at: Date;
  /** `absent`: it was gone before Hallpass revoked it. `wanted`: a newer request has it, and it ends with that one. */
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
  /** Other logins that could use it while it was its request's, as far as was seen. */
  readonly users: readonly OtherUser[];
  readonly sessionsBefore: string | null;
  /** Hallpass's own REVOKE removed it. */
  readonly revoked: boolean;
  readonly trouble: string | null;
  /** The open request that has this membership now. */
  readonly wantedBy: number | null;
}
