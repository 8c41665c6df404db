/**
 * What an access control list grants to the roles that matter here. As text, because there may be a hundred thousand
 * grants, and nothing else is done while they are taken apart.
 */
import { uncompressed } from '../reading/acl.js';

/** One bit for each privilege. */
const BITS: Readonly<Record<string, number>> = {
  SELECT: 1,
  INSERT: 2,
  UPDATE: 4,
  DELETE: 8,
  TRUNCATE: 16,
  REFERENCES: 32,
  TRIGGER: 64,
  MAINTAIN: 128,
  USAGE: 256,
  CREATE: 512,
  EXECUTE: 1024,
  CONNECT: 2048,
  TEMPORARY: 4096,
};
export const ALL = 8191;

/** Bits by the OID of the grantee. */
export type Grants = ReadonlyMap<number, number>;

/** @param text `16384 SELECT,0 USAGE`: the OID of each grantee (0: everybody) and the privilege, as GRANT names it. */
export function toGrants(text: string): Grants {
  const grants = new Map<number, number>();
  for (const each of text === '' ? [] : text.split(',')) {
    const space = each.indexOf(' ');
    const grantee = Number(each.slice(0, space));
    grants.set(grantee, (grants.get(grantee) ?? 0) | bit(each.slice(space + 1)));
  }
  return grants;
}

export function bit(privilege: string): number {
  return BITS[privilege] ?? 0;
}

/**
 * SQL, an expression: the grants, as `toGrants` takes them, to everybody and to the roles in `concerned` (a table with the column oid). Without a
 * list, what Postgres takes in its place.
 * @param kind as acldefault() calls it.
 */
export const grantsOf = (acl: string, kind: string, owner: string): string => `
coalesce((SELECT string_agg(e.grantee || ' ' || e.privilege_type, ',')
            FROM aclexplode(coalesce(${uncompressed(acl)}, acldefault('${kind}', ${owner}))) e
           WHERE e.grantee = 0 OR e.grantee IN (SELECT oid FROM concerned)), '')`;

/** What these may do, and everybody. @param used OIDs. */
export function maskOf(grants: Grants, used: readonly number[]): number {
  let mask = grants.get(0) ?? 0;
  for (const oid of used) mask |= grants.get(oid) ?? 0;
  return mask;
}

/** Everybody's counts, too. */
export function has(grants: Grants, used: readonly number[], need: number): boolean {
  return (maskOf(grants, used) & need) !== 0;
}
