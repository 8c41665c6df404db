/** Two replicas in one process: the real use cases, each with its own pool and its own connection to one real server. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect } from 'vitest';
import { startSlack } from '../../sandbox/slack/index.js';
import type { Clicked, Reply } from '../../src/access/access.js';
import { createObjects } from '../../src/access/asking/objects.js';
import { createRoles } from '../../src/access/asking/roles.js';
import { decide } from '../../src/access/deciding/decide.js';
import { end, relinquishOrWithdraw } from '../../src/access/deciding/end.js';
import { type Deps, OTHERS_LOOK } from '../../src/access/deps.js';
import { createBulkRevocations } from '../../src/access/sweeping/bulk-revocations.js';
import { checkDrift } from '../../src/access/sweeping/drift.js';
import { sweep } from '../../src/access/sweeping/sweep.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { createPool, type Queryable } from '../../src/ledger/pool.js';
import { createMessenger } from '../../src/messenger/web-api.js';
import { createMetrics } from '../../src/metrics.js';
import { withoutPagerDuty } from '../../src/oncall/on-call.js';
import { openTarget } from '../../src/postgres/open.js';
import type { Target } from '../../src/postgres/target.js';
import type { TestServer } from '../postgres/server.js';
import type { Barrier } from './barrier.js';

export const TARGET = 'shop';
export const [CORA, DORA, OLGA] = ['U0CORA', 'U0DORA', 'U0OLGA'];
/** As many ask at once. */
export const PEOPLE = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8'] as const;
export const slackIdOf = (login: string) => `U0${login.toUpperCase()}`;

/** The card, as far as anybody knows: nobody posts one here. */
const CLICKED: Clicked = { channel: 'C0ACCESS00', ts: '1' };

interface Racer {
  approve(by: string, id: number): Promise<Reply>;
  deny(by: string, id: number): Promise<Reply>;
  extend(by: string, id: number): Promise<Reply>;
  relinquish(by: string, id: number): Promise<Reply>;
  end(by: string, id: number): Promise<Reply>;
  sweep(): Promise<unknown>;
  /** Compares all memberships with the ledger. */
  compare(): Promise<unknown>;
}

/** Where an actor waits for the others. */
type Stop = 'write' | 'grant' | 'revoke';

export interface Replica extends Racer {
  /** The same replica as one actor has it, who waits at the barrier: before a change of state is written, or the target is changed. */
  at(barrier: Barrier, ...stops: readonly Stop[]): Racer;
  readonly config: Config;
  close(): Promise<void>;
}

/** What is different in a configuration. */
export interface Policy {
  readonly approvers?: readonly string[];
  /** Each of them has to approve. */
  readonly all?: readonly string[];
  readonly max?: string;
  readonly roles?: readonly string[];
  /** The login of the first of the people. */
  readonly firstLogin?: string;
}

export function configuration({ connect }: TestServer, policy: Policy = {}): string {
  const { approvers = [CORA, DORA], all, max = '4h', roles = ['granted'], firstLogin = PEOPLE[0] } = policy;
  const who = all
    ? `approvals: [${all.map((id) => `{ from: ${id} }`).join(', ')}]`
    : `approvers: [${approvers.join(', ')}]`;
  const logins = PEOPLE.map((login, i) => `${slackIdOf(login)}: { login: ${i === 0 ? firstLogin : login} }`);
  return `slack: { channel: C0ACCESS00, operators_channel: C0OPS00000 }
operators: [${OLGA}]
people: { ${logins.join(', ')} }
defaults: { ${who}, max: ${max}, durations: [10m], default_duration: 10m }
targets:
  ${TARGET}:
    connect: { host: ${connect.host}, port: ${connect.port}, database: ${connect.database}, user: hallpass, password: "\${P}", tls: off }
    roles: { ${roles.map((role) => `${role}: {}`).join(', ')} }
`;
}

