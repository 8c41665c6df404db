import type { Anchor, NotedAnchor } from '../domain/anchor.js';
import type { OtherUser } from '../domain/request.js';
import type { ServerIdentity } from '../domain/server-identity.js';
import type { HallpassError } from '../errors.js';

/**
 * The port to one target: all that Hallpass does on somebody's Postgres. `look` and `list` ask; the others grant, extend,
 * revoke, end sessions and note how far the ledger went. Every call has a client-side timeout and throws a
 * TargetError; what it returns was read back, never assumed. Whether the target is direct or guarded, nothing outside this folder knows.
 */
export interface Target {
  /** Reads what the server has for each pair of names: who they are, who holds what. Changes nothing. */
  look(
    pairs: readonly NamePair[],
  ): Promise<{ server: Server; surroundings: Surroundings; facts: readonly PairFacts[] }>;
  /**
   * GRANT for each pair, each in a transaction of its own that reads the row back. Asked again for the same request,
   * it answers as before.
   * @param server the system_identifier that the pairs' OIDs belong to; another server throws.
   */
  grant(server: string, wishes: readonly ToGrant[]): Promise<readonly Granted[]>;
  /**
   * Moves the expiry that a guarded server keeps of its own; a direct one keeps none, and shows that the membership
   * stands. Grants nothing, and never shortens; asked again, it answers as before.
   * @param server as for `grant`.
   */
  extend(server: string, wishes: readonly ToExtend[]): Promise<readonly Extended[]>;
  /**
   * REVOKE what our own grantor granted, by OID, in batches; each answer is what was read back afterwards.
   * A pair that fails is answered `failed`, and the others go on. Idempotent.
   * @param server as for `grant`.
   */
  revoke(server: string, pairs: readonly OidPair[]): Promise<readonly Revoked[]>;
  /**
   * Ends what a REVOKE leaves: sessions that became the role, and transactions that go on with a plan made before, on
   * the primary and on every standby; of the login itself, and of each other that could use the role through it. Who
   * can use the role in another way is left alone. Called after `revoke`; a standby on which the membership still reads as
   * there is answered `open`. Answers what was still there after at most two seconds.
   * @param server as for `grant`.
   */
  endSessions(server: string, ends: readonly ToEnd[]): Promise<readonly SessionsEnded[]>;
  /** Every membership whose grantor is our own, with who else could use it. */
  list(): Promise<{
    server: Server;
    surroundings: Surroundings;
    memberships: readonly ListedMembership[];
  }>;
  /**
   * Notes how far the ledger went, for a restored one to be told by.
   * @param server as for `grant`.
   */
  writeAnchor(server: string, anchor: Anchor): Promise<void>;
  /**
   * What stands of memberships that another login granted, which was ours once.
   * @param server as for `grant`.
   */
  former(server: string, places: readonly FormerPlace[]): Promise<readonly Former[]>;
  /** Its standbys that answer and are standbys. Never throws: one that is down is left out. */
  standbys(): Promise<readonly Standby[]>;
  /**
   * The same target, on which `grant`, `extend`, `revoke`, `endSessions` and `writeAnchor` work on this run of its
   * server only, and throw anywhere else.
   */
  on(server: Pick<Server, 'id' | 'startedAt'>): Target;
  close(): Promise<void>;
}

/** A membership by its grantor. */
export interface FormerPlace extends OidPair {
  readonly grantorOid: number;
}

export interface Former extends FormerPlace {
  /** What the grantor is called; null: it is no role any more. Role and login likewise. */
  readonly grantor: string | null;
  readonly role: string | null;
  readonly login: string | null;
  /** The membership by that grantor is there. */
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
  /** How long it is to last, from the GRANT, milliseconds: a guarded target keeps it, and a minute more. */
  readonly durationMs: number;
  readonly setRole: boolean;
}

/** `durationMs`: from the GRANT on, as for `grant`. */
export type ToExtend = Pick<ToGrant, keyof OidPair | 'requestId' | 'durationMs'>;

export interface ToEnd extends OidPair {
  readonly sessions: 'auto' | 'all';
  /** The login could SET ROLE to it, also from 16 on. */
  readonly setRole: boolean;
  /** OIDs of others that could use it through the login at some time; who can when this is called is read there. */
  readonly users: readonly number[];
  /** Only what began before this: `before` of the first answer, by each server's own clock. null: before now. */
  readonly before: string | null;
}

/** What a target is known by, whatever its address; and who we are there. */
export interface Server extends ServerIdentity {
  /** server_version_num, e.g. 180004. */
  readonly version: number;
  readonly inRecovery: boolean;
  /** Our own login there, and why it may not grant at all (superuser, CREATEROLE), or null. */
  readonly login: string;
  /** Whose memberships are ours: our login's on a direct target, the owner's on a guarded one. */
  readonly grantor: string;
  readonly grantorOid: number;
  readonly unfit: string | null;
  /** The functions of a guarded target are of an earlier release: they revoke, and grant nothing more. */
  readonly isOutdated: boolean;
}

export interface Surroundings {
  /** Rights to see when sessions and transactions began, and to end them. */
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
  /** Its password was valid until then, in the server's own writing; null: it still is. */
  readonly memberValidUntil: string | null;
  /** -1: as many as the server has. */
  readonly memberConnectionLimit: number;
  /** NOINHERIT when false: up to 15, what is a member only of roles has nothing of them before SET ROLE. */
  readonly memberInherits: boolean;
  /** A membership row that our login granted. */
  readonly ours: boolean;
  /** A member by somebody else: `direct` row, or `through` another role (its name). */
  readonly held: { readonly how: 'direct' | 'through'; readonly via: string } | null;
  /** What a guarded server would say itself; null on a direct one, and where that could not be asked. */
  readonly rules?: ServerRules | null;
}

/** The reasons for which a guarded server refuses a GRANT, each a sentence, and on a line of its own the SQL against it. */
interface ServerRules {
  readonly role: string | null;
  readonly login: string | null;
  readonly maySetRole: boolean;
  /** For how long it could be granted now; null: no such pair. Milliseconds. */
  readonly longestMs: number | null;
}

export type Granted = OidPair &
  /** `mark`: the transaction of the GRANT, by which later changes in the catalog are told from earlier ones. */
  (
    | {
        readonly outcome: 'granted';
        readonly grantorOid: number;
        readonly mark: string;
        /** Who else can use it now, through the login. */
        readonly users: readonly OtherUser[];
      }
    /** A member through somebody else; nothing was granted. `via` as in PairFacts. */
    | { readonly outcome: 'held'; readonly via: string }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type Extended = OidPair &
  (
    | { readonly outcome: 'extended' }
    /** The membership itself is not there, and was not made again. */
    | { readonly outcome: 'missing' }
    | { readonly outcome: 'failed'; readonly error: HallpassError }
  );

export type Revoked = OidPair &
  /**
   * `gone`: our row was there and is not any more. `absent`: it was not there when we came. `users`: who else could use
   * it through the login, before it went.
   */
  (
    | {
        readonly outcome: 'gone' | 'absent';
        readonly stillHeld: boolean;
        readonly users: readonly OtherUser[];
      }
    /** The role or the login itself no longer exists on this server. */
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
