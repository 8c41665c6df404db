import { z } from 'zod';
import { OWN_LOGIN, type OwnLogin, ownLoginRow } from '../../connections/own-login.js';
import type { Queryable } from '../pool.js';

export async function readOwnLogin(db: Queryable): Promise<OwnLogin> {
  const { rows } = await db.query(OWN_LOGIN);
  const [own] = z.array(ownLoginRow).parse(rows);
  if (own === undefined) throw new Error('the ledger did not say who we are');
  return own;
}
