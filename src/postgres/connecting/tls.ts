import { X509Certificate } from 'node:crypto';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { Connect } from '../../config/config.js';
import { loginRefusedError } from '../errors.js';
import { readConfigured } from './files.js';

/**
 * The `ssl` of a connection. `pg` checks the name `connect.host`, even through a tunnel, for addresses as for names.
 * With `require` somebody in between can read along, as in libpq.
 * @throws TargetError naming the file that can't be read or used.
 */
export async function readTls({ tls, ca, cert, key }: Connect): Promise<false | ConnectionOptions> {
  if (tls === 'off') return false;
  const read = (what: string, path: string | null) => (path === null ? null : readConfigured(what, path));
  const [authority, certificate, privateKey] = await Promise.all([
    read('authority’s certificate', ca),
    read('client certificate', cert),
    read('client certificate’s key', key),
  ]);
  if (authority !== null) {
    usable(`The authority’s certificate ${ca}`, () => new X509Certificate(authority));
  }
  const own = {
    ...(certificate === null ? {} : { cert: certificate }),
    ...(privateKey === null ? {} : { key: privateKey }),
  };
  if (certificate !== null || privateKey !== null) {
    usable(`The client certificate ${cert} with the key ${key}`, () => createSecureContext(own));
  }
  return {
    ...own,
    ...(authority === null ? {} : { ca: authority }),
    rejectUnauthorized: tls !== 'require',
    ...(tls === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** `tls.connect` would blame the server for a file of ours. */
function usable(what: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw loginRefusedError(
      `${what} can’t be used. (${reason})`,
      'Give PEM files, a key without a passphrase, and the key that the certificate was made for.',
      cause,
    );
  }
}
