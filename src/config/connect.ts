/**
 * How a target is reached: `connect:` with its single keys, or `url:`. A password never stands in the file: it
 * is `${NAME}` or in a file of its own.
 */
import type { Connect } from './config.js';
import { integer, map, name, oneOf, pattern, scalar, Wrong, wrongName } from './fields.js';

const TLS = ['verify-full', 'verify-ca', 'require', 'off'] as const;
type Tls = (typeof TLS)[number];
/** As libpq calls them, in a url. */
const SSL_MODES: Readonly<Record<string, Tls>> = {
  'verify-full': 'verify-full',
  'verify-ca': 'verify-ca',
  require: 'require',
  disable: 'off',
};
const PORT = 5432;
const HOST = /^(?:[A-Za-z0-9._:%-]+|\/.*)$/;
const HOST_RIGHT = 'a host name, an address or the folder of a socket';
const IN_CLEAR = `secrets written in clear are refused; write "\${NAME}" and set that environment variable, or use password_file`;

/** `passwordFile` is as written: relative to the file that names it. */
export const connectKeys = map({
  host: pattern(HOST, HOST_RIGHT),
  port: integer(1, 65_535).optional(),
  database: name,
  user: name,
  password: scalar(`"\${NAME}"`, (text) =>
    text.onlyReferences ? text.text : new Wrong(IN_CLEAR),
  ).optional(),
  password_file: scalar('the path of a file', (text) => text.text).optional(),
  tls: oneOf(TLS).optional(),
  tls_off_because: scalar('the reason, in words', (text) => text.text).optional(),
}).transform((keys, context): Connect => {
  if (keys.password !== undefined && keys.password_file !== undefined) {
    context.addIssue({ code: 'custom', message: 'has both password and password_file; write one of them' });
  }
  if (keys.tls === 'off' && keys.tls_off_because === undefined && !isLocal(keys.host)) {
    const message = `is off, and ${keys.host} is not this machine; encrypt it, or say why not: tls_off_because`;
    context.addIssue({ code: 'custom', path: ['tls'], message });
  }
  return {
    host: keys.host,
    port: keys.port ?? PORT,
    database: keys.database,
    user: keys.user,
    password: keys.password ?? null,
    passwordFile: keys.password_file ?? null,
    tls: keys.tls ?? defaultTls(keys.host),
  };
});

/** A folder with the server's socket, or an address that no packet leaves the machine for. */
function isLocal(host: string): boolean {
  return host.startsWith('/') || /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);
}

function defaultTls(host: string): Tls {
  return isLocal(host) ? 'off' : 'verify-full';
}

const URL_LIKE = `postgres://user:\${NAME}@host:5432/database`;
const URL_FORM =
  /^postgres(?:ql)?:\/\/(?<user>[^:@/?#]+)(?::(?<password>[^/?#]*))?@(?<host>\[[^\]]+\]|[^:@/?#]+)(?::(?<port>[^/?#]+))?\/(?<database>[^/?#]+)(?:\?(?<query>[^#]*))?$/;

/** `${NAME}` stands for the whole url, or for a part of it and then needs no percent-encoding. */
export const connectUrl = scalar(`a url like ${URL_LIKE}`, (text) => {
  if (text.onlyReferences) return readUrl(text.text, decodeURIComponent);
  const password = URL_FORM.exec(text.written)?.groups?.password ?? '';
  if (password !== '' && !text.part(password).onlyReferences) return new Wrong(IN_CLEAR);
  return readUrl(text.written, (part) => text.part(part).percentDecoded());
});

/** Messages never show any of it: the url may hold a password. */
function readUrl(url: string, decode: (part: string) => string): Connect | Wrong {
  const parts = URL_FORM.exec(url)?.groups;
  if (!parts) return new Wrong(`is not a url like ${URL_LIKE}, with special characters percent-encoded`);
  let decoded: Record<'user' | 'password' | 'host' | 'port' | 'database' | 'query', string>;
  try {
    const part = (key: string) => decode(parts[key] ?? '');
    decoded = {
      user: part('user'),
      password: part('password'),
      host: part('host').replace(/^\[|\]$/g, ''),
      port: part('port'),
      database: part('database'),
      query: part('query'),
    };
  } catch {
    return new Wrong('holds a "%" that is no percent-encoding; write %25 for it');
  }

  const query = new URLSearchParams(decoded.query);
  if ([...query.keys()].some((key) => key !== 'sslmode'))
    return new Wrong('has a parameter other than sslmode');
  const sslmode = query.get('sslmode');
  const tls = sslmode === null ? defaultTls(decoded.host) : SSL_MODES[sslmode];
  if (tls === undefined) {
    return new Wrong(`has an unknown sslmode; write ${Object.keys(SSL_MODES).join(' or ')}`);
  }
  if (tls === 'off' && !isLocal(decoded.host)) {
    return new Wrong('switches TLS off; encrypt it, or write `connect:` with tls: off and tls_off_because');
  }
  if (!HOST.test(decoded.host)) return new Wrong(`has a host that is not ${HOST_RIGHT}`);
  const port = decoded.port === '' ? PORT : Number(decoded.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    return new Wrong('has a port that is not a whole number from 1 to 65535');
  }
  const wrong = wrongName(decoded.user) ?? wrongName(decoded.database);
  if (wrong !== null) return new Wrong(`has a user or database that can't be: ${wrong}`);
  const { host, user, database, password } = decoded;
  return {
    host,
    port,
    database,
    user,
    password: password === '' ? null : password,
    passwordFile: null,
    tls,
  };
}
