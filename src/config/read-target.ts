import type { TargetConfig } from './config.js';
import { emailRuleOf } from './email-rule.js';
import { type Layer, nearest, origin } from './layers.js';
import type { Parts } from './parts.js';
import { wrongUserId } from './principals.js';
import { type Connections, readConnections, saysConnection } from './read-connections.js';
import { readRoles, type Surroundings } from './read-roles.js';
import { type TargetSettings, targetPerson, wrongRole } from './schema.js';
import type { Source } from './source.js';

/** Instead of a connection that was not read: it leads nowhere. */
const UNREAD: Connections = {
  connect: {
    host: '',
    port: 0,
    database: '',
    user: '',
    password: null,
    passwordFile: null,
    tls: 'verify-full',
    ca: null,
    cert: null,
    key: null,
    iam: null,
    ssh: null,
  },
  replicas: [],
  origins: [],
};

/**
 * @param connections read how the target is reached.
 * @returns null when anything of the target, or of what it rests on, is wrong.
 */
export function readTarget(
  parts: Parts,
  around: Surroundings,
  source: Source,
  key: string,
  connections: boolean,
): TargetConfig | null {
  const { schemas, defaults } = around;
  const path = ['targets', key];
  const keys = parts.read(source, path, schemas.target);
  const people = parts.entries(source, [...path, 'people'], targetPerson, wrongUserId);
  const roles = parts.entries(source, [...path, 'roles'], schemas.role, wrongRole);
  const discoverPath = [...path, 'discover'];
  const discover = source.has(discoverPath) ? parts.read(source, discoverPath, schemas.discover) : [];
  const reached = connections ? readConnections(parts, schemas.connect, source, path) : UNREAD;
  if (keys === null || defaults === null) return null;
  if (!saysConnection(source, path)) {
    parts.problems.push(source.problem(path, 'has no connection; write connect: or url:', 'key'));
  }

  const layer = { settings: keys, source, path };
  const email = emailRuleOf(parts, [layer, defaults]);
  const own = ownSettings(layer);
  const origins = [...own.origins, ...(reached?.origins ?? []), ...email.origins];
  const complete = readRoles(parts, around, layer, { roles, discover: discover ?? [] }, origins);
  if (reached === null) return null;
  const { connect, replicas } = reached;
  return { key, ...own.settings, connect, replicas, people, emailRule: email.rule, ...complete };
}

/** What a target says of itself alone. */
function ownSettings(target: Layer<TargetSettings>) {
  const of = <K extends keyof TargetSettings, V>(key: K, otherwise: V) =>
    nearest([target], key) ?? { value: otherwise, layer: null };

  const name = of('name', String(target.path.at(-1)));
  const environment = of('environment', null);
  const grant = nearest([target], 'grant') ?? of('lend', true);
  const mode = of('mode', 'direct' as const);
  const kind = of('kind', 'self-managed' as const);
  const orphans = of('orphans', 'report' as const);
  return {
    settings: {
      name: name.value,
      environment: environment.value,
      grant: grant.value,
      mode: mode.value,
      kind: kind.value,
      orphans: orphans.value,
    },
    origins: [
      origin('name', name.value, name.layer),
      origin('environment', environment.value ?? 'none', environment.layer),
      origin('grant', String(grant.value), grant.layer),
      origin('mode', mode.value, mode.layer),
      origin('kind', kind.value, kind.layer),
      origin('orphans', orphans.value, orphans.layer),
    ],
  };
}
