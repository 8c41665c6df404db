/** How each server of a target is reached: the nearest place that says something wins; for a replica, its own. */
import { dirname, resolve } from 'node:path';
import type { Connect, Origin } from '../config.js';
import { type Found, type Layer, nearest, nearestOr } from '../policy/layers.js';
import type { Problem } from '../yaml/problem.js';
import { type ConnectKeys, saysCertificate, saysCredentials, type WholeKeys } from './connection-keys.js';

const PORT = 5432;

export interface ServerAddress {
  readonly connect: Connect;
  /** Each effective value as people read it, with the layer that says it. */
  readonly values: readonly (Pick<Origin, 'key' | 'value'> & Pick<Found<unknown>, 'layer'>)[];
}

/** @param nearer nearest first. @param root comes after them, and says at least where the server is. */
export function resolveServer(
  nearer: readonly Layer<ConnectKeys>[],
  root: Layer<WholeKeys>,
): ServerAddress | Problem {
  const layers: readonly Layer<ConnectKeys>[] = [...nearer, root];
  const server = (key: 'host' | 'database' | 'user') =>
    nearest(nearer, key) ?? { value: root.settings[key], layer: root };
  const [host, database, user] = [server('host'), server('database'), server('user')];
  const port = nearestOr(layers, 'port', PORT);
  const ca = nearest(layers, 'ca');
  const ssh = nearest(layers, 'ssh');
  const credentials = layers.find(({ settings }) => saysCredentials(settings)) ?? null;
  const certificate = layers.find(({ settings }) => saysCertificate(settings)) ?? null;
  const { password, password_file, iam } = credentials?.settings ?? {};
  const { cert, key } = certificate?.settings ?? {};

  const bastion = ssh?.value ?? null;
  // Seen from a bastion, "localhost" is another machine.
  const isHere = isLocal(host.value) && bastion === null;
  const asksForTls = ca !== null || certificate !== null || iam !== undefined;
  const tls = nearestOr(layers, 'tls', isHere && !asksForTls ? ('off' as const) : ('verify-full' as const));
  const at = (layer: Layer<unknown>, what: string, message: string) =>
    layer.source.problem([...layer.path, what], message);
  if (bastion !== null && isSocket(host.value)) {
    return at(host.layer, 'host', 'is the folder of a socket, to which no bastion leads; write a host name');
  }
  if (tls.layer !== null && tls.value === 'off' && !isHere && nearest(layers, 'tls_off_because') === null) {
    const way =
      bastion === null
        ? `, and ${host.value} is not this machine`
        : ` from the bastion ${bastion.name} to ${host.value}`;
    return at(tls.layer, 'tls', `TLS is off${way}; encrypt it, or say why not: tls_off_because`);
  }
  if (credentials !== null && iam !== undefined && tls.value === 'off') {
    return at(credentials, 'iam', 'needs TLS, for RDS takes no token without it; take out tls: off');
  }

  const file = (path: string | undefined, layer: Layer<unknown> | null) =>
    path === undefined || layer === null ? null : resolve(dirname(layer.source.file), path);
  const connect: Connect = {
    host: host.value,
    port: port.value,
    database: database.value,
    user: user.value,
    password: password ?? null,
    passwordFile: file(password_file, credentials),
    tls: tls.value,
    ca: file(ca?.value, ca?.layer ?? null),
    cert: file(cert, certificate),
    key: file(key, certificate),
    iam: iam === undefined ? null : { region: iam.region, assumeRole: iam.assume_role ?? null },
    ssh: bastion,
  };
  return {
    connect,
    values: [
      { key: 'host', value: connect.host, layer: host.layer },
      { key: 'port', value: String(connect.port), layer: port.layer },
      { key: 'database', value: connect.database, layer: database.layer },
      { key: 'user', value: connect.user, layer: user.layer },
      { ...sayCredentials(connect), layer: credentials },
      { key: 'tls', value: connect.tls, layer: tls.layer },
      { key: 'ca', value: connect.ca ?? 'none', layer: ca?.layer ?? null },
      { key: 'cert', value: connect.cert ?? 'none', layer: certificate },
      { key: 'key', value: connect.key ?? 'none', layer: certificate },
      { key: 'ssh', value: bastion === null ? 'none' : saySsh(bastion), layer: ssh?.layer ?? null },
    ],
  };
}

/** The folder of the server's socket, or a loopback address. */
function isLocal(host: string): boolean {
  return isSocket(host) || /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);
}

function isSocket(host: string): boolean {
  return host.startsWith('/');
}

function sayCredentials({ password, passwordFile, iam }: Connect): Pick<Origin, 'key' | 'value'> {
  if (iam !== null) {
    const role = iam.assumeRole === null ? '' : ` as ${iam.assumeRole}`;
    return { key: 'iam', value: `a token of ${iam.region}${role}` };
  }
  if (passwordFile !== null) return { key: 'password_file', value: passwordFile };
  return { key: 'password', value: password === null ? 'none' : 'set' };
}

function saySsh({ name, user, host, port }: NonNullable<Connect['ssh']>): string {
  return `${name} (${user}@${host}:${port})`;
}
