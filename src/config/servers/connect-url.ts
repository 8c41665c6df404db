import { keepPassword, keepSecret } from '../../secrets.js';
import { IN_CLEAR, scalar, Wrong, wrongName } from '../yaml/fields.js';
import { type ConnectKeys, HOST, HOST_RIGHT, OR_FILE, type TLS, type WholeKeys } from './connection-keys.js';

type Tls = (typeof TLS)[number];

/** As libpq calls them. */
const SSL_MODES: Readonly<Record<string, Tls>> = {
  'verify-full': 'verify-full',
  'verify-ca': 'verify-ca',
  require: 'require',
  disable: 'off',
};
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'];

const URL_LIKE = `postgres://user:\${NAME}@host:5432/database`;
const URL_FORM =
  /^postgres(?:ql)?:\/\/(?<user>[^:@/?#]+)(?::(?<password>[^/?#]*))?@(?<host>\[[^\]]+\]|[^:@/?#]+)(?::(?<port>[^/?#]+))?\/(?<database>[^/?#]+)(?:\?(?<query>[^#]*))?$/;

/** `${NAME}` stands for the whole url, or for a part of it and then needs no percent-encoding. */
export const connectUrl = scalar(`a url like ${URL_LIKE}`, (text) => {
  if (text.onlyReferences) return readUrl(keepPassword(text.text), decodeURIComponent);
  const password = URL_FORM.exec(text.written)?.groups?.password ?? '';
  if (password !== '' && !text.part(password).onlyReferences) {
    return new Wrong(IN_CLEAR + OR_FILE);
  }
  return readUrl(text.written, (part) => text.part(part).percentDecoded());
});

/** Messages never show any of it: the url may hold a password. @throws Wrong */
function readUrl(url: string, decode: (part: string) => string): WholeKeys {
  const parts = URL_FORM.exec(url)?.groups;
  if (!parts) throw new Wrong(`is not a url like ${URL_LIKE}, with special characters percent-encoded`);
  const part = (key: string) => {
    try {
      return decode(parts[key] ?? '');
    } catch {
      throw new Wrong('holds a "%" that is no percent-encoding; write %25 for it');
    }
  };
  const [user, written, query, database] = [part('user'), part('port'), part('query'), part('database')];
  const host = part('host').replace(/^\[|\]$/g, '');
  const password = keepSecret(part('password'));
  if (!HOST.test(host)) throw new Wrong(`has a host that is not ${HOST_RIGHT}`);
  const port = written === '' ? undefined : Number(written);
  if (port !== undefined && (!Number.isInteger(port) || port < 1 || port > 65_535)) {
    throw new Wrong('has a port that is not a whole number from 1 to 65535');
  }
  const wrong = wrongName(user) ?? wrongName(database);
  if (wrong !== null) throw new Wrong(`has a user or database that can't be: ${wrong}`);
  return { host, port, database, user, password: password || undefined, ...readQuery(query) };
}

/** @throws Wrong */
function readQuery(query: string): Pick<ConnectKeys, 'tls' | 'ca' | 'cert' | 'key'> {
  const parameters = new URLSearchParams(query);
  if ([...parameters.keys()].some((key) => !PARAMETERS.includes(key))) {
    throw new Wrong(`has a parameter other than ${PARAMETERS.join(', ')}`);
  }
  const said = (key: string) => parameters.get(key) || undefined;
  const sslmode = said('sslmode');
  const tls = sslmode === undefined ? undefined : SSL_MODES[sslmode];
  if (sslmode !== undefined && tls === undefined) {
    throw new Wrong(`has an unknown sslmode; write ${Object.keys(SSL_MODES).join(' or ')}`);
  }
  const ca = said('sslrootcert');
  // `system` is libpq's word for the public authorities, which is what no `ca` means here.
  return { tls, ca: ca === 'system' ? undefined : ca, cert: said('sslcert'), key: said('sslkey') };
}
