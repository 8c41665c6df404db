/**
 * Which sessions of the login end with the grant, because a REVOKE ends nothing that runs. `auto`: those that can still
 * use the role; `all`: every one; `leave`: none.
 */
export const SESSIONS = ['auto', 'all', 'leave'] as const;

/** How a role is granted and revoked. A grant keeps the terms that were in force at its GRANT. */
export interface GrantTerms {
  readonly sessions: (typeof SESSIONS)[number];
  /** The login may SET ROLE to it. Before Postgres 16 it always may. */
  readonly setRole: boolean;
  /** How long before sessions are ended their holder is told, milliseconds. */
  readonly graceMs: number;
  /** It ends when no session could use it for so long, milliseconds; null: never. */
  readonly idleMs: number | null;
}

/** For what the configuration doesn't mention, and for grants made before terms were recorded. */
export const DEFAULT_TERMS: GrantTerms = {
  sessions: 'auto',
  setRole: false,
  graceMs: 10_000,
  idleMs: null,
};
