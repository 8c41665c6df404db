/** Looks at one target for `hallpass check` and `hallpass setup-sql`: reads only, on connections of its own. */
import type { Connect, TargetConfig } from '../../config/config.js';
import type { OwnLogin } from '../../connections/own-login.js';
import { createTargetConnection, type Limits, type TargetConnection } from '../connect.js';
import { type Dial, dial, dialAsIs, dialServer } from '../connecting/dial.js';
import { type TargetError, targetError } from '../errors.js';
import { readPreviewUsers } from '../inspecting/users.js';
import { inside } from '../open.js';
import type { NamePair } from '../target.js';
import { type Granting, readGranting } from './read-granting-database.js';
import { type Obstacles, readObstacles } from './read-obstacles.js';
import { type ReadOnlyDefault, readOwnLogin, readReadOnlyDefault } from './read-own-login.js';
import { readPerson } from './read-person.js';
import { readClock, readMissing, readSituation, readVersion, type Situation } from './read-situation.js';
import { readStandby, readWalEnd, type StandbySeen } from './read-standby.js';

/** Somebody waits at a terminal, milliseconds. */
const LIMITS: Limits = { connectMs: 5_000, callMs: 8_000, idleMs: 60_000, name: 'hallpass' };

export interface StandbyReport {
  /** `host:port`. */
  readonly name: string;
  readonly seen: StandbySeen | TargetError;
}

/** Each throws TargetError when the server doesn't answer. */
export interface Diagnosis {
  /** @param names roles and logins whose prepared transactions are looked for. */
  situation(names: readonly string[]): Promise<Situation>;
  /** server_version_num. */
  version(): Promise<number>;
  /** How far the server's clock is ahead of this process's, and how sure that is, milliseconds. */
  clock(): Promise<{ readonly aheadMs: number; readonly orSoMs: number }>;
  ownLogin(): Promise<OwnLogin>;
  /** How transactions begin in the database in which people work, where nobody sets it. */
  readOnlyDefault(): Promise<ReadOnlyDefault>;
  /** Of these names, those that no role of the server has. */
  missing(names: readonly string[]): Promise<readonly string[]>;
  /**
   * The database through which Hallpass grants and revokes.
   * @param names roles and logins of whom it is asked whether they own it.
   */
  granting(names: readonly string[]): Promise<Granting>;
  /** Never throws: one that can't be reached is answered as its error. */
  standbys(): Promise<readonly StandbyReport[]>;
  person(pair: NamePair): ReturnType<typeof readPerson>;
  /** Of these logins, those with members that could use what they are granted. */
  others(logins: readonly string[]): ReturnType<typeof readPreviewUsers>;
  obstacles(database: string, loginOid: number, roleOid: number): Promise<Obstacles>;
  close(): Promise<void>;
}

/** Connects when it is first used. Tests shorten the limits. */
export function createDiagnosis(
  { connect, replicas, mode }: Pick<TargetConfig, 'connect' | 'replicas' | 'mode'>,
  limits: Partial<Limits> = {},
): Diagnosis {
  const open = (to: Connect, logIn: Dial = dial) =>
    createTargetConnection(to, { ...LIMITS, ...limits }, logIn);
  const primary = open(connect);

  return {
    situation: (names) => primary.read((send) => readSituation(send, mode, names)),

    version: () => primary.read(readVersion),

    async clock() {
      // Connects, so that the second question takes one round trip.
      await primary.read(readClock);
      const before = Date.now();
      const now = await primary.read(readClock);
      const after = Date.now();
      return { aheadMs: now.getTime() - (before + after) / 2, orSoMs: (after - before) / 2 };
    },

    ownLogin: () => primary.read(readOwnLogin),

    readOnlyDefault: () =>
      briefly(open(connect, dialAsIs), (connection) => connection.read(readReadOnlyDefault)),

    missing: (names) => primary.read((send) => readMissing(send, names)),

    granting: (names) =>
      briefly(mode === 'guarded' ? open(inside(connect)) : open(connect, dialServer), (connection) =>
        connection.read((send) => readGranting(send, names)),
      ),

    async standbys() {
      if (replicas.length === 0) return [];
      const walEnd = await readWalEnd(primary);
      return Promise.all(
        replicas.map(async (replica) => {
          const seen = await briefly(open(replica), (standby) => readStandby(standby, walEnd)).catch(
            (error) => targetError(error, 'call'),
          );
          return { name: `${replica.host}:${replica.port}`, seen };
        }),
      );
    },

    others: (logins) => primary.read((send) => readPreviewUsers(send, logins)),

    person: (pair) => primary.read((send) => readPerson(send, pair)),

    obstacles: (database, loginOid, roleOid) =>
      briefly(open({ ...connect, database }), (connection) =>
        connection.read((send) => readObstacles(send, loginOid, roleOid)),
      ),

    close: () => primary.close(),
  };
}

async function briefly<T>(
  connection: TargetConnection,
  work: (connection: TargetConnection) => Promise<T>,
): Promise<T> {
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
