/** May the login of DATABASE_OWNER_URL migrate the ledger? */
import { z } from 'zod';
import type { OwnLogin } from '../../connections/own-login.js';
import { readInstallation } from '../installation.js';
import { withLedger } from '../pool.js';
import { readOwnLogin } from './own-login.js';

const row = z.tuple([z.object({ owns: z.boolean() })]);

const OWNS = `
  select coalesce(
      (select pg_has_role(c.relowner, 'USAGE') from pg_class c where c.oid = to_regclass('requests')),
      has_schema_privilege(coalesce(current_schema(), 'public'), 'CREATE')) as owns`;

export interface LedgerOwner {
  readonly own: OwnLogin;
  /** It owns the tables, or may make them where there are none yet. */
  readonly owns: boolean;
  /** As `readInstallation`: which ledger its URL leads to. */
  readonly ledger: string;
}

/** @throws what `pg` throws; HallpassError when it can't be a session of our own. */
export function readLedgerOwner(ownerUrl: string): Promise<LedgerOwner> {
  return withLedger(ownerUrl, async (client) => {
    const { rows } = await client.query(OWNS);
    const [{ owns }] = row.parse(rows);
    return { own: await readOwnLogin(client), owns, ledger: await readInstallation(client) };
  });
}
