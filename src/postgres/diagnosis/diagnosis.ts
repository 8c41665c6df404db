/** Looks at one target for `hallpass check` and `hallpass setup-sql`: reads only, on connections of its own. */
import type { Connect, TargetConfig } from '../../config/config.js';
import { type CallLimits, createTargetConnection, type Send, type TargetConnection } from '../connect.js';
import { type Dial, dial, dialAsIs, dialServer } from '../connecting/dial.js';
import { type TargetError, targetError } from '../errors.js';
import { readPreviewUsers } from '../inspecting/users.js';
import { inside } from '../open.js';
import type { NamePair } from '../target.js';
import { readGrantingDatabase } from './read-granting-database.js';
import { readObstacles } from './read-obstacles.js';
import { readOwnLogin, readReadOnlyDefault } from './read-own-login.js';
import { readPerson } from './read-person.js';
import { readClock, readMissing, readSituation, readVersion } from './read-situation.js';
import { readStandby, readWalEnd, type StandbySeen } from './read-standby.js';

/** A person is waiting at a terminal; milliseconds. */
const LIMITS: CallLimits = { connectMs: 5_000, callMs: 8_000, idleMs: 60_000, name: 'hallpass' };

export interface StandbyReport {
  /** `host:port`. */
  readonly name: string;
  readonly seen: StandbySeen | TargetError;
}

/** Each question throws TargetError when the server doesn't answer. */
export type Diagnosis = ReturnType<typeof createDiagnosis>;

/** Connects when it is first used. Tests shorten the limits. */
export function createDiagnosis(
  { connect, replicas, mode }: Pick<TargetConfig, 'connect' | 'replicas' | 'mode'>,
  limits: Partial<CallLimits> = {},
) {
  const open = (to: Connect, logIn: Dial = dial) =>
    createTargetConnection(to, { ...LIMITS, ...limits }, logIn);
  const primary = open(connect);

  return {
    /** @param names roles and logins whose prepared transactions are looked for. */
    situation: (names: readonly string[]) => primary.read((send) => readSituation(send, mode, names)),

    /** server_version_num. */
    version: () => primary.read(readVersion),

    /** How far the server's clock is ahead of this process's, and how sure that is, milliseconds. */
    async clock() {
      // Connects, so that the second question takes one round trip.
      await primary.read(readClock);
      const before = Date.now();
      const now = await primary.read(readClock);
      const after = Date.now();
      return { aheadMs: now.getTime() - (before + after) / 2, orSoMs: (after - before) / 2 };
    },

    ownLogin: () => primary.read(readOwnLogin),

    /** How transactions begin in the database in which people work, where a session doesn't set it. */
    readOnlyDefault: () => briefly(open(connect, dialAsIs), readReadOnlyDefault),

    /** Of these names, those that no role of the server has. */
    missing: (names: readonly string[]) => primary.read((send) => readMissing(send, names)),

    /**
     * The database through which Hallpass grants and revokes.
     * @param names roles and logins of whom it is asked whether they own it.
     */
    grantingDatabase: (names: readonly string[]) =>
      briefly(mode === 'guarded' ? open(inside(connect)) : open(connect, dialServer), (send) =>
        readGrantingDatabase(send, names),
      ),

    /** Never throws: one that can't be reached is answered as its error. */
    async standbys(): Promise<readonly StandbyReport[]> {
      if (replicas.length === 0) return [];
      const walEnd = await readWalEnd(primary);
      return Promise.all(
        replicas.map(async (replica) => {
          const standby = open(replica);
          const seen = await readStandby(standby, walEnd)
            .finally(() => standby.close())
            .catch((error) => targetError(error, 'call'));
          return { name: `${replica.host}:${replica.port}`, seen };
        }),
      );
    },

    /** Of these logins, those with members that could use what they are granted. */
    membersOf: (logins: readonly string[]) => primary.read((send) => readPreviewUsers(send, logins)),

    person: (pair: NamePair) => primary.read((send) => readPerson(send, pair)),

    obstacles: (database: string, loginOid: number, roleOid: number) =>
      briefly(open({ ...connect, database }), (send) => readObstacles(send, loginOid, roleOid)),

    close: () => primary.close(),
  };
}

async function briefly<T>(connection: TargetConnection, read: (send: Send) => Promise<T>): Promise<T> {
  try {
    return await connection.read(read);
  } finally {
    await connection.close();
  }
}
