import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Queryable } from './pool.js';

/**
 * What this installation of Hallpass is called on its targets: by its ledger, so that its replicas and its next
 * release are the same one, and a copy of the ledger on another server is another.
 */
export async function readInstallation(db: Queryable): Promise<string> {
  const { rows } = await db.query(
    `select (select system_identifier::text from pg_control_system()) || '/' || oid as ledger
       from pg_database where datname = current_database()`,
  );
  const [row] = z.array(z.object({ ledger: z.string() })).parse(rows);
  return createHash('sha256')
    .update(row?.ledger ?? '')
    .digest('hex')
    .slice(0, 8);
}
