import type { Lending } from './lending.js';
import type { Place } from './request.js';

/** A membership that has to go although no open request accounts for it, as far as a sweep needs to know it. */
export interface DueStray {
  readonly id: number;
  readonly target: string;
  readonly place: Place;
  readonly sessions: Lending['sessions'];
  readonly setRole: boolean;
  readonly sessionsBefore: string | null;
  /** Our own REVOKE took it away, and not somebody else. */
  readonly revoked: boolean;
  readonly trouble: string | null;
  /** The open request that has been given this membership since. */
  readonly wantedBy: number | null;
}
