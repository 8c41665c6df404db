/** What direct and guarded targets share: the connections to a server and its standbys, and how both are read. */
import type { Connect } from '../config/config.js';
import { pairKey } from '../domain/postgres/memberships.js';
import { writeAnchor } from './anchor.js';
import { byRole, chunks } from './by-role.js';
import { type CallLimits, createTargetConnection, DEFAULT_LIMITS, type TargetConnection } from './connect.js';
import { dial, dialServer, type Heard, telling } from './connecting/dial.js';
import { standbyError } from './errors.js';
import { onlyOn, readRun } from './known-server.js';
import type { Mode } from './reading/fragments.js';
import { readFormer, readMemberships } from './reading/memberships.js';
import { readFactsByName } from './reading/pairs.js';
import { readServer } from './reading/server.js';
import { readSurroundings } from './reading/surroundings.js';
import { readAllUsers } from './reading/users.js';
import { nameOf } from './sessions/queries.js';
import { endSessions, type SessionSource } from './sessions/sessions.js';
import type {
  Extended,
  Granted,
  OidPair,
  PairFacts,
  Revoked,
  Standby,
  Target,
  ToExtend,
  ToGrant,
} from './target.js';

/** Tests shorten the limits. `heard` is told of each login on the server itself, not of those on its standbys. */
export type TargetOptions = Partial<CallLimits> & { readonly heard?: Heard };

/** Does one batch, which is about one role, wholly or not at all. @param server as in `Target`. */
export type Batch<In, Out> = (
  connection: TargetConnection,
  server: string,
  batch: readonly In[],
) => Promise<readonly Out[]>;

/** How a mode changes things. */
interface Ways {
  readonly mode: Mode;
  /** The most pairs in a batch; `revokeMost` holds for extending, too. */
  readonly grantMost: number;
  readonly revokeMost: number;
  readonly grant: Batch<ToGrant, Granted>;
  readonly extend: Batch<ToExtend, Extended>;
  readonly revoke: Batch<OidPair, Revoked>;
  sessions(connection: TargetConnection, name: string): SessionSource;
  /** Adds what the server itself would refuse. */
  withRules?(connection: TargetConnection, facts: readonly PairFacts[]): Promise<readonly PairFacts[]>;
  /** Runs after a REVOKE, before sessions are looked for. Answers how many the server has ended by itself. */
  settle?(connection: TargetConnection, pairs: readonly OidPair[]): Promise<ReadonlyMap<string, number>>;
  /** Runs before all memberships are read. */
  beforeList?(connection: TargetConnection): Promise<void>;
}

/**
 * How a mode opens its targets. A target connects when it is first used.
 * @param waysOf makes what one target keeps from call to call.
 */
export function targetsBy(
  waysOf: () => Ways,
): (connect: Connect, replicas?: readonly Connect[], options?: TargetOptions) => Target {
  return (connect, replicas = [], options = {}) => buildTarget(connect, replicas, options, waysOf());
}

function buildTarget(
  connect: Connect,
  replicas: readonly Connect[],
  { heard, ...limits }: TargetOptions,
  ways: Ways,
): Target {
  const { mode } = ways;
  const logIn = mode === 'direct' ? dialServer : dial;
  const open = (to: Connect, by = logIn) => createTargetConnection(to, { ...DEFAULT_LIMITS, ...limits }, by);
  const any = open(connect, heard === undefined ? logIn : telling(logIn, heard));
  const standbys = replicas.map((replica) => ways.sessions(open(replica), nameOf(replica)));
  const blocked = new Set<number>();

  /** @param connection everything that changes something there goes through it. */
  const build = (connection: TargetConnection): Target => ({
    look: async (pairs) => {
      const seen = await any.read(async (send) => {
        const [server, surroundings, facts] = await Promise.all([
          readServer(send, mode),
          readSurroundings(send, mode),
          readFactsByName(send, pairs, mode),
        ]);
        return { server, surroundings, facts };
      });
      if (ways.withRules === undefined || seen.server.unfit !== null) return seen;
      return { ...seen, facts: await ways.withRules(any, seen.facts) };
    },

    grant: (server, wishes) =>
      byRole(wishes, blocked, ways.grantMost, (batch) => ways.grant(connection, server, batch)),

    extend: (server, wishes) =>
      byRole(wishes, blocked, ways.revokeMost, (batch) => ways.extend(connection, server, batch)),

    revoke: (server, pairs) =>
      byRole(pairs, blocked, ways.revokeMost, (batch) => ways.revoke(connection, server, batch)),

    endSessions: async (server, ends) => {
      const closed = new Map<string, number>();
      for (const part of chunks(ends, ways.revokeMost)) {
        for (const [pair, count] of (await ways.settle?.(connection, part)) ?? []) closed.set(pair, count);
      }
      const answers = await endSessions([ways.sessions(connection, 'the server'), ...standbys], server, ends);
      return answers.map((answer) =>
        answer.outcome === 'ended'
          ? { ...answer, closed: answer.closed + (closed.get(pairKey(answer)) ?? 0) }
          : answer,
      );
    },

    list: async () => {
      await ways.beforeList?.(any);
      return any.read(async (send) => {
        const [server, surroundings, memberships, usersOf] = await Promise.all([
          readServer(send, mode),
          readSurroundings(send, mode),
          readMemberships(send, mode),
          readAllUsers(send, mode),
        ]);
        // On a standby, a membership that it has not replayed yet would look revoked.
        if (server.inRecovery) throw standbyError();
        return {
          server,
          surroundings,
          // There may be a hundred thousand, so none is copied.
          memberships: memberships.map((each) => Object.assign(each, { users: usersOf(each.memberOid) })),
        };
      });
    },

    writeAnchor: (server, anchor) => writeAnchor(connection, server, anchor),

    former: (server, places) => readFormer(connection, mode, server, places),

    standbys: () => readStandbys(standbys),

    on: (server) => build(onlyOn(any, server)),

    close: async () => {
      await Promise.all([any, ...standbys.map((standby) => standby.connection)].map((each) => each.close()));
    },
  });
  return build(any);
}

async function readStandbys(sources: readonly SessionSource[]): Promise<readonly Standby[]> {
  const answers = await Promise.allSettled(sources.map(({ connection }) => connection.read(readRun)));
  return answers.flatMap((answer, i) => {
    const name = sources[i]?.name;
    if (answer.status === 'rejected' || name === undefined || !answer.value.standby) return [];
    return [{ name, id: answer.value.id, startedAt: answer.value.startedAt }];
  });
}
