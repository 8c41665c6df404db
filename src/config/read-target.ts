import { dirname, resolve } from 'node:path';
import type { Connect, Origin, TargetConfig } from './config.js';
import { type Layer, nearest, origin } from './layers.js';
import type { Parts } from './parts.js';
import { readRoles, type Surroundings } from './read-roles.js';
import { type EmailSettings, type TargetSettings, targetPerson, wrongRole, wrongUserId } from './schema.js';
import type { Source } from './source.js';

/** @returns null when anything of the target, or of what it rests on, is wrong. */
export function readTarget(
  parts: Parts,
  around: Surroundings,
  source: Source,
  key: string,
): TargetConfig | null {
  const path = ['targets', key];
  const keys = parts.read(source, path, around.schemas.target);
  const people = parts.entries(source, [...path, 'people'], targetPerson, wrongUserId);
  const roles = parts.entries(source, [...path, 'roles'], around.schemas.role, wrongRole);
  if (keys === null || around.defaults === null) return null;

  const layer = { settings: keys, source, path };
  const connect = connectionOf(parts, layer);
  const email = emailRuleOf(parts, [layer, around.defaults]);
  const name = keys.name ?? key;
  const origins = [
    origin('name', name, keys.name === undefined ? null : layer),
    origin('environment', keys.environment ?? 'none', keys.environment === undefined ? null : layer),
    origin('lend', keys.lend ?? 'true', keys.lend === undefined ? null : layer),
    ...(connect?.origins ?? []),
    ...email.origins,
  ];
  const complete = readRoles(parts, around, layer, roles, origins);
  if (connect === null) return null;
  return {
    key,
    name,
    environment: keys.environment ?? null,
    lend: keys.lend !== 'false',
    connect: connect.value,
    people,
    emailRule: email.rule,
    roles: complete,
  };
}

function connectionOf(
  { problems }: Parts,
  target: Layer<TargetSettings>,
): { readonly value: Connect; readonly origins: readonly Origin[] } | null {
  const { url, connect } = target.settings;
  const written = url ?? connect;
  if (written === undefined) {
    problems.push(target.source.problem(target.path, 'has no connection; write connect: or url:', 'key'));
    return null;
  }
  if (url !== undefined && connect !== undefined) {
    problems.push(target.source.problem(target.path, 'has both url and connect; write one of them', 'key'));
    return null;
  }
  const passwordFile =
    written.passwordFile === null ? null : resolve(dirname(target.source.file), written.passwordFile);
  const value = { ...written, passwordFile };

  const shown = (key: string, text: string) => {
    const at = url === undefined ? ['connect', key] : ['url'];
    const isWritten = target.source.raw([...target.path, ...at]) !== undefined;
    return origin(`connect.${key}`, text, isWritten ? target : null, at);
  };
  return {
    value,
    origins: [
      shown('host', value.host),
      shown('port', String(value.port)),
      shown('database', value.database),
      shown('user', value.user),
      passwordFile === null
        ? shown('password', value.password === null ? 'none' : 'set')
        : shown('password_file', passwordFile),
      shown('tls', value.tls),
    ],
  };
}

/** @param layers nearest first. */
function emailRuleOf(
  { problems }: Parts,
  layers: readonly Layer<EmailSettings>[],
): { readonly rule: TargetConfig['emailRule']; readonly origins: readonly Origin[] } {
  const pattern = nearest(layers, 'email_pattern');
  const domains = nearest(layers, 'email_domains');
  if (pattern === null) return { rule: null, origins: [origin('email_pattern', 'none', null)] };
  const shown = origin('email_pattern', pattern.value ?? 'none', pattern.layer);
  if (pattern.value === null) return { rule: null, origins: [shown] };
  if (domains === null) {
    const { source, path } = pattern.layer;
    const message = 'needs email_domains: the domains whose addresses may become logins';
    problems.push(source.problem([...path, 'email_pattern'], message, 'key'));
    return { rule: null, origins: [] };
  }
  return {
    rule: { pattern: pattern.value, domains: domains.value },
    origins: [shown, origin('email_domains', domains.value.join(', '), domains.layer)],
  };
}
