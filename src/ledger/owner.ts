/** May the login of DATABASE_OWNER_URL migrate the ledger? */
import { z } from 'zod';
import { readInstallation } from './installation.js';
import { connectLedger } from './pool.js';

const row = z.tuple([z.object({ login: z.string(), owns: z.boolean() })]);

const OWNS = `
  select session_user::text as login, coalesce(
      (select pg_has_role(c.relowner, 'USAGE') from pg_class c where c.oid = to_regclass('requests')),
      has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE')) as owns`;

export interface LedgerOwner {
  readonly login: string;
  /** It owns the tables, or may make them where there are none yet. */
  readonly owns: boolean;
  /** As `readInstallation`: which ledger its URL leads to. */
  readonly ledger: string;
}

/** @throws what `pg` throws; HallpassError when it can't be a session of our own. */
export async function readLedgerOwner(ownerUrl: string): Promise<LedgerOwner> {
  const client = await connectLedger(ownerUrl);
  try {
    const { rows } = await client.query(OWNS);
    const [owner] = row.parse(rows);
    return { ...owner, ledger: await readInstallation(client) };
  } finally {
    await client.end();
  }
}
