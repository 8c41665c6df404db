import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Connect } from '../../config/config.js';
import { readPassword } from './credentials.js';
import { askedOf, connectError } from './errors.js';
import { endsItself, isDirect } from './pooler.js';
import { transactionPoolError } from './pooler-errors.js';
import { readTls } from './tls.js';
import { within } from './within.js';

/**
 * Makes a connection to a target: files, credentials, tunnel, TLS, login, and the proof that its session is our own.
 * @param use `connectMs`: for all of it, milliseconds; `name`: what it is called on the server.
 * @throws TargetError; whatever it is, nothing of the connection is left.
 */
export async function dial(
  connect: Connect,
  { connectMs, name }: { readonly connectMs: number; readonly name: string },
): Promise<pg.Client> {
  const deadline = performance.now() + connectMs;
  // `pg` takes 0 for no limit.
  const timeLeft = () => Math.max(1, deadline - performance.now());
  try {
    const client = await logIn(connect, name, timeLeft);
    if (await check(client, isDirect, timeLeft())) return client;
    if (!(await check(client, endsItself, timeLeft()))) throw transactionPoolError(askedOf(connect));
    destroy(client);
    return await logIn(connect, name, timeLeft);
  } catch (thrown) {
    throw connectError(thrown, connect);
  }
}

/** At once, without a goodbye: its statements fail, and a tunnel ends with it. */
export function destroy(client: pg.Client): void {
  client.connection.stream.destroy();
}

async function logIn(connect: Connect, name: string, timeLeft: () => number): Promise<pg.Client> {
  const [ssl, password] = await Promise.all([readTls(connect), readPassword(connect, timeLeft())]);
  const stream = await openStream(connect, timeLeft);
  const client = new pg.Client({
    host: connect.host,
    port: connect.port,
    database: connect.database,
    user: connect.user,
    // A function, so that neither PGPASSWORD nor a .pgpass file stands in for what the configuration leaves out.
    password: () => password,
    ssl,
    ...(stream === null ? {} : { stream: () => stream }),
    application_name: name,
    connectionTimeoutMillis: timeLeft(),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    pipeline: true,
  });
  // What breaks while nobody waits is told by 'end' as well; unheard, it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    destroy(client);
    throw error;
  }
}

/** null: `pg` makes its own socket. */
async function openStream({ ssh, host, port }: Connect, timeLeft: () => number): Promise<Duplex | null> {
  if (ssh === null) return null;
  // Only who uses it pays for ssh2, in memory and at the start.
  const { openTunnel } = await import('./tunnel.js');
  return openTunnel(ssh, { host, port }, timeLeft());
}

async function check(
  client: pg.Client,
  question: (client: pg.Client) => Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  try {
    return await within(timeoutMs, question(client), () => new Error('timeout expired'));
  } catch (error) {
    destroy(client);
    throw error;
  }
}
