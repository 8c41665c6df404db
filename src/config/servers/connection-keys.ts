/** The keys of `connect:`, alone or beside `url:`, and of each of `replicas:`. */
import type { z } from 'zod';
import type { Bastion } from '../config.js';
import { integer, line, map, name, oneOf, oneOrMore, orNull, path, pattern, secret } from '../yaml/fields.js';
import { bastionNamed } from './read-bastions.js';

export const TLS = ['verify-full', 'verify-ca', 'require', 'off'] as const;
export const HOST = /^(?:[A-Za-z0-9._:%-]+|\/.*)$/;
export const HOST_RIGHT = 'a host name, an address or the folder of a socket';
export const OR_FILE = ', or use password_file';

const iamKeys = map({
  region: pattern(/^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/, 'a region of AWS like eu-central-1'),
  assume_role: pattern(
    /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'the ARN of a role like arn:aws:iam::123456789012:role/hallpass',
  ).optional(),
});

const host = pattern(HOST, HOST_RIGHT);

/** @param bastions null: wrong, which was reported. */
export function connectSchemas(bastions: ReadonlyMap<string, Bastion | null>) {
  const ssh = bastionNamed(bastions);
  const keys = {
    host: host.optional(),
    port: integer(1, 65_535).optional(),
    database: name.optional(),
    user: name.optional(),
    password: secret(OR_FILE).optional(),
    password_file: path.optional(),
    iam: iamKeys.optional(),
    tls: oneOf(TLS).optional(),
    tls_off_because: line(200).optional(),
    ca: path.optional(),
    cert: path.optional(),
    key: path.optional(),
    ssh: ssh.optional(),
  };
  return {
    alone: map({ ...keys, host, database: name, user: name }),
    besideUrl: map(keys),
    // `ssh: null`: without the bastion of the target.
    replicas: oneOrMore(map({ ...keys, host, ssh: orNull(ssh).optional() })),
  };
}

export type ConnectSchemas = ReturnType<typeof connectSchemas>;
export type ConnectKeys = z.infer<ConnectSchemas['besideUrl']>;
export type WholeKeys = ConnectKeys & {
  readonly host: string;
  readonly database: string;
  readonly user: string;
};

const CREDENTIALS = ['password', 'password_file', 'iam'] as const;
const CERTIFICATE = ['cert', 'key'] as const;

/** One place gives all of these: a password never meets the certificate or the token of another place. */
export const saysCredentials = (keys: ConnectKeys) => CREDENTIALS.some((key) => keys[key] !== undefined);
export const saysCertificate = (keys: ConnectKeys) => CERTIFICATE.some((key) => keys[key] !== undefined);

/** Why these contradict each other; null when they don't. */
export function wrongTogether(keys: ConnectKeys): string | null {
  const credentials = CREDENTIALS.filter((key) => keys[key] !== undefined);
  if (credentials.length > 1) return `has both ${credentials.join(' and ')}; write one of them`;
  if (CERTIFICATE.filter((key) => keys[key] !== undefined).length === 1) {
    return 'has a client certificate without its key, or a key without its certificate; write both (cert and key)';
  }
  if (keys.ca !== undefined && (keys.tls === 'require' || keys.tls === 'off')) {
    return `names an authority (ca), and tls ${keys.tls} checks no certificate; write verify-full or verify-ca`;
  }
  return null;
}
