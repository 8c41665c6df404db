/**
 * What can go wrong on a target, sorted once. `scope` tells how far an error reaches: the whole target (the call
 * throws), one role (its other logins need not be tried), or one pair. What isn't known counts as final: granting
 * gives up on it, while revoking retries every error anyway.
 */
import pg from 'pg';
import { coerceError, HallpassError } from '../errors.js';

type TargetErrorKind =
  /** We got no session, so nothing was done. */
  | 'unreachable'
  /** The server, or its certificate, turned us away. */
  | 'login_refused'
  /** The connection broke, or the answer didn't come in time, while something was under way. */
  | 'cut'
  | 'timeout'
  /** Not the server that the OIDs belong to. */
  | 'other_server'
  | 'standby'
  /** The server answers, but has no memory or disk left, or an I/O error. */
  | 'ailing'
  /** Somebody holds a lock that we need, or the statement took too long. */
  | 'blocked'
  /** Somebody changed the same membership at the same moment. */
  | 'conflict'
  /** The membership is gone, but a session that had it is not. */
  | 'sessions'
  | 'not_permitted'
  /** The pair can't be granted as things are. */
  | 'unfit'
  | 'unknown';

type Scope = 'target' | 'role' | 'pair';

interface Meaning {
  readonly kind: TargetErrorKind;
  readonly scope: Scope;
  readonly passing: boolean;
  readonly sentence: string;
  readonly nextStep: string | null;
}

/** A call to a target that failed. */
export class TargetError extends HallpassError {
  readonly kind: TargetErrorKind;
  readonly scope: Scope;
  /** We can't know whether what was under way took effect: a COMMIT may have been done and its answer lost. */
  readonly ambiguous: boolean;

  constructor({ kind, scope, passing, sentence, nextStep }: Meaning, cause?: unknown) {
    super(sentence, { passing, nextStep, cause });
    this.kind = kind;
    this.scope = scope;
    this.ambiguous = kind === 'cut' || kind === 'timeout';
  }
}

type Entry = readonly [
  kind: TargetErrorKind,
  scope: Scope,
  passing: boolean,
  sentence: string,
  nextStep?: string,
];

const CHECK_NETWORK = 'Check that the server runs, and the network between Hallpass and it.';
const END_TRANSACTION = 'End the transaction that holds the lock: pg_blocking_pids() names it.';
const USE_PRIMARY = 'Point the connection of this target to its primary.';

const unreachable: Entry = ['unreachable', 'target', true, 'The server can’t be reached.', CHECK_NETWORK];
const cut: Entry = ['cut', 'target', true, 'The server ended the connection.'];
const conflict: Entry = [
  'conflict',
  'pair',
  true,
  'Somebody changed the same membership at the same moment.',
];
const statementPool: Entry = [
  'login_refused',
  'target',
  false,
  'A pooler in statement mode answers in the server’s place: nobody can begin a transaction through it.',
  'Point the connection to the server’s own port, or to a pool in session mode.',
];
const slow: Entry = ['blocked', 'role', true, 'The server took too long.'];

/** By SQLSTATE (PostgreSQL documentation, appendix A), then by its class, the first two characters. */
const BY_CODE: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  ['08', unreachable],
  ['53', ['ailing', 'target', true, 'The server is out of resources.']],
  ['57', cut],
  ['57014', slow],
  ['58', ['ailing', 'target', true, 'The server has an error of its own.']],
  ['25P03', cut],
  ['25P04', cut],
  ['25P02', ['unknown', 'target', true, 'An earlier statement of the transaction failed.']],
  ['25006', ['standby', 'target', true, 'The server is read-only.', USE_PRIMARY]],
  [
    '55P03',
    ['blocked', 'role', true, 'Somebody else’s transaction holds a lock on the role.', END_TRANSACTION],
  ],
  ['40', conflict],
  ['42501', ['not_permitted', 'pair', false, 'The server doesn’t let Hallpass do this.']],
  ['42704', ['unfit', 'pair', false, 'The role or the login does not exist.']],
  ['0LP01', ['unfit', 'pair', false, 'The role is itself a member of the login.']],
  [
    '2BP01',
    [
      'not_permitted',
      'pair',
      false,
      'The login has granted the role to others, so it can’t be revoked from it alone.',
      'Find the memberships in pg_auth_members whose grantor is the login, and REVOKE them.',
    ],
  ],
]);

/** Node's names of a connection that failed. */
const IS_NETWORK = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/**
 * Where the code says too little, or is missing. A server's words depend on `lc_messages`, which only a superuser can
 * set, so its errors are told by routine and table; only errors of `pg` itself are told by their words, and what the
 * functions of a guarded target pass on, which is words alone.
 */
