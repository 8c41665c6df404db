/**
 * What a REVOKE leaves: a session that did SET ROLE stays the role, and a transaction goes on with the plans that it
 * made before (PostgreSQL checks memberships when a statement is planned). Such sessions are ended, on the primary
 * and on each standby, which has sessions of its own. Invariants kept here:
 * - gone is what was looked for and not found, never what pg_terminate_backend promised;
 * - of each login only sessions that began before the role was gone are touched: a later one never had it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pairKey } from '../domain/compare.js';
import { chunks } from './by-role.js';
import type { Send, TargetConnection } from './connect.js';
import { otherServerError, TargetError, targetError } from './errors.js';
import { GRANTORS_SINCE } from './quote.js';
import type { OidPair, Server, SessionsEnded, ToEnd } from './target.js';

/** One session, as far as we may see it. */
interface Session {
  readonly pid: number;
  readonly memberOid: number;
  /** Microseconds since 1970, in digits; null: not visible to us. */
  readonly startedAt: string | null;
  /** It, or its open transaction, began before the moment asked for; what is not visible counts as old. */
  readonly isOld: boolean;
  readonly isInOldTransaction: boolean;
}

export interface Seen {
  readonly server: Server;
  /** The server's clock, as formatMoment writes it. */
  readonly now: string;
  /** Rights: to see when transactions began (pg_read_all_stats), to end sessions (pg_signal_backend). */
  readonly maySee: boolean;
  readonly mayEnd: boolean;
  readonly sessions: readonly Session[];
  /** Of these pairs, the memberships of ours that this server still shows. */
  readonly members: readonly OidPair[];
  /** Prepared transactions by login. */
  readonly prepared: ReadonlyMap<number, readonly string[]>;
}

/** How one server is asked about sessions: plainly, or through the functions of a guarded target. */
export interface SessionSource {
  readonly connection: TargetConnection;
  /** What people know the server by: "the server", "the standby db2:5432". */
  readonly name: string;
  look(send: Send, pairs: readonly OidPair[], before: string | null): Promise<Seen>;
  /** Asks the sessions to end. */
  end(send: Send, sessions: readonly Session[]): Promise<void>;
}

/** For how long sessions are waited for that were told to end, and how often they are looked for, milliseconds. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** Pairs asked about in one statement. */
const BATCH = 500;

/** Between the moments of the servers, in `before`. */
const NEXT_SERVER = ' | ';

/**
 * @param sources the primary first, then its standbys.
 * @throws TargetError when the primary can't be asked; a standby that can't is answered `open`.
 */
export async function endSessions(
  sources: readonly SessionSource[],
  server: string,
  ends: readonly ToEnd[],
): Promise<readonly SessionsEnded[]> {
  const answers: SessionsEnded[] = [];
  for (const batch of batches(ends)) {
    const moments = batch[0]?.before?.split(NEXT_SERVER) ?? [];
    const perServer = await Promise.all(
      sources.map((source, i) =>
        endOn(source, server, batch, moments[i] || null).catch((thrown: unknown): Outcomes => {
          if (i === 0) throw thrown;
          const error = away(source, targetError(thrown, 'call'));
          return { before: moments[i] ?? '', of: () => ({ closed: 0, prepared: [], error }) };
        }),
      ),
    );
    const before = perServer.map((outcomes) => outcomes.before).join(NEXT_SERVER);
    for (const end of batch) {
      answers.push(
        summary(
          end,
          before,
          perServer.map((outcomes) => outcomes.of(end)),
        ),
      );
    }
  }
  return answers;
}

/** Pairs that are asked about together were met by one sweep first, and so have one moment. */
function batches(ends: readonly ToEnd[]): ToEnd[][] {
  const byMoment = new Map<string | null, ToEnd[]>();
  for (const end of ends) byMoment.set(end.before, [...(byMoment.get(end.before) ?? []), end]);
  return [...byMoment.values()].flatMap((group) => chunks(group, BATCH));
}

/** What became of the sessions of one login on one server. */
interface Outcome {
  readonly closed: number;
  readonly prepared: readonly string[];
  readonly error: TargetError | null;
}

