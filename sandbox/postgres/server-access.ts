import pg from 'pg';

export interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Where a server is, and its superuser. */
export interface ServerAddress extends Login {
  readonly host: string;
  readonly port: number;
}

export interface ServerAccess extends ServerAddress {
  /** The superuser's. */
  readonly url: string;
  /** A connection URL; what is not given is the superuser's. */
  urlFor(login: Partial<Login>): string;
  /** `runSql` as superuser; in the database `postgres` unless another is named. */
  query<Row extends pg.QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
    database?: string,
  ): Promise<Row[]>;
}

/** How long a connection may take, milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;

/** What a superuser needs to prepare a server and to look at it. */
export function serverAccess(address: ServerAddress): ServerAccess {
  const { host, port, ...superuser } = address;
  const urlFor = (login: Partial<Login>): string => {
    const { user, password, database } = { ...superuser, ...login };
    const part = encodeURIComponent;
    return `postgres://${part(user)}:${part(password)}@${host}:${port}/${part(database)}`;
  };
  return {
    ...address,
    url: urlFor({}),
    urlFor,
    query: (sql, params, database = superuser.database) => runSql(urlFor({ database }), sql, params),
  };
}

/**
 * Connects, runs one statement, and answers its rows; several statements (without parameters) answer none.
 * @throws what `pg` throws, of the connection as of the statement.
 */
export async function runSql<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // A connection that breaks is told twice: the statement fails too, and that is enough.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const result = await client.query<Row>(sql, [...params]);
    return Array.isArray(result) ? [] : result.rows;
  } finally {
    await client.end();
  }
}
