import type { Config, RoleConfig, TargetConfig } from './config.js';
import { wildcard } from './servers/wildcard.js';

/**
 * The settings of a role of this target: a listed one wins, then the first match of `discover`; null when it isn't offered.
 * Only the server knows whether a discovered role exists and is safe.
 */
export function roleOn({ roles, discover }: TargetConfig, role: string): RoleConfig | null {
  const listed = roles.get(role);
  if (listed !== undefined) return listed;
  const found = discover.find(({ match }) => wildcard(match).test(role));
  return found === undefined ? null : { ...found.like, role };
}

/** The person whose login this is on the target, according to the file; null when it names no one. */
export function ownerOf(config: Config, target: TargetConfig, login: string): string | null {
  for (const [id, own] of target.people) if (own === login) return id;
  for (const [id, person] of config.people) {
    if (person.login === login && !target.people.has(id)) return id;
  }
  return null;
}
