import type { Anchor, NotedAnchor } from '../domain/audit/anchor.js';
import type { ServerIdentity } from '../domain/postgres/server-identity.js';
import type { OtherUser } from '../domain/request/other-users.js';
import type { HallpassError } from '../errors.js';

/**
 * The port to one target: everything that Hallpass does on somebody's Postgres. Every call has a client-side timeout
 * and throws a TargetError; what it returns was read back, never assumed. Outside this folder, nothing knows whether
 * the target is direct or guarded. `server`, in several calls, is the system_identifier that the OIDs belong to; on
 * another server they throw.
 */
export interface Target {
  /** Reads what the server has for each pair of names: who they are, who holds what. Changes nothing. */
  look(
    pairs: readonly NamePair[],
  ): Promise<{ server: Server; surroundings: Surroundings; facts: readonly PairFacts[] }>;
  /**
   * GRANT for each pair, each in a transaction of its own that reads the row back. Called again for the same request,
   * it answers as before.
   */
  grant(server: string, wishes: readonly ToGrant[]): Promise<readonly Granted[]>;
  /**
   * Moves the expiry that a guarded server keeps; a direct one keeps none, and only shows that the membership is
   * there. It grants nothing and never shortens; called again, it answers as before.
   */
  extend(server: string, wishes: readonly ToExtend[]): Promise<readonly Extended[]>;
  /**
   * REVOKE what our own grantor granted, by OID, in batches; each answer was read back afterwards. A pair that fails
   * is answered `failed`, and the others go on. Idempotent.
   */
  revoke(server: string, pairs: readonly OidPair[]): Promise<readonly Revoked[]>;
  /**
   * Ends what a REVOKE leaves: sessions that became the role, and transactions that go on with a plan made before, on
   * the primary and on every standby; of the login itself, and of each other that could use the role through it.
   * Logins that can use the role in another way are left alone. Called after `revoke`; a standby that still shows the
   * membership is answered `open`. Answers what was still there after at most two seconds.
   */
  endSessions(server: string, ends: readonly ToEnd[]): Promise<readonly SessionsEnded[]>;
  /** Every membership whose grantor is our own, with the others who could use it. */
  list(): Promise<{
    server: Server;
    surroundings: Surroundings;
    memberships: readonly ListedMembership[];
  }>;
  /** Notes how far the ledger went, so that a restored one can be recognized. */
  writeAnchor(server: string, anchor: Anchor): Promise<void>;
  /** What is left of memberships that were granted by another login, which was ours once. */
  former(server: string, places: readonly FormerPlace[]): Promise<readonly Former[]>;
  /** Its standbys that answer, and are standbys. Never throws: one that is down is left out. */
  standbys(): Promise<readonly Standby[]>;
  /**
   * The same target, but everything that changes something works on this run of its server only, and throws anywhere
   * else.
   */
  on(server: Pick<Server, 'id' | 'startedAt'>): Target;
  close(): Promise<void>;
}

/** A membership by its grantor. */
export interface FormerPlace extends OidPair {
  readonly grantorOid: number;
}

export interface Former extends FormerPlace {
  /** Their names now; null: that role no longer exists. */
  readonly grantor: string | null;
  readonly role: string | null;
  readonly login: string | null;
  /** The membership by that grantor is still there. */
  readonly stands: boolean;
}

export interface Standby {
  /** As people know it: "the standby db-2:5432". */
  readonly name: string;
  /** As in Server. */
  readonly id: string;
  readonly startedAt: number;
}

export interface NamePair {
  readonly role: string;
  readonly login: string;
}

export interface OidPair {
  readonly roleOid: number;
  readonly memberOid: number;
}

export interface ToGrant extends OidPair {
  readonly requestId: number;
  /** How long it lasts from the GRANT, milliseconds; a guarded target keeps that, and a minute more. */
  readonly durationMs: number;
  readonly setRole: boolean;
}

/** `durationMs`: from the GRANT on, as for `grant`. */
export type ToExtend = Pick<ToGrant, keyof OidPair | 'requestId' | 'durationMs'>;

export interface ToEnd extends OidPair {
  readonly sessions: 'auto' | 'all';
  /** The login could SET ROLE to it, also from 16 on. */
  readonly setRole: boolean;
  /** OIDs of others that could use it through the login at some time; those that can now are read on the server. */
  readonly users: readonly number[];
  /**
   * Only what began before this moment: `before` of the first answer, by each server's own clock. null: before now.
   */
  readonly before: string | null;
}

