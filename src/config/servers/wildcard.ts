/** Matches a whole name; `*` in the pattern stands for any characters, and everything else for itself. */
export function wildcard(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((literal) => literal.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
