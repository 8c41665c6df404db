/**
 * Connections by URL that are our own and have the settings that our statements need: for the ledger, and for the
 * alarms in it.
 */
import pg from 'pg';
import { coerceError, HallpassError } from '../errors.js';
import { useServer } from './refused/pooler.js';
import { whyRefused } from './refused/refused.js';
import type { Attempt, SettingNames } from './refused/rules.js';
import { nextOptions, ownSession, SharedSessionError, settle, TriggersOffError } from './session.js';
import { type SessionSettings, startupOptions } from './settings.js';
import { readUrl } from './url.js';

/** `config` for a connection to `url` that begins with our settings. */
export function ownConfig<C extends pg.ClientConfig>(
  url: string,
  settings: SessionSettings,
  config: C,
): C & { readonly connectionString: string; readonly options: string } {
  const read = readUrl(url, settings);
  return { ...config, connectionString: read.connectionString, options: startupOptions(read.settings) };
}

/**
 * One connection.
 * @throws what `pg` throws; HallpassError when it can't be a session of our own. Nothing of it is left then.
 */
export async function connectOwn(
  url: string,
  settings: SessionSettings,
  config: pg.ClientConfig,
): Promise<pg.Client> {
  const read = readUrl(url, settings);
  try {
    return await ownSession(read.settings, (options) => {
      const client = new pg.Client({
        ...config,
        connectionString: read.connectionString,
        ...(options === null ? {} : { options }),
      });
      // A broken connection also fails the query under way, and that is what gets reported.
      client.on('error', () => undefined);
      return client;
    });
  } catch (thrown) {
    throw await inWords(thrown, url);
  }
}

/** A pool of such connections. Whether a pooler shares them is asked once. */
export class OwnPool extends pg.Pool {
  readonly #url: string;
  readonly #settings: SessionSettings;
  readonly #prove: () => Promise<void>;
  #proof: Promise<void> | null = null;

  constructor(url: string, settings: SessionSettings, config: pg.PoolConfig) {
    super(ownConfig(url, settings, config));
    // Between one statement and the next nobody else listens to a connection, and its last word would end the process.
    this.on('connect', (client) => client.on('error', () => undefined));
    this.options.onConnect = (client) => this.#settle(client);
    this.#url = url;
    this.#settings = readUrl(url, settings).settings;
    this.#prove = async () => {
      const client = await connectOwn(url, settings, config);
      await client.end();
    };
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const made = this.#connect();
    if (callback === undefined) return made;
    made.then(
      (client) => callback(undefined, client, client.release),
      (error) => callback(error, undefined, () => undefined),
    );
    return undefined;
  }

  /** A server or pooler that refuses our options is asked without them from then on. */
  async #connect(): Promise<pg.PoolClient> {
    for (;;) {
      const tried = this.options.options ?? null;
      try {
        return await super.connect();
      } catch (thrown) {
        const next = nextOptions(this.#settings, tried, thrown);
        if (next === undefined) throw await inWords(thrown, this.#url);
        this.options.options = next ?? undefined;
      }
    }
  }

  async #settle(client: pg.ClientBase): Promise<void> {
    if (await settle(client, this.#settings)) return;
    this.#proof ??= this.#prove();
    await this.#proof.catch((error) => {
      this.#proof = null;
      throw error;
    });
  }
}

/** By the variables of the environment, and libpq's names in URLs. */
const SETTINGS: SettingNames = {
  point: 'Point DATABASE_URL and DATABASE_OWNER_URL to',
  password: 'Write it into DATABASE_URL or DATABASE_OWNER_URL.',
  database: 'Name another database in DATABASE_URL and DATABASE_OWNER_URL',
  ca: 'In DATABASE_URL and DATABASE_OWNER_URL, set sslrootcert= to',
  cert: 'In DATABASE_URL and DATABASE_OWNER_URL, set sslcert= and sslkey= to',
  iam: 'Let it have a password',
  tlsOn: 'add sslmode=verify-full to DATABASE_URL and DATABASE_OWNER_URL',
  tlsAnyName: 'sslmode=verify-ca',
  tlsOff: 'sslmode=disable',
};

function askedOf(url: string): Attempt {
  const { hostname, port, username, pathname, searchParams } = new URL(url);
  const host = searchParams.get('host') ?? hostname;
  const user = decodeURIComponent(username);
  const connect = {
    host,
    user,
    database: decodeURIComponent(pathname.slice(1)) || user,
    tls: searchParams.get('sslmode') ?? 'off',
    ca: searchParams.get('sslrootcert'),
    // Without TLS it isn't shown to anyone.
    cert: searchParams.get('sslmode') === 'disable' ? null : searchParams.get('sslcert'),
    iam: null,
  };
  return { connect, host, server: `the ledger’s server (${host}:${port || '5432'})`, set: SETTINGS };
}

/**
 * Says by the same table as for a target what went wrong with the ledger's server. A refused connection always passes:
 * what we owe somebody waits for the ledger, and is never given up because of it.
 */
async function inWords(thrown: unknown, url: string): Promise<unknown> {
  if (thrown instanceof HallpassError) return thrown;
  if (thrown instanceof SharedSessionError) {
    return new HallpassError(
      'A pooler in transaction mode answers at the ledger’s address: each transaction may get another session, which others use too.',
      { passing: false, nextStep: useServer(SETTINGS) },
    );
  }
  if (thrown instanceof TriggersOffError) {
    const nextStep =
      'As a superuser of the ledger’s server: ALTER ROLE … RESET session_replication_role; or ALTER DATABASE … RESET session_replication_role;';
    return new HallpassError(
      `The ledger’s triggers don’t run: session_replication_role is ${thrown.message} for Hallpass’s login there.`,
      { passing: false, nextStep, cause: thrown.cause },
    );
  }
  const error = coerceError(thrown);
  const told = await whyRefused(error, askedOf(url));
  if (told === null) return thrown;
  const sentence = told.sentence.charAt(0).toUpperCase() + told.sentence.slice(1);
  return new HallpassError(sentence, { passing: true, nextStep: told.nextStep, cause: error });
}

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;
