import type { Kind } from '../../config/config.js';
import { PREDEFINED_ROLES } from '../../domain/postgres/predefined-roles.js';

/** Roles that a provider makes on each of its servers, and that no one else has a reason to make. */
const SIGNS: ReadonlyMap<string, readonly Kind[]> = new Map(
  PREDEFINED_ROLES.flatMap(({ name, signOf }) => (signOf.length > 0 ? [[name, signOf] as const] : [])),
);

export const SIGN_ROLES: readonly string[] = [...SIGNS.keys()];

/** What a server may be that has these roles of SIGN_ROLES. */
export function kindsOf(roles: readonly string[]): readonly Kind[] {
  const kinds = roles.flatMap((role) => SIGNS.get(role) ?? []);
  return kinds.length > 0 ? kinds : ['self-managed'];
}

/** The role that tells a server of this kind; null when there is none. */
export function signOf(kind: Kind): string | null {
  return [...SIGNS].find(([, kinds]) => kinds.includes(kind))?.[0] ?? null;
}
