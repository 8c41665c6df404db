/**
 * REDIS_URL: one Redis (`redis://`), or Sentinels that know which one it is (`redis+sentinel://`); `rediss` is by TLS.
 * Messages never show any of it: the url holds passwords.
 */
import { readFileSync } from 'node:fs';
import { coerceError } from '../../errors.js';
import { keepSecret } from '../../secrets.js';
import { orWrong, Wrong } from '../yaml/fields.js';

interface Credentials {
  /** null: the user "default". */
  readonly username: string | null;
  readonly password: string | null;
}

export interface RedisServer extends Credentials {
  /** Redis itself; or its Sentinels, in the order in which they are asked. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  /** The Sentinels' name for the master, and the login for them; null: the one host is Redis itself. */
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
  return orWrong(() => read(url));
}

/** @throws Wrong */
function read(url: string): RedisServer {
  const parts = FORM.exec(url)?.groups;
  if (!parts) {
    throw new Wrong(`is not a url like ${LIKE} or ${SENTINEL_LIKE}, with special characters percent-encoded`);
  }
  const bySentinel = parts.sentinel !== undefined;
  const [username, password] = [decoded(parts.user ?? ''), decoded(parts.password ?? '')];
  if (username !== '' && password === '') {
    throw new Wrong(`has a user and no password; a password alone is written ${LIKE}`);
  }
  const path = decoded(parts.path ?? '');
  const hosts = (parts.hosts ?? '').split(',').map((host) => readHost(host, bySentinel ? 26_379 : 6_379));
  if (!bySentinel && hosts.length > 1) {
    throw new Wrong(`names more than one host; write Sentinels as ${SENTINEL_LIKE}`);
  }
  if (bySentinel && path === '') throw new Wrong(`has no name of the master; write ${SENTINEL_LIKE}`);

  const allowed = bySentinel ? ['db', 'sentinel_username', 'sentinel_password', ...FILES] : FILES;
  const query = new URLSearchParams(parts.query);
  if ([...query.keys()].some((key) => !allowed.some((known) => known === key))) {
    throw new Wrong(`has a parameter other than ${allowed.join(', ')}`);
  }
  const db = (bySentinel ? query.get('db') : path) || '0';
  if (!/^\d{1,5}$/.test(db)) throw new Wrong('has a database that is not a number');
  const tls = readTls(parts.tls === 's', query);
  const sentinelPassword = query.get('sentinel_password') ?? '';
  keepSecret(password);
  keepSecret(sentinelPassword);
  return {
    username: username || null,
    password: password || null,
    hosts,
    sentinel: bySentinel
      ? { master: path, username: query.get('sentinel_username') || null, password: sentinelPassword || null }
      : null,
    db: Number(db),
    tls,
  };
}

function readHost(written: string, otherwise: number): RedisServer['hosts'][number] {
  const parts = HOST.exec(written)?.groups;
  const port = Number(parts?.port ?? otherwise);
  if (!parts || port < 1 || port > 65_535) throw new Wrong('has a host that is not like host:6379');
  return { host: parts.address ?? parts.name ?? '', port };
}

function readTls(on: boolean, query: URLSearchParams): RedisServer['tls'] {
  const named = FILES.filter((name) => query.get(name));
  if (!on) {
    if (named.length === 0) return null;
    throw new Wrong(`has ${named.join(', ')} and no TLS; begin it with rediss`);
  }
  if (named.includes('cert') !== named.includes('key')) {
    throw new Wrong('has one of cert and key; write both');
  }
  return Object.fromEntries(
    named.map((name) => {
      try {
        return [name, readFileSync(query.get(name) ?? '', 'utf8')];
      } catch (error) {
        throw new Wrong(`names a file as ${name} that can't be read: ${coerceError(error).message}`);
      }
    }),
  );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Wrong('holds a "%" that is no percent-encoding; write %25 for it');
  }
}
