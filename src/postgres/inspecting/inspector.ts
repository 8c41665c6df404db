/**
 * Looks at one target for people: what a role can do, how access can outlive a grant, what was left behind. It
 * changes nothing, reads only catalogs that every login may read, and no grant or revocation waits for it.
 */
import { createCache } from '../../cache.js';
import type { Connect } from '../../config/config.js';
import {
  type Changes,
  listSchemas,
  MAX_LISTED,
  type Preview,
  type Unread,
} from '../../domain/postgres/preview.js';
import { inTime } from '../../in-time.js';
import { type CallLimits, createTargetConnection, DEFAULT_LIMITS } from '../connect.js';
import { standbyError, TargetError, targetError } from '../errors.js';
import { readServer } from '../reading/server.js';
import type { HoldingLogin } from '../sessions/in-use.js';
import { nameOf } from '../sessions/queries.js';
import { type MarkedGrant, readChanges, readConcerned } from './changes.js';
import { chooseFor } from './choose.js';
import { createConnections } from './connections.js';
import { type InUse, lookInUse } from './in-use.js';
import { judge, judgeUnread } from './judge.js';
import { findLeaks } from './leaks.js';
import { readLoginsLike } from './logins.js';
import { type Reach, readReach } from './reach.js';
import { type FoundChanges, planFor, toChanges } from './report.js';
import { type InDatabase, readDatabase } from './tables.js';
import { readPreviewUsers } from './users.js';
import { cut } from './words.js';

/** From the start of a look, milliseconds: a database that hasn't answered by then is named as not read. */
const LOOK_MS = 1_500;
/** How long a look is kept, milliseconds, and how many are. */
const REMEMBER_MS = 60_000;
const REMEMBER_MAX = 1_000;

interface RolePair {
  readonly role: string;
  /** null, or no such login: everything that the role can do is new. */
  readonly login: string | null;
  /** The login may SET ROLE to it, from 16 on; before, every member may. */
  readonly setRole: boolean;
}

export interface Inspector {
  /**
   * What a role can do, what of it is new to the login, and how access can outlive the grant. Kept for a minute;
   * callers at the same time share one look. It takes as long as the configured database does: the caller limits the
   * time.
   * @param fresh looks again, because a decision depends on it.
   * @throws TargetError when the server doesn't answer, or there is no such role.
   */
  preview(pair: RolePair, fresh?: boolean): Promise<Preview>;
  /**
   * What changed since each GRANT, in the order of `grants`: each database is read once for all of them.
   * @throws TargetError
   */
  changes(grants: readonly MarkedGrant[]): Promise<readonly Changes[]>;
  /**
   * The logins whose name equals this one except for upper and lower case in ASCII; in order of name.
   * @throws TargetError
   */
  loginsLike(name: string): Promise<readonly string[]>;
  /**
   * Which sessions could use what these logins were granted, on the server and its standbys. A standby that can't be asked
   * is left out, and said so.
   * @throws TargetError when the server itself can't be asked.
   */
  inUse(logins: readonly HoldingLogin[]): Promise<InUse>;
  close(): Promise<void>;
}

