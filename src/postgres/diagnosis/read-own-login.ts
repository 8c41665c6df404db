/** Who we are on a target, and how our sessions begin there before we set anything. */
import { z } from 'zod';
import { OWN_LOGIN, type OwnLogin, ownLoginRow } from '../../connections/own-login.js';
import type { Send } from '../connect.js';

export async function readOwnLogin(send: Send): Promise<OwnLogin> {
  const [own] = await send(ownLoginRow, OWN_LOGIN);
  if (own === undefined) throw new Error('our own login is not in pg_roles');
  return own;
}

const readOnlyRow = z.object({ readOnly: z.boolean(), source: z.string() });

/** Whether transactions are read-only by default, and by whose word: `user`, `database`, or the whole server's. */
export type ReadOnlyDefault = z.infer<typeof readOnlyRow>;

/** In a session that has the server's defaults. */
export async function readReadOnlyDefault(send: Send): Promise<ReadOnlyDefault> {
  const [row] = await send(
    readOnlyRow,
    `SELECT setting = 'on' AS "readOnly", source FROM pg_settings WHERE name = 'default_transaction_read_only'`,
  );
  if (row === undefined) throw new Error('the server did not say how transactions begin');
  return row;
}
