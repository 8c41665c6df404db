/** How much harm a role can do: one scale, for people and for `max_danger`. */
export const DANGERS = ['none', 'read', 'write', 'admin', 'superuser'] as const;

export type Danger = (typeof DANGERS)[number];

/** The greater of the two. */
export function worse(a: Danger, b: Danger): Danger {
  return DANGERS.indexOf(a) >= DANGERS.indexOf(b) ? a : b;
}

export function isAbove(danger: Danger, limit: Danger): boolean {
  return DANGERS.indexOf(danger) > DANGERS.indexOf(limit);
}
