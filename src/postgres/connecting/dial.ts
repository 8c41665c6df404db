import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Connect } from '../../config/config.js';
import { destroy, ownSession, SharedSessionError } from '../../connections/session.js';
import type { SessionSettings } from '../../connections/settings.js';
import { readTypes } from '../../connections/types.js';
import { inTime } from '../../in-time.js';
import { TargetError } from '../errors.js';
import { doubtPassword, readPassword } from './credentials.js';
import { connectError, transactionPoolError } from './errors.js';
import { readTls } from './tls.js';

/** No schema of the database may redefine what we call. Each transaction limits itself. */
const SETTINGS: SessionSettings = { own: { search_path: 'pg_catalog' } };
const TYPES = readTypes({ bigintAsNumber: false });

/**
 * Memberships belong to the server, so they can be changed from any database. Every server has this one, and its
 * owner is an administrator; the owner of the database in which people work may be the person whose role is to be
 * revoked, and could shut us out of it.
 */
const NEUTRAL = 'postgres';

interface Use {
  /** For all of it, milliseconds. */
  readonly connectMs: number;
  /** Its `application_name`. */
  readonly name: string;
}

export type Dial = (connect: Connect, use: Use) => Promise<pg.Client>;

/**
 * Makes a connection to a target: files, credentials, tunnel, TLS, login, and the proof that its session is our own.
 * @throws TargetError; nothing of the connection is left then.
 */
export async function dial(connect: Connect, { connectMs, name }: Use): Promise<pg.Client> {
  const timeLeft = countdown(connectMs);
  try {
    return await ownSession(
      SETTINGS,
      (options) => prepare(connect, name, options, timeLeft),
      (work) =>
        inTime(timeLeft(), work, () => {
          throw new Error('timeout expired');
        }),
    );
  } catch (thrown) {
    if (thrown instanceof SharedSessionError) throw transactionPoolError(connect);
    throw await refusal(thrown, connect);
  }
}

/** Never 0, which `pg` takes for no limit. */
function countdown(ms: number): () => number {
  const deadline = performance.now() + ms;
  return () => Math.max(1, deadline - performance.now());
}

async function refusal(thrown: unknown, connect: Connect): Promise<TargetError> {
  if (isTurnedAway(thrown)) await doubtPassword(connect);
  return connectError(thrown, connect);
}

/**
 * As `dial`, for what can be done from any database of the server: to one whose owner can't shut us out, or else to
 * the configured one. Decided each time, so a new GRANT CONNECT takes effect.
 * @throws TargetError of the configured database.
 */
export async function dialServer(connect: Connect, use: Use): Promise<pg.Client> {
  if (connect.database === NEUTRAL) return dial(connect, use);
  const timeLeft = countdown(use.connectMs);
  try {
    return await dial({ ...connect, database: NEUTRAL }, use);
  } catch (thrown) {
    if (!isTurnedAway(thrown)) throw thrown;
    return dial(connect, { ...use, connectMs: timeLeft() });
  }
}

/**
 * As `dial`, but without our settings: shows us how any other session of this login begins.
 * @throws TargetError
 */
export async function dialAsIs(connect: Connect, { connectMs, name }: Use): Promise<pg.Client> {
  const client = await prepare(connect, name, null, countdown(connectMs));
  try {
    await client.connect();
    return client;
  } catch (thrown) {
    destroy(client);
    throw await refusal(thrown, connect);
  }
}

/** Called after each login: null when it succeeded. */
export type Heard = (error: TargetError | null) => void;

/** As `logIn`, and tells `heard` the outcome. */
export function telling(logIn: Dial, heard: Heard): Dial {
  return async (connect, use) => {
    try {
      const client = await logIn(connect, use);
      heard(null);
      return client;
    } catch (thrown) {
      if (thrown instanceof TargetError) heard(thrown);
      throw thrown;
    }
  };
}

/**
 * The server answered, but doesn't let us into this database. Told by the code, because the words may be in any
 * language.
 */
function isTurnedAway(thrown: unknown): boolean {
  const cause = thrown instanceof TargetError ? thrown.cause : thrown;
  return cause instanceof pg.DatabaseError && /^(?:28|3D000|42501|55000|53300|08P01)/.test(cause.code ?? '');
}

async function prepare(
  connect: Connect,
  name: string,
  options: string | null,
  timeLeft: () => number,
): Promise<pg.Client> {
  const [ssl, password] = await Promise.all([readTls(connect), readPassword(connect, timeLeft())]);
  const stream = await openStream(connect, timeLeft);
  const client = new pg.Client({
    host: connect.host,
    port: connect.port,
    database: connect.database,
    user: connect.user,
    // A function: else `pg` would take PGPASSWORD or a .pgpass file for a password that the configuration leaves out.
    password: () => password,
    ssl,
    ...(stream === null ? {} : { stream: () => stream }),
    ...(options === null ? {} : { options }),
    application_name: name,
    connectionTimeoutMillis: timeLeft(),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
    types: TYPES,
  });
  // A break while no call waits also emits 'end'; an 'error' without a listener would end the process.
  client.on('error', () => undefined);
  return client;
}

/** null: `pg` makes its own socket. */
async function openStream({ ssh, host, port }: Connect, timeLeft: () => number): Promise<Duplex | null> {
  if (ssh === null) return null;
  // ssh2 takes memory and time to load, so only targets that need it do.
  const { openTunnel } = await import('./tunnel.js');
  return openTunnel(ssh, { host, port }, timeLeft());
}
