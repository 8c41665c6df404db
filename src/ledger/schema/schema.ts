import type pg from 'pg';
import { z } from 'zod';
import { LedgerError } from '../pool.js';

const found = z.tuple([z.object({ here: z.boolean(), elsewhere: z.string().nullable() })]);

/** Three names that no other program's tables have together. */
const WHERE = `
  select to_regclass('requests') is not null as here,
         (select min(n.nspname::text) from pg_namespace n
           where exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'requests')
             and exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'decisions')
             and exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'deliveries')) as elsewhere`;

/**
 * Refuses to make a second ledger next to one whose tables were made under another search path.
 * @throws LedgerError
 */
export async function assertSchema(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query(WHERE);
  const [{ here, elsewhere }] = found.parse(rows);
  if (here || elsewhere === null) return;
  throw new LedgerError(`The ledger’s tables are in the schema ${elsewhere}, and the URL doesn’t say so.`, {
    passing: false,
    nextStep:
      `Add options=-csearch_path%3D${encodeURIComponent(elsewhere)} to the query of DATABASE_URL and DATABASE_OWNER_URL: ` +
      'a search path that was set by ALTER ROLE or ALTER DATABASE doesn’t count.',
  });
}
