/** Who could lock Hallpass out of the database through which it grants and revokes? */
import { z } from 'zod';
import type { Send } from '../connect.js';
import { nameValues } from '../quote.js';
import { readOne } from './read-one.js';

const row = z.object({
  database: z.string(),
  owner: z.string(),
  /** Of the names asked for, those that own it, or are members of its owner. */
  owners: z.array(z.string()),
});
export type GrantingDatabase = z.infer<typeof row>;

/** A superuser needs no ownership. */
const GRANTING = `
SELECT d.datname::text AS database, pg_get_userbyid(d.datdba)::text AS owner,
       ARRAY(SELECT r.rolname::text FROM pg_roles r
              WHERE r.rolname::text = ANY ($1::text[]) AND NOT r.rolsuper AND pg_has_role(r.oid, d.datdba, 'MEMBER')
              ORDER BY 1) AS owners
  FROM pg_database d WHERE d.datname = current_database()`;

export function readGrantingDatabase(send: Send, names: readonly string[]): Promise<GrantingDatabase> {
  return readOne(send, row, GRANTING, [nameValues(names)]);
}
