import type { Discover, Origin, RoleConfig } from '../config.js';
import type { EmailSettings } from '../policy/email-rule.js';
import { type Found, type Layer, origin } from '../policy/layers.js';
import { type Resolved, resolveSettings } from '../policy/resolve-settings.js';
import type { DiscoverSettings, RoleSettings, Schemas, Settings } from '../schema.js';
import type { Parts } from '../yaml/parts.js';
import type { Problem } from '../yaml/problem.js';
import type { Path } from '../yaml/source.js';

/** What the main file says for all targets; null: wrong, which was reported. */
export interface RoleScope {
  readonly schemas: Schemas;
  readonly defaults: Layer<Settings & EmailSettings> | null;
  readonly policies: ReadonlyMap<string, Layer<Settings> | null>;
  /** The channel of cards when nothing nearer names one. */
  readonly home: Found<string>;
}

/** What a target says of its roles, as it is written. */
interface Written {
  readonly roles: ReadonlyMap<string, RoleSettings | null>;
  readonly discover: readonly DiscoverSettings[];
}

/**
 * Resolves the roles of one target; those that can't be are reported, or rest on something that was.
 * @param targetOrigins where the target's own values come from.
 */
export function readRoles(
  { problems }: Parts,
  around: RoleScope,
  target: Layer<Settings>,
  written: Written,
  targetOrigins: readonly Origin[],
): { readonly roles: Map<string, RoleConfig>; readonly discover: readonly Discover[] } {
  // Most of a thousand roles name only a policy: what follows from it is worked out, and reported, once.
  const plain = new Map<string | undefined, Resolved | Problem>();

  function resolveRole(
    role: string,
    settings: RoleSettings | DiscoverSettings,
    path: Path,
  ): RoleConfig | null {
    const { policy: policyName, about, match, ...own } = { about: undefined, match: undefined, ...settings };
    const policy = policyName === undefined ? undefined : around.policies.get(policyName);
    if (policy === null || around.defaults === null) return null;

    const layer = { settings, source: target.source, path: [...target.path, ...path] };
    const isPlain = Object.values(own).every((value) => value === undefined);
    let resolved = isPlain ? plain.get(policyName) : undefined;
    if (resolved === undefined) {
      const between = policy === undefined ? [] : [policy];
      resolved = resolveSettings([layer, ...between, target, around.defaults], around.home);
      if ('message' in resolved) problems.push(resolved);
      if (isPlain) plain.set(policyName, resolved);
    }
    if ('message' in resolved) return null;

    const { origins, ...rest } = resolved;
    let all: readonly Origin[] | undefined;
    return {
      role,
      about: about ?? null,
      ...rest,
      // One command asks for them, for one role: not worked out for thousands at each start.
      get origins() {
        all ??= [
          origin('policy', policyName ?? 'none', policyName === undefined ? null : layer),
          match === undefined
            ? origin('about', about ?? 'none', about === undefined ? null : layer)
            : origin('match', match, layer),
          ...origins,
          ...targetOrigins,
        ];
        return all;
      },
    };
  }

  const roles = new Map<string, RoleConfig>();
  for (const [role, settings] of written.roles) {
    const config = settings && resolveRole(role, settings, ['roles', role]);
    if (config !== null) roles.set(role, config);
  }
  const discover = written.discover.flatMap((settings, i) => {
    const like = resolveRole(settings.match, settings, ['discover', i]);
    return like === null ? [] : [{ match: settings.match, like }];
  });
  return { roles, discover };
}
