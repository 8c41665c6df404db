import type { SessionRight } from '../../domain/postgres/predefined-roles.js';
import { GRANTORS_SINCE, quoteName } from '../quote.js';
import type { Mode } from './fragments.js';

/**
 * SQL: whether `holder` (an expression) can use the right. Before 16 our own login inherits nothing, or it could use the
 * roles that it grants; it becomes the role that has the right. The owner of a guarded target always inherits.
 */
export function mayUse(holder: string, right: SessionRight, mode: Mode): string {
  const how =
    mode === 'guarded'
      ? `'USAGE'`
      : `CASE WHEN current_setting('server_version_num')::int < ${GRANTORS_SINCE} THEN 'MEMBER' ELSE 'USAGE' END`;
  return `pg_has_role(${holder}, '${right}', ${how})`;
}

/** From 16 on the options must be explicit: our login is NOINHERIT, and without them the right gives it nothing. */
export function grantRightsSql(version: number, rights: readonly string[], holder: string): string {
  const options = version >= GRANTORS_SINCE ? ' WITH INHERIT TRUE, SET FALSE' : '';
  return `GRANT ${rights.join(', ')} TO ${quoteName(holder)}${options};`;
}
