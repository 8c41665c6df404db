import type { TargetConfig } from '../config.js';
import { emailRuleOf } from '../policy/email-rule.js';
import { type Layer, nearest, nearestOr, origin } from '../policy/layers.js';
import { wrongUserId } from '../policy/principals.js';
import { type TargetSettings, targetPerson, wrongRole } from '../schema.js';
import type { Parts } from '../yaml/parts.js';
import type { Source } from '../yaml/source.js';
import { type Connections, readConnections, saysConnection } from './read-connections.js';
import { type RoleScope, readRoles } from './read-roles.js';

/** Stands for a connection that isn't read: it leads nowhere. */
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

/** @param connections whether to read how the target is reached. @returns null when it, or what it rests on, is wrong. */
export function readTarget(
  parts: Parts,
  around: RoleScope,
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
  const of = <K extends keyof TargetSettings, V>(key: K, otherwise: V) => nearestOr([target], key, otherwise);
  const own = {
    name: of('name', String(target.path.at(-1))),
    environment: of('environment', null),
    grant: nearest([target], 'grant') ?? of('lend', true),
    mode: of('mode', 'direct' as const),
    kind: of('kind', 'self-managed' as const),
    orphans: of('orphans', 'report' as const),
  };
  return {
    settings: {
      name: own.name.value,
      environment: own.environment.value,
      grant: own.grant.value,
      mode: own.mode.value,
      kind: own.kind.value,
      orphans: own.orphans.value,
    },
    origins: Object.entries(own).map(([key, { value, layer }]) =>
      origin(key, String(value ?? 'none'), layer),
    ),
  };
}
