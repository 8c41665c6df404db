/**
 * What a REVOKE leaves: a session that did SET ROLE stays the role, and a transaction goes on with plans that it made
 * before (PostgreSQL checks memberships when it plans a statement). Such sessions are ended on the primary, and on
 * each standby, which has its own: those of the login that had the role, and of every other that could use it through
 * that login. Invariants kept here:
 * - gone is what was looked for and not found, never what pg_terminate_backend promised;
 * - of each login, only sessions that began before the role was gone are touched: a later one never had it;
 * - a session that stays open keeps no other login from its proof.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { pairKey } from '../../domain/postgres/memberships.js';
import { chunks, halving } from '../by-role.js';
import type { Send, TargetConnection } from '../connect.js';
import { otherServerError, type TargetError, targetError } from '../errors.js';
import { GRANTORS_SINCE } from '../quote.js';
import type { Holder } from '../reading/users.js';
import type { OidPair, Server, SessionsEnded, ToEnd } from '../target.js';
import { away, notReplayed, stillOpen } from './errors.js';

/** One session, as far as we may see it. */
export interface Session {
  readonly pid: number;
  /** The login that it was opened with. */
  readonly memberOid: number;
  /** Microseconds since 1970, in digits; null: not visible to us. */
  readonly startedAt: string | null;
  /** It began before the moment asked for. What is not visible counts as old. */
  readonly isOld: boolean;
  readonly isInOldTransaction: boolean;
}

export interface SeenSessions {
  readonly server: Server;
  /** The server's clock, as formatMoment writes it. */
  readonly now: string;
  /** Whether we have the rights to see when transactions began, and to end sessions. */
  readonly maySee: boolean;
  readonly mayEnd: boolean;
  readonly sessions: readonly Session[];
  /** Of these pairs, the memberships of ours that this server still shows. */
  readonly members: readonly OidPair[];
  /** Who could use what was granted, as far as there is anything to say about them. */
  readonly holders: readonly Holder[];
}

/** How one server is asked about sessions: plainly, or through the functions of a guarded target. */
export interface SessionSource {
  readonly connection: TargetConnection;
  /** As people know it: "the server", "the standby db2:5432". */
  readonly name: string;
  look(send: Send, ends: readonly ToEnd[], before: string | null): Promise<SeenSessions>;
  /** Asks the sessions to end. */
  end(send: Send, sessions: readonly Session[]): Promise<void>;
}

/** How long we wait for sessions that were told to end, and how often we look, milliseconds. */
const PATIENCE_MS = 2_000;
const LOOK_EVERY_MS = 25;

/** Pairs asked about in one statement. */
const BATCH = 500;

/** Separates the servers' moments in `before`. */
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
    await halving(
      batch,
      async (part) => {
        answers.push(...(await endBatch(sources, server, part)));
      },
      ({ roleOid, memberOid }, error) => {
        answers.push({ roleOid, memberOid, outcome: 'failed', error });
      },
    );
  }
  return answers;
}

/** Pairs that one sweep met first have the same moment, and are asked about together. */
function batches(ends: readonly ToEnd[]): ToEnd[][] {
  const byMoment = new Map<string | null, ToEnd[]>();
  for (const end of ends) byMoment.set(end.before, [...(byMoment.get(end.before) ?? []), end]);
  return [...byMoment.values()].flatMap((group) => chunks(group, BATCH));
}

async function endBatch(
  sources: readonly SessionSource[],
  server: string,
  batch: readonly ToEnd[],
): Promise<readonly SessionsEnded[]> {
  const moments = batch[0]?.before?.split(NEXT_SERVER) ?? [];
  const perServer = await Promise.all(
    sources.map((source, i) =>
      endOn(source, server, batch, moments[i] || null).catch((thrown: unknown) => {
        const error = targetError(thrown, 'call');
        if (i === 0 || (error.scope !== 'target' && batch.length > 1)) throw error;
        const before = moments[i] ?? '';
        return (): Outcome => ({ before, closed: 0, prepared: [], error: away(source.name, error) });
      }),
    ),
  );
  return batch.map((end) => summary(end, perServer));
}

/** What became of the sessions of one grant on one server. */
interface Outcome {
  /** Sessions from this moment on are too young to have had the role there; empty: not known yet. */
  readonly before: string;
  readonly closed: number;
  readonly prepared: readonly string[];
  readonly error: TargetError | null;
}

