/** The top-level map `bastions:`, the machines that `ssh: NAME` goes through. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Bastion } from '../config.js';
import { suggest } from '../yaml/did-you-mean.js';
import { integer, map, path, pattern, quote, scalar, secret, Wrong, wrongName } from '../yaml/fields.js';
import type { Parts } from '../yaml/parts.js';
import type { Source } from '../yaml/source.js';
import type { Variables } from '../yaml/text.js';

const SSH_PORT = 22;
/** Required: without it, anyone in between could pass for the bastion. */
const FINGERPRINT = 'the fingerprint (SHA256:…) that `ssh-keyscan HOST | ssh-keygen -lf -` prints for HOST';

function bastionKeys(folder: string, variables: Variables) {
  const agent = scalar('true, or the path of the socket of an SSH agent', (text) => {
    if (text.text === '') return new Wrong('is empty; write true, or the path of the socket');
    if (text.text !== 'true') return resolve(folder, text.text);
    const socket = variables.SSH_AUTH_SOCK ?? '';
    if (socket !== '') return socket;
    return new Wrong(
      'is true, but the environment variable SSH_AUTH_SOCK is not set; set it, or write the path of the socket',
    );
  });
  return map({
    host: pattern(/^[A-Za-z0-9._:%-]+$/, 'a host name or an address'),
    port: integer(1, 65_535).optional(),
    user: pattern(/^[^\s\p{Cc}]+$/u, 'the name of a user'),
    // SHA-256 has 32 bytes: 43 letters of base64, without the padding that OpenSSH leaves out.
    host_key: pattern(/^SHA256:[A-Za-z0-9+/]{43}$/, FINGERPRINT),
    key: path.optional(),
    passphrase: secret().optional(),
    password: secret().optional(),
    agent: agent.optional(),
  }).transform((keys, context): Omit<Bastion, 'name'> => {
    const { host, port, user, host_key, key, passphrase, password } = keys;
    if (passphrase !== undefined && key === undefined) {
      const message = 'is that of a key, and there is none; write key: and the path of its file';
      context.addIssue({ code: 'custom', path: ['passphrase'], message });
    }
    const logins: Bastion['login'][] = [];
    if (key !== undefined) {
      logins.push({ how: 'key', file: resolve(folder, key), passphrase: passphrase ?? null });
    }
    if (password !== undefined) logins.push({ how: 'password', password });
    if (keys.agent !== undefined) logins.push({ how: 'agent', socket: keys.agent });
    const [login, second] = logins;
    if (login !== undefined && second === undefined) {
      return { host, port: port ?? SSH_PORT, user, hostKey: host_key, login };
    }
    const found = login === undefined ? 'has no login' : `has ${logins.map(({ how }) => how).join(' and ')}`;
    context.addIssue({ code: 'custom', message: `${found}; write one of key, password or agent` });
    return z.NEVER;
  });
}

/** A wrong one is reported, and null. */
export function readBastions(parts: Parts, main: Source, variables: Variables): Map<string, Bastion | null> {
  const keys = bastionKeys(dirname(main.file), variables);
  return new Map(
    [...parts.entries(main, ['bastions'], keys, wrongName)].map(([name, bastion]) => [
      name,
      bastion && { name, ...bastion },
    ]),
  );
}

/** A place that names a bastion; null when that bastion is wrong, which was reported. */
export function bastionNamed(bastions: ReadonlyMap<string, Bastion | null>) {
  const names = [...bastions.keys()];
  return scalar('the name of a bastion', (text) => {
    const bastion = bastions.get(text.text);
    if (bastion !== undefined) return bastion;
    return new Wrong(`${quote(text)} is no bastion${suggest(text.text, names, 'bastions')}`);
  });
}
