import type { HallpassError } from '../errors.js';

/**
 * The port to one target: the only four things that Hallpass does on somebody's Postgres. Every call has a
 * client-side timeout and throws a TargetError; what it returns was read back, never assumed.
 */
export interface Target {
  /** Reads what the server has for each pair of names: who they are, who holds what. Changes nothing. */
  look(pairs: readonly NamePair[]): Promise<{ server: Server; facts: readonly PairFacts[] }>;
  /**
   * GRANT for each pair, each in a transaction of its own that reads the row back.
   * @param server the system_identifier that the pairs' OIDs belong to; another server throws.
   */
  lend(server: string, pairs: readonly OidPair[]): Promise<readonly Lent[]>;
  /**
   * REVOKE what our own login granted, by OID, in batches; each answer is what was read back afterwards.
   * A pair that fails is answered `failed`, and the others go on. Idempotent.
   * @param server as for `lend`.
   */
  takeBack(server: string, pairs: readonly OidPair[]): Promise<readonly TakenBack[]>;
  /** Every membership whose grantor is our own login. */
  list(): Promise<{ server: Server; memberships: readonly Membership[] }>;
  close(): Promise<void>;
}

export interface NamePair {
  readonly role: string;
  readonly login: string;
}

export interface OidPair {
  readonly roleOid: number;
  readonly memberOid: number;
}

export interface Server {
  /** `system_identifier` of pg_control_system(): what a target is known by, whatever its address. */
  readonly id: string;
  /** server_version_num, e.g. 180004. */
  readonly version: number;
  readonly inRecovery: boolean;
  /** Our own login there, and why it may not lend at all (superuser, CREATEROLE), or null. */
  readonly login: string;
  readonly loginOid: number;
  readonly unfit: string | null;
}

export interface PairFacts extends NamePair {
  /** null: no such role on this server. */
  readonly roleOid: number | null;
  readonly roleIsSuperuser: boolean;
  /** Our login holds ADMIN OPTION on the role. */
  readonly mayLend: boolean;
  readonly memberOid: number | null;
  readonly memberCanLogin: boolean;
  readonly memberIsSuperuser: boolean;
  /** A membership row that our login granted. */
  readonly ours: boolean;
  /** A member by somebody else: `direct` row, or `through` another role (its name). */
  readonly held: { readonly how: 'direct' | 'through'; readonly via: string } | null;
}

export type Lent = OidPair &
  (
    | { readonly outcome: 'lent'; readonly grantorOid: number }
    /** A member through somebody else; nothing was granted. `via` as in PairFacts. */
    | { readonly outcome: 'held'; readonly via: string }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type TakenBack = OidPair &
  /** `gone`: our row was there and is not any more. `absent`: it was not there when we came. */
  (
    | { readonly outcome: 'gone' | 'absent'; readonly stillHeld: boolean }
    /** The role or the login itself no longer exists on this server. */
    | { readonly outcome: 'dropped' }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export interface Membership extends OidPair {
  readonly role: string;
  readonly login: string;
}
