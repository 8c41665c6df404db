import type { TargetConfig } from '../../config/config.js';
import type { SessionRight } from '../../domain/predefined-roles.js';
import { GRANTORS_SINCE, quoteName } from '../quote.js';

/**
 * SQL: whether `holder` (an expression) can use the right. Before 16 our own login inherits nothing, so that it can't
 * use the roles that it grants, and becomes the role that has the right; the owner of a guarded target always inherits.
 */
export function mayUse(holder: string, right: SessionRight, mode: TargetConfig['mode']): string {
  const how =
    mode === 'guarded'
      ? `'USAGE'`
      : `CASE WHEN current_setting('server_version_num')::int < ${GRANTORS_SINCE} THEN 'MEMBER' ELSE 'USAGE' END`;
  return `pg_has_role(${holder}, '${right}', ${how})`;
}

/** From 16 on the options have to be said: our login is NOINHERIT, so that a right without them is none. */
export function grantRightsSql(version: number, rights: readonly string[], holder: string): string {
  const options = version >= GRANTORS_SINCE ? ' WITH INHERIT TRUE, SET FALSE' : '';
  return `GRANT ${rights.join(', ')} TO ${quoteName(holder)}${options};`;
}
