/** What direct and guarded targets share: the connections to a server and its standbys, and how both are read. */
import type { Connect, TargetConfig } from '../config/config.js';
import { pairKey } from '../domain/memberships.js';
import { writeAnchor } from './anchor.js';
import { byRole, chunks } from './by-role.js';
import { createTargetConnection, DEFAULT_LIMITS, type Limits, type TargetConnection } from './connect.js';
import { dial, dialServer, type Heard, telling } from './connecting/dial.js';
import { standbyError } from './errors.js';
import { onlyOn, readRun } from './known-server.js';
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

export type TargetOptions = Partial<Limits> & { readonly heard?: Heard };

/** Where a target is, and how long is waited for it. */
export interface Servers {
  readonly connect: Connect;
  readonly replicas: readonly Connect[];
  /** Tests shorten them. `heard` is told of each login on the server itself. */
  readonly limits: TargetOptions;
}

/** How one mode does what changes something: a batch is of one role, done wholly or not at all. */
interface Ways {
  readonly mode: TargetConfig['mode'];
  /** Most pairs in a batch. */
  readonly grantMost: number;
  grant(connection: TargetConnection, server: string, batch: readonly ToGrant[]): Promise<readonly Granted[]>;
  /** As many as in one REVOKE. */
  extend(
    connection: TargetConnection,
    server: string,
    batch: readonly ToExtend[],
  ): Promise<readonly Extended[]>;
  readonly revokeMost: number;
  revoke(
    connection: TargetConnection,
    server: string,
    batch: readonly OidPair[],
  ): Promise<readonly Revoked[]>;
  sessions(connection: TargetConnection, name: string): SessionSource;
  /** Adds what the server itself would refuse. */
  withRules?(connection: TargetConnection, facts: readonly PairFacts[]): Promise<readonly PairFacts[]>;
  /** Runs after a REVOKE, before sessions are looked for; answers how many the server has ended by itself. */
  settle?(connection: TargetConnection, pairs: readonly OidPair[]): Promise<ReadonlyMap<string, number>>;
  /** Runs before all memberships are read. */
  beforeList?(connection: TargetConnection): Promise<void>;
}

/** Connects when it is first used. */
export function buildTarget({ connect, replicas, limits }: Servers, ways: Ways): Target {
  const { mode } = ways;
  const { heard, ...shortened } = limits;
  const logIn = mode === 'direct' ? dialServer : dial;
  const open = (to: Connect, by = logIn) =>
    createTargetConnection(to, { ...DEFAULT_LIMITS, ...shortened }, by);
  const any = open(connect, heard === undefined ? logIn : telling(logIn, heard));
  const standbys = replicas.map((replica) => ways.sessions(open(replica), nameOf(replica)));
  const blocked = new Set<number>();

  /** @param connection what changes something there goes through it. */
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
        // What a standby has not replayed yet would look like a membership that is gone.
        if (server.inRecovery) throw standbyError();
        return {
          server,
          surroundings,
          // There may be a hundred thousand: none is copied.
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
