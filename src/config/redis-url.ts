/**
 * REDIS_URL: one Redis (`redis://`), or several Sentinels that know which one it is (`redis+sentinel://`); with a second
 * "s", `rediss`, by TLS. Messages never show any of it: the url holds passwords.
 */
import { readFileSync } from 'node:fs';
import { coerceError } from '../errors.js';
import { keepSecret } from '../secrets.js';
import { Wrong } from './fields.js';

interface Credentials {
  /** null: the user "default". */
  readonly username: string | null;
  readonly password: string | null;
}

export interface RedisServer extends Credentials {
  /** Redis itself; or its Sentinels, in the order in which they are asked. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** What the Sentinels call the master, and how one logs in to them; null: the one host is Redis itself. */
  readonly sentinel: (Credentials & { readonly master: string }) | null;
  readonly db: number;
  /** PEM; null: no TLS. Without `ca` the authorities that Node.js knows. */
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null;
}

const LIKE = 'redis://:password@host:6379';
const SENTINEL_LIKE = 'redis+sentinel://:password@host1:26379,host2:26379/master';
const FORM =
  /^redis(?<tls>s?)(?<sentinel>\+sentinel)?:\/\/(?:(?<user>[^:@/?#]*)(?::(?<password>[^@/?#]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^@/?#]*))?(?:\?(?<query>[^#]*))?$/;

const HOST = /^(?:\[(?<address>[0-9A-Fa-f:.%]+)\]|(?<name>[A-Za-z0-9._-]+))(?::(?<port>\d{1,5}))?$/;

const FILES = ['ca', 'cert', 'key'] as const;

/** Reads the url, and the files that it names: they are read again at the next start. */
export function readRedisUrl(url: string): RedisServer | Wrong {
  const parts = FORM.exec(url)?.groups;
  if (!parts) {
    return new Wrong(
      `is not a url like ${LIKE} or ${SENTINEL_LIKE}, with special characters percent-encoded`,
    );
  }
  const bySentinel = parts.sentinel !== undefined;
  const credentials = readCredentials(parts.user ?? '', parts.password ?? '');
  const hosts = readHosts(parts.hosts ?? '', bySentinel ? 26_379 : 6_379);
  const path = decoded(parts.path ?? '');
  if (credentials instanceof Wrong) return credentials;
  if (path instanceof Wrong) return path;
  if (hosts instanceof Wrong) return hosts;
  if (!bySentinel && hosts.length > 1) {
    return new Wrong(`names more than one host; write Sentinels as ${SENTINEL_LIKE}`);
  }
  if (bySentinel && path === '') return new Wrong(`has no name of the master; write ${SENTINEL_LIKE}`);

  const allowed = bySentinel ? ['db', 'sentinel_username', 'sentinel_password', ...FILES] : FILES;
  const query = new URLSearchParams(parts.query);
  if ([...query.keys()].some((key) => !allowed.some((known) => known === key))) {
    return new Wrong(`has a parameter other than ${allowed.join(', ')}`);
  }
  const db = (bySentinel ? query.get('db') : path) || '0';
  if (!/^\d{1,5}$/.test(db)) return new Wrong('has a database that is not a number');
  const tls = readTls(parts.tls === 's', query);
  if (tls instanceof Wrong) return tls;
  const [username, password] = [
    query.get('sentinel_username') || null,
    query.get('sentinel_password') || null,
  ];
  for (const secret of [credentials.password, password]) if (secret !== null) keepSecret(secret);
  return {
    ...credentials,
    hosts,
    sentinel: bySentinel ? { master: path, username, password } : null,
    db: Number(db),
    tls,
  };
}

function readCredentials(writtenUser: string, writtenPassword: string): Credentials | Wrong {
  const [username, password] = [decoded(writtenUser), decoded(writtenPassword)];
  if (username instanceof Wrong) return username;
  if (password instanceof Wrong) return password;
  if (username !== '' && password === '') {
    return new Wrong(`has a user and no password; a password alone is written ${LIKE}`);
  }
  return { username: username || null, password: password || null };
}

function readHosts(written: string, otherwise: number): RedisServer['hosts'] | Wrong {
  const hosts: { readonly host: string; readonly port: number }[] = [];
  for (const each of written.split(',')) {
    const parts = HOST.exec(each)?.groups;
    const port = Number(parts?.port ?? otherwise);
    if (!parts || port < 1 || port > 65_535) return new Wrong('has a host that is not like host:6379');
    hosts.push({ host: parts.address ?? parts.name ?? '', port });
  }
  return hosts;
}

function readTls(on: boolean, query: URLSearchParams): RedisServer['tls'] | Wrong {
  const named = FILES.filter((name) => query.get(name));
  if (!on) {
    return named.length === 0 ? null : new Wrong(`has ${named.join(', ')} and no TLS; begin it with rediss`);
  }
  if (named.includes('cert') !== named.includes('key'))
    return new Wrong('has one of cert and key; write both');
  const files: Partial<Record<(typeof FILES)[number], string>> = {};
  for (const name of named) {
    try {
      files[name] = readFileSync(query.get(name) ?? '', 'utf8');
    } catch (error) {
      return new Wrong(`names a file as ${name} that can't be read: ${coerceError(error).message}`);
    }
  }
  return files;
}

function decoded(part: string): string | Wrong {
  try {
    return decodeURIComponent(part);
  } catch {
    return new Wrong('holds a "%" that is no percent-encoding; write %25 for it');
  }
}