/** How a target is recognized, whatever its address; and who we are there. */
export interface Server extends ServerIdentity {
  /** server_version_num, e.g. 180004. */
  readonly version: number;
  readonly inRecovery: boolean;
  /** Our own login there. */
  readonly login: string;
  /** Whose memberships are ours: our login's on a direct target, the owner's on a guarded one. */
  readonly grantor: string;
  readonly grantorOid: number;
  /** Why our login may not grant there at all (superuser, CREATEROLE); null: it may. */
  readonly unfit: string | null;
  /** The functions of a guarded target are of an earlier release: they still revoke, but grant nothing. */
  readonly isOutdated: boolean;
}

export interface Surroundings {
  /** The rights to see when sessions and transactions began, and to end them. */
  readonly maySeeSessions: boolean;
  readonly mayEndSessions: boolean;
  /** Another installation of Hallpass is connected as our login: neither can tell whose memberships are whose. */
  readonly isShared: boolean;
  /** How far the ledger went that was here last; null when none was. Anyone who may change our login can write it. */
  readonly anchor: NotedAnchor;
}

export interface PairFacts extends NamePair {
  /** null: no such role on this server. */
  readonly roleOid: number | null;
  readonly roleIsSuperuser: boolean;
  /** A role that is never granted and that this one is, or leads to; null: none. */
  readonly rolePower?: string | null;
  /** Our login holds ADMIN OPTION on the role. */
  readonly mayGrant: boolean;
  readonly memberOid: number | null;
  readonly memberCanLogin: boolean;
  readonly memberIsSuperuser: boolean;
  /** Its password was valid until then, as the server writes it; null: it still is. */
  readonly memberValidUntil: string | null;
  /** -1: as many as the server has. */
  readonly memberConnectionLimit: number;
  /** NOINHERIT when false: up to 15, such a login has nothing of its roles before SET ROLE. */
  readonly memberInherits: boolean;
  /** A membership row that our login granted. */
  readonly ours: boolean;
  /**
   * A member by somebody else's grant: by a `direct` row, or `through` another role. `via` names the grantor or that
   * role.
   */
  readonly held: { readonly how: 'direct' | 'through'; readonly via: string } | null;
  /** What a guarded server itself would refuse; null on a direct one, and when it could not be asked. */
  readonly rules?: ServerRules | null;
}

/**
 * Why a guarded server refuses a GRANT, each a sentence, followed by the SQL that would change it on its own line.
 */
interface ServerRules {
  readonly role: string | null;
  readonly login: string | null;
  readonly maySetRole: boolean;
  /** How long it could be granted now, milliseconds; null: no such pair. */
  readonly longestMs: number | null;
}

export type Granted = OidPair &
  /** `mark`: the transaction of the GRANT, which tells later changes in the catalog from earlier ones. */
  (
    | {
        readonly outcome: 'granted';
        readonly grantorOid: number;
        readonly mark: string;
        /** Who else can use it now, through the login. */
        readonly users: readonly OtherUser[];
      }
    /** A member by somebody else's grant; nothing was granted. `via` as in PairFacts. */
    | { readonly outcome: 'held'; readonly via: string }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type Extended = OidPair &
  (
    | { readonly outcome: 'extended' }
    /** The membership is not there, and was not made again. */
    | { readonly outcome: 'missing' }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type Revoked = OidPair &
  /**
   * `gone`: our row was there, and no longer is. `absent`: it was not there when we came. `users`: who else could use
   * it through the login until then.
   */
  (
    | {
        readonly outcome: 'gone' | 'absent';
        readonly stillHeld: boolean;
        readonly users: readonly OtherUser[];
      }
    /** The role or the login no longer exists on this server. */
    | { readonly outcome: 'dropped' }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type SessionsEnded = OidPair &
  (
    | {
        readonly outcome: 'ended';
        readonly before: string;
        /** How many sessions were ended, and which prepared transactions of the login still wait for their COMMIT. */
        readonly closed: number;
        readonly prepared: readonly string[];
      }
    /** Sessions are still there; `error` says how many, why, and what helps. */
    | { readonly outcome: 'open'; readonly before: string; readonly error: HallpassError }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export interface Membership extends OidPair {
  readonly role: string;
  readonly login: string;
  /** The login may SET ROLE to it: before 16 always. */
  readonly setRole: boolean;
}

export interface ListedMembership extends Membership {
  /** Who else can use it, through the login. */
  readonly users: readonly OtherUser[];
}
