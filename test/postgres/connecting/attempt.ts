import { expect } from 'vitest';
import { z } from 'zod';
import type { Connect } from '../../../src/config/config.js';
import { createTargetConnection, DEFAULT_LIMITS } from '../../../src/postgres/connect.js';
import { TargetError } from '../../../src/postgres/errors.js';

const row = z.object({ user: z.string(), tls: z.boolean(), clientName: z.string().nullable() });
const WHO = `
SELECT current_user::text AS user, ssl AS tls, client_dn AS "clientName" FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;

/** Connects, and tells what the server says of the connection. */
export async function attempt(
  connect: Connect,
  connectMs = 30_000,
): Promise<z.infer<typeof row> | undefined> {
  const connection = createTargetConnection(connect, { ...DEFAULT_LIMITS, connectMs });
  try {
    return (await connection.read((send) => send(row, WHO)))[0];
  } finally {
    await connection.close();
  }
}

/** What is said of a connection that can't be had. */
export async function failure(connect: Connect, connectMs?: number): Promise<TargetError> {
  const error: unknown = await attempt(connect, connectMs).then(
    () => expect.fail('the connection was made'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TargetError)) throw new Error('not told apart', { cause: error });
  expect(error.ambiguous).toBe(false);
  expect(error.nextStep).not.toBeNull();
  return error;
}
