import type { Config, RoleConfig, TargetConfig } from './config.js';
import { wildcard } from './wildcard.js';

/**
 * What today's configuration says of a role of this target: a listed one wins, then the first of `discover` that
 * matches. null when it does not offer it (any more). Whether a role that is discovered is there, and safe, only its
 * server knows.
 */
export function roleOn({ roles, discover }: TargetConfig, role: string): RoleConfig | null {
  const listed = roles.get(role);
  if (listed !== undefined) return listed;
  const found = discover.find(({ match }) => wildcard(match).test(role));
  return found === undefined ? null : { ...found.like, role };
}

/** The person whose login this is there, by the names in the file; null when it names nobody. */
export function ownerOf(config: Config, target: TargetConfig, login: string): string | null {
  for (const [id, own] of target.people) if (own === login) return id;
  for (const [id, person] of config.people) {
    if (person.login === login && !target.people.has(id)) return id;
  }
  return null;
}