/** Connects when it is first used. Tests shorten the limits. */
export function createInspector(
  connect: Connect,
  limits: Partial<CallLimits> = {},
  replicas: readonly Connect[] = [],
): Inspector {
  const home = connect.database;
  const standbys = replicas.map((replica) => ({
    name: nameOf(replica),
    connection: createTargetConnection(replica, { ...DEFAULT_LIMITS, ...limits }),
  }));
  const connections = createConnections((database) =>
    createTargetConnection({ ...connect, database }, { ...DEFAULT_LIMITS, ...limits }),
  );

  async function look(pair: RolePair): Promise<Preview> {
    const until = performance.now() + LOOK_MS;
    const login = pair.login ?? '';
    const [reach, others] = await connections.read(home, (send) =>
      Promise.all([readReach(send, pair), readPreviewUsers(send, [login])]),
    );
    if (reach.roles.length === 0) throw noRoleError(pair.role);
    const { chosen, unread } = chooseFor(reach, home);
    const answers = await Promise.all(
      chosen.map((name) => {
        const answer = connections.read(name, (send) => readDatabase(send, name, reach));
        if (name === home) return answer;
        const late = () => ({ name, why: 'no answer in time' });
        return inTime(until - performance.now(), answer, late).catch((error) => toUnread(name, error));
      }),
    );
    const databases = answers.filter((answer) => 'schemas' in answer);
    const missed = answers.filter((answer) => 'why' in answer);
    return {
      ...toPreview(reach, databases, [...missed, ...unread]),
      ...(others.get(login) ?? { users: [], moreUsers: 0 }),
    };
  }

  async function changes(grants: readonly MarkedGrant[]): Promise<readonly Changes[]> {
    if (grants.length === 0) return [];
    const { server, concerned } = await connections.read(home, async (send) => {
      const [about, found] = await Promise.all([readServer(send), readConcerned(send, grants)]);
      return { server: about, concerned: found };
    });
    // On a standby, what it hasn't replayed would look unchanged.
    if (server.inRecovery) throw standbyError();
    const plans = grants.map((grant, n) =>
      planFor(home, grant.server === server.id ? concerned.filter((database) => database.n === n) : null),
    );
    const names = [...new Set(plans.flatMap(({ read }) => read))];
    const answers = await Promise.all(
      names.map((name) =>
        readIn(
          name,
          grants.map((grant, n) => (plans[n]?.read.includes(name) ? grant : null)),
        ),
      ),
    );
    return plans.map((plan, n) => toChanges(plan, answers, n));
  }

  /** @param grants null in the place of each that the database doesn't concern. */
  async function readIn(name: string, grants: readonly (MarkedGrant | null)[]): Promise<FoundChanges> {
    try {
      const rows = await connections.read(name, (send) =>
        readChanges(send, grants, { shared: name === home }),
      );
      return { name, rows, unread: null };
    } catch (error) {
      if (name === home) throw error;
      return { name, rows: [], unread: toUnread(name, error) };
    }
  }

  const looks = createCache<Preview>({ ttlMs: REMEMBER_MS, maxEntries: REMEMBER_MAX });
  return {
    preview(pair, fresh = false) {
      const key = JSON.stringify([pair.role, pair.login, pair.setRole]);
      if (fresh) looks.forget(key);
      return looks.get(key, () => look(pair));
    },
    changes,
    loginsLike: (name) => connections.read(home, (send) => readLoginsLike(send, name)),
    inUse: (logins) => lookInUse((read) => connections.read(home, read), standbys, logins),
    close: async () => {
      await Promise.all([connections.close(), ...standbys.map(({ connection }) => connection.close())]);
    },
  };
}

function toPreview(reach: Reach, databases: readonly InDatabase[], unread: readonly Unread[]): Preview {
  const { danger, reasons } = judge(reach, databases);
  const missed = judgeUnread(reach, unread);
  return {
    danger,
    reasons: reasons.slice(0, MAX_LISTED).map(cut),
    databases: databases.map(({ name, schemas }) =>
      listSchemas(
        name,
        schemas.map(({ triggers, grantsOn, ...schema }) => schema),
      ),
    ),
    unreadDanger: missed.danger,
    ...(missed.reasons[0] === undefined ? {} : { unreadReason: cut(missed.reasons[0]) }),
    unread: unread.slice(0, MAX_LISTED),
    moreUnread: Math.max(0, unread.length - MAX_LISTED),
    leaks: findLeaks(reach, databases).slice(0, MAX_LISTED).map(cut),
  };
}

function toUnread(name: string, thrown: unknown): Unread {
  return { name, why: cut(targetError(thrown, 'call').message) };
}

function noRoleError(role: string): TargetError {
  return new TargetError({
    kind: 'unfit',
    scope: 'role',
    passing: false,
    sentence: `There is no role ${role} on the server.`,
    nextStep: 'Correct the name in the configuration.',
  });
}
