/**
 * Who uses what is granted. Each heartbeat every target with a grant is asked once, for all its grants, by the inspector's
 * connections: no grant and no revocation waits for it. What is due then, domain/request/idle.ts decides.
 */
import { idleFacts, idleStep, UNBROKEN_MS, type Use, useSeen } from '../../domain/request/idle.js';
import type { AccessRequest } from '../../domain/request/request.js';
import type { RequestEvent } from '../../domain/request/request-events.js';
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { readUses, recordWatched, type Used, type Watched, writeUses } from '../../ledger/requests/uses.js';
import type { InUse } from '../../postgres/inspecting/in-use.js';
import type { HoldingLogin } from '../../postgres/sessions/in-use.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';

/** A target that hasn't answered by then, from the start of a look, wasn't seen; milliseconds. */
const LOOK_MS = 6_000;
/** A look this old ends no grant any more, milliseconds. */
const FRESH_MS = 5_000;
/** That a target was seen is written down so often, milliseconds; several times within UNBROKEN_MS. */
const WATCHED_EVERY_MS = 45_000;
/** What a message says of sessions is no older, milliseconds. */
const SAID_MS = 60_000;
/** Grants changed together. */
const BATCH = 500;

type UseDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'inspectors' | 'logger' | 'background'>;

/** Sessions that could use a grant now. */
interface SessionsNow {
  readonly sessions: number;
  /** As far as Hallpass may see it. */
  readonly inTransaction: number;
  /** Since when the oldest of these is. */
  readonly since: Date | null;
}

export interface UseWatch {
  /** Looks at every target with a grant. One that doesn't answer delays none of the others. */
  look(): Promise<void>;
  /** What the last look saw; null when it didn't see everything, or is too old. Asks nobody. */
  of(id: number): SessionsNow | null;
}

export function createUseWatch(deps: UseDeps): UseWatch {
  const { db, inspectors, logger } = deps;
  /** Targets that have not answered yet: none is asked twice at a time. */
  const looking = new Set<string>();
  /** By target, what the last look saw of each grant. */
  const seen = new Map<string, { readonly at: number; readonly grants: ReadonlyMap<number, SessionsNow> }>();

  async function lookAt(
    target: string,
    grants: readonly Used[],
    watched: Watched | undefined,
    clock: () => Date,
  ): Promise<void> {
    const began = performance.now();
    const inspector = inspectors.get(target);
    if (inspector === undefined) return;
    let found: InUse | null = null;
    looking.add(target);
    const asking = inspector.inUse(holding(grants)).finally(() => looking.delete(target));
    try {
      found = await inTime(LOOK_MS, asking, () => null);
    } catch (thrown) {
      logger.debug({ err: coerceError(thrown), target }, 'a target could not be asked for its sessions');
    }
    if (found === null || found.whole === null) seen.delete(target);
    if (found === null) return;
    const { whole, open } = found;
    const now = clock();
    const known = whole === null ? [] : grants.filter(({ server }) => server === whole.server);
    if (whole !== null) {
      const said = known.map(({ id, memberOid }) => [id, sessionsNow(open.get(memberOid), now)] as const);
      seen.set(target, { at: performance.now(), grants: new Map(said) });
    }
    const wholly = new Set(known.map(({ id }) => id));
    const opened = new Set(grants.flatMap(({ id, memberOid }) => (open.has(memberOid) ? [id] : [])));
    const after = grants.map((was) => {
      const isOpen = opened.has(was.id);
      return { was, is: isOpen || wholly.has(was.id) ? useSeen(was, isOpen, now) : null };
    });
    await writeUses(
      db,
      after.flatMap(({ was, is }) => (is === null ? [] : [{ id: was.id, was: useOf(was), is }])),
    );
    // Only once it is written what this look saw, later ones may build on it.
    const since = whole === null ? null : await seenSince(target, whole.names, watched, now);
    const due = after.filter(
      ({ was, is }) => idleStep({ ...was, ...is }, wholly.has(was.id) ? since : null, now) !== null,
    );
    const ids = due.map(({ was }) => was.id);
    for (let i = 0; i < ids.length; i += BATCH) {
      // crash point: after-look-before-idle
      const outcomes = await change(deps, ids.slice(i, i + BATCH), (request, at) => {
        const isOpen = opened.has(request.id);
        const event = eventFor(request, { isOpen, since: wholly.has(request.id) ? since : null }, at);
        const isTooOld = event?.type === 'idle' && performance.now() - began > FRESH_MS;
        return event === null || isTooOld ? null : { event };
      });
      const ended = [...outcomes].flatMap(([id, outcome]) =>
        outcome.ok && outcome.request.why === 'idle' ? [id] : [],
      );
      if (ended.length > 0) logger.info({ target, requests: ended }, 'ended what nobody used');
    }
  }

  async function seenSince(
    target: string,
    names: string,
    watched: Watched | undefined,
    now: Date,
  ): Promise<Date | null> {
    if (watched?.names === names && now.getTime() - watched.at.getTime() < WATCHED_EVERY_MS) {
      return watched.since;
    }
    return recordWatched(db, target, names, UNBROKEN_MS);
  }

  return {
    async look() {
      const began = performance.now();
      const { now, grants, watched } = await readUses(db);
      const clock = () => new Date(now.getTime() + Math.round(performance.now() - began));
      for (const [target, granted] of byTarget(grants)) {
        if (looking.has(target)) continue;
        const look = lookAt(target, granted, watched.get(target), clock);
        deps.background('look who uses what is granted', look);
      }
    },

    of(id) {
      for (const { at, grants } of seen.values()) {
        const said = grants.get(id);
        if (said !== undefined) return performance.now() - at > SAID_MS ? null : said;
      }
      return null;
    },
  };
}

