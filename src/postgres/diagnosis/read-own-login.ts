/** Who we are on a target, and how our sessions begin there before we set anything. */
import { z } from 'zod';
import { OWN_LOGIN, type OwnLogin, ownLoginRow } from '../../connections/own-login.js';
import type { Send } from '../connect.js';
import { readOne } from './read-one.js';

export function readOwnLogin(send: Send): Promise<OwnLogin> {
  return readOne(send, ownLoginRow, OWN_LOGIN);
}

const readOnlyRow = z.object({ readOnly: z.boolean(), source: z.string() });

/** Whether transactions are read-only by default, and who set it: `user`, `database`, or the whole server. */
export type ReadOnlyDefault = z.infer<typeof readOnlyRow>;

const READ_ONLY = `SELECT setting = 'on' AS "readOnly", source FROM pg_settings WHERE name = 'default_transaction_read_only'`;

/** In a session that has the server's defaults. */
export function readReadOnlyDefault(send: Send): Promise<ReadOnlyDefault> {
  return readOne(send, readOnlyRow, READ_ONLY);
}