export function readConfiguration(yaml: string, server: TestServer): Config {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-races-'));
  try {
    const path = join(folder, 'hallpass.yaml');
    writeFileSync(path, yaml);
    return loadConfig(path, { P: server.connect.password ?? '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function startWorkspace() {
  return startSlack({
    people: [...PEOPLE.map((name) => ({ id: slackIdOf(name), name })), ...approvers()],
  });
}

function approvers() {
  return [CORA, DORA, OLGA].map((id) => ({ id, name: id.toLowerCase() }));
}

type Workspace = Awaited<ReturnType<typeof startWorkspace>>;

export function createReplica(databaseUrl: string, config: Config, { botToken, apiUrl }: Workspace): Replica {
  const logger = pino({ level: 'silent' });
  const db = createPool(databaseUrl, () => undefined);
  const targetConfig = config.targets.get(TARGET);
  if (targetConfig === undefined) throw new Error('the target is not configured');
  const target = openTarget(targetConfig);
  const pending: Promise<unknown>[] = [];
  const failures: unknown[] = [];
  const roles = createRoles(config, new Map(), logger);
  const deps: Deps = {
    config,
    db,
    targets: new Map([[TARGET, target]]),
    inspectors: new Map(),
    roles,
    objects: createObjects(config, new Map(), roles, logger),
    onCall: withoutPagerDuty,
    events: null,
    uses: { of: () => null },
    metrics: createMetrics({
      figures: () => Promise.reject(new Error('nobody asks')),
      targets: () => new Map(),
      services: {},
    }),
    messenger: createMessenger({ botToken, apiUrl, logger }),
    // Sweeps are run by the races themselves, and nobody is told.
    alarms: {
      arm: () => undefined,
      start: async () => undefined,
      isUp: () => null,
      close: async () => undefined,
    },
    logger,
    background: (_, work) => void pending.push(work.catch((error: unknown) => failures.push(error))),
    clearAgain: () => undefined,
    homes: { openLater: () => undefined },
    placesChanged: () => undefined,
    ...OTHERS_LOOK,
  };
  const racer = (own: Deps, ownTarget: Target): Racer => {
    const actor = (userId: string) => ({ userId });
    return {
      approve: (by, id) => decide(own, 'approve', actor(by), `R-${id}`, CLICKED),
      deny: (by, id) => decide(own, 'deny', actor(by), `R-${id}`, CLICKED),
      extend: (by, id) => decide(own, 'extend', actor(by), `R-${id}`, CLICKED),
      relinquish: (by, id) => relinquishOrWithdraw(own, 'relinquish', actor(by), `R-${id}`, CLICKED),
      end: (by, id) => end(own, actor(by), `R-${id}`, CLICKED),
      sweep: () => sweep(own, TARGET, ownTarget, null, createBulkRevocations()),
      compare: () => checkDrift(own, TARGET, ownTarget, true),
    };
  };
  return {
    ...racer(deps, target),
    at: (barrier, ...stops) => {
      const stopping: Target = {
        ...target,
        grant: async (server, wishes) => {
          if (stops.includes('grant')) await barrier.arrive();
          return target.grant(server, wishes);
        },
        revoke: async (server, pairs) => {
          if (stops.includes('revoke')) await barrier.arrive();
          return target.revoke(server, pairs);
        },
        on: () => stopping,
      };
      return racer(stops.includes('write') ? { ...deps, db: waitingToWrite(db, barrier) } : deps, stopping);
    },
    config,
    async close() {
      await Promise.all(pending);
      await target.close();
      await db.end();
      expect(failures).toEqual([]);
    },
  };
}

/** A change of state was decided from what was read, and is about to be written. */
function waitingToWrite(db: Queryable, barrier: Barrier): Queryable {
  return new Proxy(db, {
    get(pool, key) {
      const value: unknown = Reflect.get(pool, key);
      if (key !== 'query' || typeof value !== 'function') return value;
      return async (statement: string | { readonly text: string }, ...rest: readonly unknown[]) => {
        const text = typeof statement === 'string' ? statement : statement.text;
        if (/^\s*with change as/.test(text)) await barrier.arrive();
        return Reflect.apply(value, pool, [statement, ...rest]);
      };
    },
  });
}
