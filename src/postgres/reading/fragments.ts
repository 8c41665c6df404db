/**
 * What the statements of this folder share. Whose memberships count as ours, and who must hold the ADMIN OPTION,
 * depends on the mode: our own login, or the owner of a guarded target's functions.
 */
import type { TargetConfig } from '../../config/config.js';
import { OWNER } from '../guarded/names.js';
import type { OidPair } from '../target.js';

export type Mode = TargetConfig['mode'];

/** SQL, an expression: the name of the role whose memberships are ours. */
export const GRANTOR: Readonly<Record<Mode, string>> = { direct: 'session_user', guarded: `'${OWNER}'` };

/** SQL: the OID of the role whose memberships are ours, as the table `me`. */
export const me = (mode: Mode): string =>
  `me AS MATERIALIZED (SELECT oid FROM pg_roles WHERE rolname = ${GRANTOR[mode]})`;

/** SQL: one role, found by index. A plain join reads all ten thousand logins of a server for each batch. */
export const roleBy = (oid: string): string => `SELECT * FROM pg_roles WHERE oid = ${oid} OFFSET 0`;

export function forEachMode(sql: (mode: Mode) => string): Readonly<Record<Mode, string>> {
  return { direct: sql('direct'), guarded: sql('guarded') };
}

/** Pairs as the values of two oid[] parameters. */
export function oidsOf(pairs: readonly OidPair[]): [roles: number[], members: number[]] {
  return [pairs.map(({ roleOid }) => roleOid), pairs.map(({ memberOid }) => memberOid)];
}