/**
 * What is due for a request as it stands now; null: nothing any more.
 * @param isOpen the look saw a session, whether or not that could be written down.
 */
function eventFor(
  request: AccessRequest,
  { isOpen, since }: { readonly isOpen: boolean; readonly since: Date | null },
  now: Date,
): RequestEvent | null {
  const facts = idleFacts(request);
  const step = facts && idleStep({ ...facts, inUse: facts.inUse || isOpen }, since, now);
  switch (step?.do) {
    case 'tell':
      return { type: 'unused' };
    case 'announce':
      return { type: 'idle_announced', endsAt: step.endsAt };
    case 'off':
      return { type: 'idle_called_off' };
    case 'end':
      return { type: 'idle', since: step.since };
    default:
      return null;
  }
}

function byTarget(grants: readonly Used[]): ReadonlyMap<string, readonly Used[]> {
  const groups = new Map<string, Used[]>();
  for (const grant of grants) {
    const group = groups.get(grant.target);
    if (group) group.push(grant);
    else groups.set(grant.target, [grant]);
  }
  return groups;
}

/** Each login once, with everyone who could use any of its grants. */
function holding(grants: readonly Used[]): readonly HoldingLogin[] {
  const users = new Map<number, Set<number>>();
  for (const grant of grants) {
    const known = users.get(grant.memberOid) ?? new Set();
    for (const oid of grant.users) known.add(oid);
    users.set(grant.memberOid, known);
  }
  return [...users].map(([memberOid, known]) => ({ memberOid, users: [...known] }));
}

function useOf({ inUse, usedAt, sessionMs }: Used): Use {
  return { inUse, usedAt, sessionMs };
}

function sessionsNow(open: ReturnType<InUse['open']['get']>, now: Date): SessionsNow {
  const { sessions = 0, inTransaction = 0, oldestMs = null } = open ?? {};
  const since = oldestMs === null ? null : new Date(now.getTime() - oldestMs);
  return { sessions, inTransaction, since };
}
