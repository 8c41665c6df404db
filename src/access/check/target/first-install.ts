/** A login that is refused on a server that Hallpass has never used: there is more to set up than the login. */
import pg from 'pg';
import type { TargetConfig } from '../../../config/config.js';
import { readTarget } from '../../../ledger/targets/targets.js';
import { TargetError } from '../../../postgres/errors.js';
import { type Finding, failed } from '../finding.js';
import type { LedgerView } from '../ledger.js';

/** Why a target can't be connected to. @throws what the ledger throws. */
export async function describeNoConnection(
  { key, connect: { user } }: TargetConfig,
  error: unknown,
  ledger: LedgerView,
): Promise<Finding> {
  const finding = failed('connection', error);
  if (!isUnknownThere(error) || (await wasThere(ledger, key))) return finding;
  return {
    ...finding,
    nextStep:
      `If the server is not set up for Hallpass yet: \`hallpass setup-sql ${key} --server-version 18\` (with its own version) prints what an administrator runs there; ` +
      `then psql’s \\password ${user} sets the password that connect: has. If it is set up, connect: has another password or database.`,
  };
}

/** Has this ledger compared the target before? One that can't be read is most likely as new as the target. */
async function wasThere(ledger: LedgerView, key: string): Promise<boolean> {
  if (!('db' in ledger)) return false;
  const { server, known } = await readTarget(ledger.db, key);
  return server !== null || known !== null;
}

/** What a server answers to a login that it doesn't have, or that has no password or no CONNECT yet. */
function isUnknownThere(error: unknown): boolean {
  const cause = error instanceof TargetError ? error.cause : null;
  if (!(cause instanceof pg.DatabaseError)) return false;
  const { code = '', message } = cause;
  return ['28P01', '42501'].includes(code) || (code === '28000' && /^role .* does not exist$/.test(message));
}
