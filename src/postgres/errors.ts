/**
 * What can go wrong on a target, sorted once. `scope` tells what an error concerns, and so how far its effect goes:
 * the whole target (the call throws), one role (its other logins need not be tried), or a pair. What isn't known is
 * not passing: granting gives up on it; whoever takes access away retries every error, whatever it is.
 */
import pg from 'pg';
import { coerceError, HallpassError } from '../errors.js';

type TargetErrorKind =
  /** No session could be had; nothing was done. */
  | 'unreachable'
  /** The server, or its certificate, turned us away. */
  | 'login_refused'
  /** The connection broke, or the answer did not come in time, while something was under way. */
  | 'cut'
  | 'timeout'
  /** Not the server that the OIDs belong to. */
  | 'other_server'
  | 'standby'
  /** The server is there, and not well: no memory, disk or I/O. */
  | 'ailing'
  /** Somebody holds a lock that we need, or the statement took too long. */
  | 'blocked'
  /** Somebody changed the same membership at the same moment. */
  | 'conflict'
  /** The membership is gone, and a session that had it is not. */
  | 'sessions'
  | 'not_permitted'
  /** The pair cannot be granted as it stands. */
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
  /** It is not known whether what was under way took effect: a COMMIT may have been done, and its answer lost. */
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

/**
 * By SQLSTATE (PostgreSQL documentation, appendix A) or by Node's name of the error; then by the first two characters,
 * the SQLSTATE's class.
 */
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

  ['ECONNREFUSED', unreachable],
  ['ECONNRESET', unreachable],
  ['EPIPE', unreachable],
  ['ETIMEDOUT', unreachable],
  ['EHOSTUNREACH', unreachable],
  ['ENETUNREACH', unreachable],
]);

/**
 * Where the code says too little, or there is none. A server's words are in the language of `lc_messages`, which only a
 * superuser can set: so a server is known by its source and its catalog, and only `pg`'s own errors by their words. The
 * functions of a guarded target pass on words alone.
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
 * Sorts whatever was thrown while talking to a target. What only happens while connecting is told apart in
 * connecting/errors.ts.
 * @param phase `call`: a session stood, so a broken connection leaves the effect unknown.
 */
export function targetError(thrown: unknown, phase: 'connect' | 'call'): TargetError {
  if (thrown instanceof TargetError) return thrown;
  const error = coerceError(thrown);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const entry = byDetail(error, code) ?? byCode(code) ?? unknownEntry(error, phase);
  const [kind, concerns, passing, said, nextStep = null] = entry;
  // Without a session there is no pair that it could be about.
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
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  return BY_CODE.get(code) ?? (isSqlState ? BY_CODE.get(code.slice(0, 2)) : undefined);
}

/** What the server said of a statement concerns the pair; anything else is not about the pair at all. */
function unknownEntry(error: Error, phase: 'connect' | 'call'): Entry {
  const ofStatement = phase === 'call' && error instanceof pg.DatabaseError;
  const sentence = ofStatement ? 'The server refuses.' : 'Something unexpected happened.';
  return ['unknown', ofStatement ? 'pair' : 'target', false, sentence];
}

/** A transaction could not even begin, or the session doesn't know who it is: the next call logs in again. */
export function sessionError(thrown: unknown): TargetError {
  const error = targetError(thrown, 'call');
  if (error.scope === 'target') return error;
  return new TargetError(
    {
      kind: 'unreachable',
      scope: 'target',
      passing: true,
      sentence: `Hallpass’s session on the server can’t be used any more: ${error.message}`,
      nextStep: 'Hallpass logs in again. If its login was dropped, create it again: hallpass setup-sql.',
    },
    thrown,
  );
}

/** The answer did not come; the connection was destroyed. */
export function timeoutError(ms: number): TargetError {
  return new TargetError({
    kind: 'timeout',
    scope: 'target',
    passing: true,
    sentence: `The server did not answer within ${ms / 1000} s.`,
    nextStep: CHECK_NETWORK,
  });
}

/** No session could be had; it may be had later with nothing changed by us. */
export function unreachableError(sentence: string, nextStep: string, cause?: unknown): TargetError {
  return new TargetError({ kind: 'unreachable', scope: 'target', passing: true, sentence, nextStep }, cause);
}

/** No session will be had until somebody changes something. */
export function loginRefusedError(sentence: string, nextStep: string, cause?: unknown): TargetError {
  return new TargetError(
    { kind: 'login_refused', scope: 'target', passing: false, sentence, nextStep },
    cause,
  );
}

/** Hallpass is stopping. */
export function closedError(): TargetError {
  return new TargetError({
    kind: 'unreachable',
    scope: 'target',
    passing: true,
    sentence: 'The connection was closed, because Hallpass is stopping.',
    nextStep: null,
  });
}

/** OIDs of one server mean nothing on another. */
export function otherServerError(wanted: string, seen: string): TargetError {
  return new TargetError({
    kind: 'other_server',
    scope: 'target',
    passing: false,
    sentence: `This is another server than the one on which the role was granted: its system identifier is ${seen}, not ${wanted}.`,
    nextStep:
      'Point the connection of this target back to the server that it had; if that is gone for good, run `hallpass recover --replaced` with the name of the target.',
  });
}

/** The address leads to a copy of the server, to a promoted standby of it, or to the same one after a restart. */
export function movedServerError(): TargetError {
  return new TargetError({
    kind: 'other_server',
    scope: 'target',
    passing: true,
    sentence: 'This is not the server of the last look, or it was restarted: everything is compared first.',
    nextStep: null,
  });
}

/** Nothing can be changed there, and what is missing there may still stand on the primary. */
export function standbyError(): TargetError {
  return new TargetError({
    kind: 'standby',
    scope: 'target',
    passing: false,
    sentence: 'The server is a standby.',
    nextStep: USE_PRIMARY,
  });
}
