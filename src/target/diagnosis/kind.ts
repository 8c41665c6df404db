import type { Kind } from '../../config/config.js';

/** Roles that a provider makes on every server of its own, and nobody else has a reason to make. */
const SIGNS: ReadonlyMap<string, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ['rds_superuser', ['rds', 'aurora']],
  ['cloudsqlsuperuser', ['cloud-sql']],
  ['azure_pg_admin', ['azure']],
  ['neon_superuser', ['neon']],
  ['supabase_admin', ['supabase']],
]);

export const SIGN_ROLES: readonly string[] = [...SIGNS.keys()];

/** What a server may be that has these roles of SIGN_ROLES. */
export function kindsOf(roles: readonly string[]): readonly Kind[] {
  const kinds = roles.flatMap((role) => SIGNS.get(role) ?? []);
  return kinds.length > 0 ? kinds : ['self-managed'];
}

/** The role by which a server of this kind is known; null when there is none. */
export function signOf(kind: Kind): string | null {
  return [...SIGNS].find(([, kinds]) => kinds.includes(kind))?.[0] ?? null;
}
