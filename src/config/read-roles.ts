import type { Origin, RoleConfig } from './config.js';
import { type Found, type Layer, origin } from './layers.js';
import type { Parts } from './parts.js';
import type { Problem } from './problem.js';
import type { EmailSettings, RoleSettings, Schemas, Settings } from './schema.js';
import { type Resolved, resolveSettings } from './settings.js';

/** What the main file says for all targets; null stands for a part that is wrong and was reported. */
export interface Surroundings {
  readonly schemas: Schemas;
  readonly defaults: Layer<Settings & EmailSettings> | null;
  readonly policies: ReadonlyMap<string, Layer<Settings> | null>;
  /** The channel of cards when nothing nearer names one. */
  readonly home: Found<string>;
}

/**
 * Resolves the roles of one target; those that can't be are reported, or rest on something that was.
 * @param targetOrigins where the target's own values come from.
 */
export function readRoles(
  { problems }: Parts,
  around: Surroundings,
  target: Layer<Settings>,
  roles: ReadonlyMap<string, RoleSettings | null>,
  targetOrigins: readonly Origin[],
): Map<string, RoleConfig> {
  const complete = new Map<string, RoleConfig>();
  // Most of a thousand roles say nothing but a policy: what follows from it is worked out, and wrong, once.
  const plain = new Map<string | undefined, Resolved | Problem>();

  for (const [role, settings] of roles) {
    if (settings === null || around.defaults === null) continue;
    const { policy: policyName, about, ...own } = settings;
    const policy = policyName === undefined ? undefined : around.policies.get(policyName);
    if (policy === null) continue;

    const layer = { settings, source: target.source, path: [...target.path, 'roles', role] };
    const isPlain = Object.values(own).every((value) => value === undefined);
    let resolved = isPlain ? plain.get(policyName) : undefined;
    if (resolved === undefined) {
      const between = policy === undefined ? [] : [policy];
      resolved = resolveSettings([layer, ...between, target, around.defaults], around.home);
      if ('message' in resolved) problems.push(resolved);
      if (isPlain) plain.set(policyName, resolved);
    }
    if ('message' in resolved) continue;

    const { channel, policy: effective, origins } = resolved;
    complete.set(role, {
      role,
      about: about ?? null,
      channel,
      policy: effective,
      // Asked for by one command, for one role: not worked out for thousands at each start.
      get origins() {
        return [
          origin('policy', policyName ?? 'none', policyName === undefined ? null : layer),
          origin('about', about ?? 'none', about === undefined ? null : layer),
          ...origins,
          ...targetOrigins,
        ];
      },
    });
  }
  return complete;
}