interface Outcomes {
  readonly before: string;
  of(end: ToEnd): Outcome;
}

async function endOn(
  source: SessionSource,
  server: string,
  ends: readonly ToEnd[],
  moment: string | null,
): Promise<Outcomes> {
  const look = (before: string | null) =>
    source.connection.read((send) => source.look(send, ends, before)).then((seen) => ofServer(seen, server));
  const first = await look(moment);
  const before = moment ?? first.now;
  const members = new Set(first.members.map(pairKey));
  const there = ends.filter((end) => !members.has(pairKey(end)));
  const told = concerned(first, there);
  let last = first;
  if (told.length > 0 && first.mayEnd) {
    await source.connection.read((send) => source.end(send, told));
    const until = performance.now() + PATIENCE_MS;
    do {
      await sleep(LOOK_EVERY_MS);
      last = await look(before);
    } while (concerned(last, there).length > 0 && performance.now() < until);
  }
  return {
    before,
    of(end) {
      if (members.has(pairKey(end))) return { closed: 0, prepared: [], error: notReplayed(source) };
      const open = concerned(last, [end]).length;
      return {
        closed: concerned(first, [end]).length - open,
        prepared: last.prepared.get(end.memberOid) ?? [],
        error: open === 0 ? null : stillOpen(source, last, open),
      };
    },
  };
}

/** The sessions that these grants leave. What we may not see of a session is taken for the worst. */
function concerned(seen: Seen, ends: readonly ToEnd[]): Session[] {
  const becomes = (end: ToEnd) =>
    end.sessions === 'all' || end.setRole || seen.server.version < GRANTORS_SINCE || !seen.maySee;
  const whole = new Set(ends.filter(becomes).map((end) => end.memberOid));
  const some = new Set(ends.map((end) => end.memberOid));
  return seen.sessions.filter(
    ({ memberOid, isOld, isInOldTransaction }) =>
      (isOld && whole.has(memberOid)) || (isInOldTransaction && some.has(memberOid)),
  );
}

function ofServer(seen: Seen, server: string): Seen {
  if (seen.server.id !== server) throw otherServerError(server, seen.server.id);
  return seen;
}

function summary(end: ToEnd, before: string, outcomes: readonly Outcome[]): SessionsEnded {
  const pair = { roleOid: end.roleOid, memberOid: end.memberOid };
  const error = outcomes.find((outcome) => outcome.error !== null)?.error ?? null;
  if (error !== null) return { ...pair, outcome: 'open', before, error };
  return {
    ...pair,
    outcome: 'ended',
    before,
    closed: outcomes.reduce((sum, { closed }) => sum + closed, 0),
    prepared: outcomes.flatMap(({ prepared }) => prepared),
  };
}

function stillOpen(source: SessionSource, seen: Seen, open: number): TargetError {
  const what = `${open} ${open === 1 ? 'session that began' : 'sessions that began'} during the loan`;
  const grants = [seen.mayEnd ? null : 'pg_signal_backend', seen.maySee ? null : 'pg_read_all_stats'];
  const missing = grants.filter((right) => right !== null);
  return new TargetError({
    kind: 'sessions',
    scope: 'pair',
    passing: true,
    sentence: seen.mayEnd
      ? `The role is gone, but ${what} did not end yet on ${source.name}.`
      : `The role is gone, but Hallpass may not end ${what} on ${source.name}.`,
    nextStep: seen.mayEnd ? null : `GRANT ${missing.join(', ')} TO Hallpass’s login, or end them by hand.`,
  });
}

function notReplayed({ name }: SessionSource): TargetError {
  return new TargetError({
    kind: 'sessions',
    scope: 'pair',
    passing: true,
    sentence: `The role is gone on the primary, but ${name} has not replayed that yet.`,
    nextStep: 'Check the replication, or take the standby out of `replicas:`.',
  });
}

function away({ name }: SessionSource, cause: TargetError): TargetError {
  return new TargetError(
    {
      kind: cause.kind,
      scope: 'pair',
      passing: true,
      sentence: `The role is gone on the primary, but ${name} can’t be asked: ${cause.message}`,
      nextStep: cause.nextStep,
    },
    cause,
  );
}
