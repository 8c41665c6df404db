/** How a role is granted and revoked. A grant keeps what was in force at its GRANT. */
export interface GrantTerms {
  /**
   * The sessions of the login that are ended with the grant, because a REVOKE ends nothing that runs. `auto`: those
   * that can still use the role; `all`: every one; `leave`: none.
   */
  readonly sessions: 'auto' | 'all' | 'leave';
  /** The login may SET ROLE to it: from Postgres 16 on only when this says so, before it always. */
  readonly setRole: boolean;
  /** How long before their end its holder is told that sessions will be ended, milliseconds. */
  readonly graceMs: number;
}

/** What holds for what no configuration speaks of, and held for grants made before this was written down. */
export const DEFAULT_TERMS: GrantTerms = { sessions: 'auto', setRole: false, graceMs: 10_000 };