function byDetail(error: Error, code: string | null): Entry | undefined {
  if (code === null)
    return /^Connection terminated|not queryable$/.test(error.message) ? unreachable : undefined;
  if (!(error instanceof pg.DatabaseError)) return undefined;
  if (code === '08P01' && /statement pooling mode/.test(error.message)) return statementPool;
  const isConflict =
    (code === 'XX000' &&
      (/^simple_heap_(?:update|delete)$/.test(error.routine ?? '') ||
        /tuple (?:concurrently|already) (?:updated|deleted)/.test(error.message))) ||
    (code === '23505' && (error.table === 'pg_auth_members' || /pg_auth_members/.test(error.message)));
  return isConflict ? conflict : undefined;
}

/**
 * Sorts whatever was thrown while talking to a target; connecting/errors.ts tells apart what happens while
 * connecting.
 * @param phase `call`: there was a session, so after a broken connection the effect is unknown.
 */
export function targetError(thrown: unknown, phase: 'connect' | 'call'): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const error = coerceError(thrown);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const entry = byDetail(error, code) ?? byCode(code) ?? unknownEntry(error, phase);
  const [kind, concerns, passing, said, nextStep = null] = entry;
  // Without a session it can't be about a pair.
  const scope = phase === 'connect' ? 'target' : concerns;
  const broken = phase === 'call' && kind === 'unreachable';
  const sentence = broken ? 'The connection broke before the answer came.' : said;
  const detail = [code, error.message].filter((part) => part !== null && part !== '').join(': ');
  return new TargetError(
    { kind: broken ? 'cut' : kind, scope, passing, sentence: `${sentence} (${detail})`, nextStep },
    error,
  );
}

function byCode(code: string | null): Entry | undefined {
  if (code === null) return undefined;
  if (IS_NETWORK.test(code)) return unreachable;
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  return BY_CODE.get(code) ?? (isSqlState ? BY_CODE.get(code.slice(0, 2)) : undefined);
}

/** What the server says about a statement concerns the pair; nothing else is about the pair at all. */
function unknownEntry(error: Error, phase: 'connect' | 'call'): Entry {
  const ofStatement = phase === 'call' && error instanceof pg.DatabaseError;
  const sentence = ofStatement ? 'The server refuses.' : 'Something unexpected happened.';
  return ['unknown', ofStatement ? 'pair' : 'target', false, sentence];
}

/** A transaction could not even begin, or the session no longer knows its login: the next call logs in again. */
export function sessionError(thrown: unknown): TargetError {
  const error = targetError(thrown, 'call');
  if (error.scope === 'target') return error;
  return ofTarget(
    'unreachable',
    true,
    `Hallpass’s session on the server can’t be used any more: ${error.message}`,
    'Hallpass logs in again. If its login was dropped, create it again: hallpass setup-sql.',
    thrown,
  );
}

/** The answer did not come; the connection was destroyed. */
export function timeoutError(ms: number): TargetError {
  return ofTarget('timeout', true, `The server did not answer within ${ms / 1000} s.`, CHECK_NETWORK);
}

/** We could not get a session, and may get one later without changing anything. */
export function unreachableError(sentence: string, nextStep: string, cause?: unknown): TargetError {
  return ofTarget('unreachable', true, sentence, nextStep, cause);
}

/** We won't get a session until somebody changes something. */
export function loginRefusedError(sentence: string, nextStep: string, cause?: unknown): TargetError {
  return ofTarget('login_refused', false, sentence, nextStep, cause);
}

export function closedError(): TargetError {
  return ofTarget('unreachable', true, 'The connection was closed, because Hallpass is stopping.');
}

/** OIDs of one server mean nothing on another. */
export function otherServerError(wanted: string, seen: string): TargetError {
  return ofTarget(
    'other_server',
    false,
    `This is another server than the one on which the role was granted: its system identifier is ${seen}, not ${wanted}.`,
    'Point the connection of this target back to the server that it had; if that is gone for good, run `hallpass recover --replaced` with the name of the target.',
  );
}

/** The address leads to a copy of the server, to a promoted standby of it, or to the same one after a restart. */
export function movedServerError(): TargetError {
  return ofTarget(
    'other_server',
    true,
    'This is not the server of the last look, or it was restarted: everything is compared first.',
  );
}

/** Nothing can be changed on a standby, and what is missing there may still be on the primary. */
export function standbyError(): TargetError {
  return ofTarget('standby', false, 'The server is a standby.', USE_PRIMARY);
}

/** A guarded target on which `hallpass setup-sql` wasn't run, or for another login. */
export function notInstalledError(): TargetError {
  return ofTarget(
    'not_permitted',
    false,
    'The target is guarded, and Hallpass’s functions are not in its database, or not for Hallpass’s login.',
    'Run `hallpass setup-sql TARGET`, and what it prints as an administrator of the server.',
  );
}

/** Somebody else changed the same membership, or our change did nothing: another attempt may succeed. */
export function conflictError(sentence: string): TargetError {
  return new TargetError({ kind: 'conflict', scope: 'pair', passing: true, sentence, nextStep: null });
}

/** It concerns the whole target. */
function ofTarget(
  kind: TargetErrorKind,
  passing: boolean,
  sentence: string,
  nextStep: string | null = null,
  cause?: unknown,
): TargetError {
  return new TargetError({ kind, scope: 'target', passing, sentence, nextStep }, cause);
}
