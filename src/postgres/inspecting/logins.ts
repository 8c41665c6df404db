import { z } from 'zod';
import type { Send } from '../connect.js';

const row = z.object({ name: z.string() });

/**
 * An address has only ASCII letters, and may differ only in their case. "C" knows no other letters, whatever the
 * database's own language does with an "I" or the Kelvin sign.
 */
const LIKE = `
SELECT r.rolname::text AS name FROM pg_roles r
 WHERE r.rolcanlogin AND lower(r.rolname::text COLLATE "C") = lower($1::text COLLATE "C")
 ORDER BY r.rolname::text COLLATE "C"`;

export async function readLoginsLike(send: Send, name: string): Promise<readonly string[]> {
  return (await send(row, LIKE, [name])).map((found) => found.name);
}