async function endOn(
  source: SessionSource,
  server: string,
  ends: readonly ToEnd[],
  moment: string | null,
): Promise<(end: ToEnd) => Outcome> {
  const look = async (before: string | null) =>
    viewOf(await source.connection.read((send) => source.look(send, ends, before)), server);
  const first = await look(moment);
  const before = moment ?? first.seen.now;
  const members = new Set(first.seen.members.map(pairKey));
  const there = ends.filter((end) => !members.has(pairKey(end)));
  const refused = new Map<number, TargetError>();
  let last = first;
  if (first.seen.mayEnd) {
    const asked = concerned(first, there).filter(({ memberOid }) => !first.superusers.has(memberOid));
    await halving(
      asked,
      (sessions) => source.connection.read((send) => source.end(send, sessions)),
      ({ pid }, error) => refused.set(pid, error),
    );
    const awaited = new Set(asked.flatMap(({ pid }) => (refused.has(pid) ? [] : [pid])));
    const isOpen = () => concerned(last, there).some(({ pid }) => awaited.has(pid));
    const until = performance.now() + PATIENCE_MS;
    while (isOpen() && performance.now() < until) {
      await sleep(LOOK_EVERY_MS);
      last = await look(before);
    }
  }
  return (end) => {
    // Until the standby has replayed the REVOKE, new sessions have the role: the moment is yet to come.
    if (members.has(pairKey(end))) {
      return { before: '', closed: 0, prepared: [], error: notReplayed(source.name) };
    }
    const { sessions, names, prepared } = left(last, end);
    const closed = Math.max(0, left(first, end).sessions.length - sessions.length);
    if (sessions.length === 0) return { before, closed, prepared, error: null };
    const { memberOid } = end;
    const open = { server: source.name, seen: last.seen, sessions, memberOid, names, refused };
    return { before, closed, prepared, error: stillOpen(open) };
  };
}

/** What was seen, by login and by grant. */
interface View {
  readonly seen: SeenSessions;
  readonly sessions: ReadonlyMap<number, readonly Session[]>;
  readonly holders: ReadonlyMap<string, readonly Holder[]>;
  readonly superusers: ReadonlySet<number>;
}

/** @throws TargetError when it is another server */
function viewOf(seen: SeenSessions, server: string): View {
  if (seen.server.id !== server) throw otherServerError(server, seen.server.id);
  return {
    seen,
    sessions: groupBy(seen.sessions, ({ memberOid }) => memberOid),
    holders: groupBy(seen.holders, pairKey),
    superusers: new Set(seen.holders.flatMap(({ oid, isSuperuser }) => (isSuperuser ? [oid] : []))),
  };
}

/** Each session once. */
function concerned(view: View, ends: readonly ToEnd[]): Session[] {
  const sessions = ends.flatMap((end) => left(view, end).sessions);
  return [...new Map(sessions.map((session) => [session.pid, session])).values()];
}

/** What this grant leaves. What we may not see of a session counts as the worst. */
function left(
  { seen, sessions, holders }: View,
  end: ToEnd,
): {
  readonly sessions: readonly Session[];
  readonly names: ReadonlyMap<number, Holder>;
  readonly prepared: readonly string[];
} {
  const names = new Map((holders.get(pairKey(end)) ?? []).map((holder) => [holder.oid, holder]));
  const couldBecome = end.setRole || seen.server.version < GRANTORS_SINCE || !seen.maySee;
  const logins = new Set([end.memberOid, ...end.users, ...names.keys()]);
  const unspared = [...logins].filter((oid) => names.get(oid)?.isSpared !== true);
  return {
    sessions: unspared.flatMap((oid) => {
      // `all` is about the login that the role was granted to.
      const whole = couldBecome || (end.sessions === 'all' && oid === end.memberOid);
      const ofLogin = sessions.get(oid) ?? [];
      return ofLogin.filter(({ isOld, isInOldTransaction }) => isInOldTransaction || (isOld && whole));
    }),
    names,
    prepared: unspared.flatMap((oid) => names.get(oid)?.prepared ?? []),
  };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

function summary(end: ToEnd, perServer: readonly ((end: ToEnd) => Outcome)[]): SessionsEnded {
  const outcomes = perServer.map((outcomeOf) => outcomeOf(end));
  const pair = { roleOid: end.roleOid, memberOid: end.memberOid };
  const before = outcomes.map((outcome) => outcome.before).join(NEXT_SERVER);
  const error = outcomes.find((outcome) => outcome.error !== null)?.error ?? null;
  if (error !== null) return { ...pair, outcome: 'open', before, error };
  return {
    ...pair,
    outcome: 'ended',
    before,
    closed: outcomes.reduce((sum, { closed }) => sum + closed, 0),
    prepared: [...new Set(outcomes.flatMap(({ prepared }) => prepared))],
  };
}
