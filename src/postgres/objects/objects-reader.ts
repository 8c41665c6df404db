/**
 * Reads from a target what the roles give that are offered there: by connections of its own, one at a time, each with a
 * limit for its statements, and none is kept. It changes nothing, and reads only catalogs that every login may read.
 */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { Connect } from '../../config/config.js';
import type { Unread } from '../../domain/postgres/preview.js';
import { type CallLimits, createTargetConnection, DEFAULT_LIMITS, type Send } from '../connect.js';
import { targetError } from '../errors.js';
import {
  createObjectsIndex,
  type ObjectsIndex,
  type OfferedRole,
  type ReadDatabase,
} from './objects-index.js';
import { readObjects } from './read-objects.js';
import { type RoleGraph, readRoleGraph } from './read-roles.js';

/** As many databases are looked into; each costs a connection. The others are named. */
const MAX_DATABASES = 32;
/** From the beginning, milliseconds: a database whose turn has not come by then is named as not read. */
const ALL_MS = 30_000;
/** How long Hallpass does nothing else while it counts, milliseconds. */
const BUSY_MS = 10;
/** The statements are few and large, and nobody waits for them. */
const LIMITS: CallLimits = { ...DEFAULT_LIMITS, callMs: 10_000, idleMs: 1_000 };

export interface ObjectsReader {
  /**
   * Reads it all. A database that doesn't answer is named in `unread`.
   * @param offered the roles; what others give is not looked for.
   * @throws TargetError when the configured database doesn't answer.
   */
  read(offered: readonly OfferedRole[]): Promise<ObjectsIndex>;
  close(): Promise<void>;
}

/** Connects when it reads. Tests shorten the limits. */
export function createObjectsReader(connect: Connect, limits: Partial<CallLimits> = {}): ObjectsReader {
  const all = { ...LIMITS, ...limits };
  let open: Promise<unknown> = Promise.resolve();
  let closed = false;

  async function readIn<T>(database: string, read: (send: Send) => Promise<T>): Promise<T> {
    const connection = createTargetConnection({ ...connect, database }, all);
    try {
      return await connection.read(read);
    } finally {
      await connection.close();
    }
  }

  async function read(offered: readonly OfferedRole[]): Promise<ObjectsIndex> {
    const until = performance.now() + ALL_MS;
    const home = connect.database;
    const names = [...new Set(offered.map(({ role }) => role))];
    const graph = await readIn(home, (send) => readRoleGraph(send, names));
    const concerned = [...graph.roles.map(({ oid }) => oid), graph.databaseOwner];
    const { chosen, unread } = choose(graph, home);
    const found: ReadDatabase[] = [];
    for (const name of chosen) {
      const why = closed ? 'closed' : performance.now() > until ? 'no answer in time' : null;
      const answer = why ?? (await rowsOf(name, concerned));
      if (typeof answer === 'string') unread.push({ name, why: answer });
      else found.push({ name, rows: answer });
    }
    const index = createObjectsIndex(graph, home, found, unread);
    await weighAll(index, offered);
    return index;
  }

  /** Or why not. */
  async function rowsOf(name: string, concerned: readonly number[]) {
    try {
      return (await readIn(name, (send) => readObjects(send, concerned))) ?? 'too many objects';
    } catch (thrown) {
      if (name === connect.database) throw thrown;
      return targetError(thrown, 'call').message;
    }
  }

  return {
    read(offered) {
      const reading = open.then(() => read(offered));
      open = reading.catch(() => undefined);
      return reading;
    },
    async close() {
      closed = true;
      await open;
    },
  };
}

/** The configured database, then those to which our login may connect, by name. */
function choose({ databases }: RoleGraph, home: string): { chosen: string[]; unread: Unread[] } {
  const others = databases.filter(({ name, template }) => name !== home && !template);
  const readable = others.filter(({ mayRead }) => mayRead).map(({ name }) => name);
  return {
    chosen: [home, ...readable.slice(0, MAX_DATABASES - 1)],
    unread: [
      ...others.filter(({ mayRead }) => !mayRead).map(({ name }) => ({ name, why: 'no CONNECT' })),
      ...readable.slice(MAX_DATABASES - 1).map((name) => ({ name, why: 'too many databases' })),
    ],
  };
}

/** Remembered by the index: a search must not wait for two thousand sums. */
async function weighAll(index: ObjectsIndex, offered: readonly OfferedRole[]): Promise<void> {
  let since = performance.now();
  for (const role of offered) {
    index.weigh(role);
    if (performance.now() - since < BUSY_MS) continue;
    await letOthersRun();
    since = performance.now();
  }
}
