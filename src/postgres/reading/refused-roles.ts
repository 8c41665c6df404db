import { GRANTABLE_PREDEFINED, NEVER_GRANTED } from '../../domain/postgres/predefined-roles.js';
import { GRANTORS_SINCE } from '../quote.js';
import { gives, rowsOf } from './usable.js';

const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/**
 * SQL, an expression: the name of a role that is never granted and that `role` (an OID) is, or leads to; null when
 * there is none. A superuser's attributes are not inherited, but a role that holds ADMIN OPTION on another can grant
 * itself the rest. Before 16, CREATEROLE can grant every role that is not a superuser, and each member can SET ROLE.
 * @param own an expression of type text[]: names that are never granted on this server.
 */
export const rolePower = (role: string, own: string): string => `(
  WITH RECURSIVE up (oid) AS (
    SELECT ${role}::oid
    UNION SELECT m.roleid FROM up CROSS JOIN LATERAL (${rowsOf(null, 'up.oid')}) m
     WHERE ${gives('m')} OR m.admin_option)
  SELECT r.rolname::text FROM up CROSS JOIN LATERAL (SELECT * FROM pg_roles a WHERE a.oid = up.oid OFFSET 0) r
   WHERE r.rolsuper OR (r.rolcreaterole AND current_setting('server_version_num')::int < ${GRANTORS_SINCE})
      OR r.rolname::text IN (${list(NEVER_GRANTED)}) OR r.rolname::text = ANY (${own})
      OR (r.rolname::text LIKE 'pg\\_%' AND r.rolname::text NOT IN (${list(GRANTABLE_PREDEFINED)}))
   ORDER BY r.rolname LIMIT 1)`;
