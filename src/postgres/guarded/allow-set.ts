import pg from 'pg';
import { quoteName } from '../quote.js';
import { SCHEMA } from './names.js';

/** For people to run in the database of a guarded target: lets sessions become the role by SET ROLE. */
export function allowSetSql(role: string): string {
  const name = pg.escapeLiteral(quoteName(role)).trimStart();
  return `INSERT INTO ${SCHEMA}.roles (role, set_role) VALUES (${name}, true) ON CONFLICT (role) DO UPDATE SET set_role = true;`;
}
