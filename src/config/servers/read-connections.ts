import type { Connect, Origin } from '../config.js';
import { type Layer, origin } from '../policy/layers.js';
import type { Parts } from '../yaml/parts.js';
import type { Problem } from '../yaml/problem.js';
import type { Path, Source } from '../yaml/source.js';
import { connectUrl } from './connect-url.js';
import { type ConnectKeys, type ConnectSchemas, type WholeKeys, wrongTogether } from './connection-keys.js';
import { resolveServer, type ServerAddress } from './resolve-server.js';

export interface Connections {
  readonly connect: Connect;
  readonly replicas: readonly Connect[];
  readonly origins: readonly Origin[];
}

/** Does the target at `target` say how it is reached? */
export function saysConnection(source: Source, target: Path): boolean {
  return ['url', 'connect'].some((key) => source.raw([...target, key]) !== undefined);
}

/** The connection of the target at `target`, and those of its replicas; null when anything is wrong or missing. */
export function readConnections(
  parts: Parts,
  schemas: ConnectSchemas,
  source: Source,
  target: Path,
): Connections | null {
  const report = <T extends object>(found: T | Problem): T | null => {
    if (!('message' in found)) return found;
    parts.problems.push(found);
    return null;
  };
  const replicasPath = [...target, 'replicas'];
  const replicas = source.has(replicasPath) ? parts.read(source, replicasPath, schemas.replicas) : [];
  const written = readConnection(parts, schemas, source, target);
  if (written === null || replicas === null) return null;
  const { root, beside } = written;
  const server = report(resolveServer(beside, root));
  if (server === null) return null;

  const origins = server.values.map(({ key, value, layer }) => origin(`connect.${key}`, value, layer, [key]));
  const standbys: Connect[] = [];
  for (const [i, settings] of replicas.entries()) {
    const own = { settings, source, path: [...replicasPath, i] };
    const together = wrongTogether(settings);
    const standby = report(
      together === null ? resolveServer([own, ...beside], root) : source.problem(own.path, together),
    );
    if (standby === null) continue;
    standbys.push(standby.connect);
    origins.push(...whatDiffers(standby, server, `replicas[${i}]`));
  }
  if (replicas.length === 0) origins.push(origin('replicas', 'none', null));
  return standbys.length === replicas.length
    ? { connect: server.connect, replicas: standbys, origins }
    : null;
}

function whatDiffers(standby: ServerAddress, from: ServerAddress, name: string): Origin[] {
  return standby.values.flatMap(({ key, value, layer }) =>
    from.values.some((other) => other.key === key && other.value === value && other.layer === layer)
      ? []
      : [origin(`${name}.${key}`, value, layer, [key])],
  );
}

interface Written {
  /** What `connect:` adds to `url:`. */
  readonly beside: readonly Layer<ConnectKeys>[];
  readonly root: Layer<WholeKeys>;
}

function readConnection(parts: Parts, schemas: ConnectSchemas, source: Source, target: Path): Written | null {
  const paths = { url: [...target, 'url'], connect: [...target, 'connect'] };
  const hasUrl = source.raw(paths.url) !== undefined;
  const hasConnect = source.raw(paths.connect) !== undefined;
  const wrong = (path: Path, message: string, what: 'key' | 'value' = 'value') => {
    parts.problems.push(source.problem(path, message, what));
    return null;
  };

  if (!hasUrl) {
    const settings = hasConnect ? parts.read(source, paths.connect, schemas.alone) : null;
    if (settings === null) return null;
    const together = wrongTogether(settings);
    if (together !== null) return wrong(paths.connect, together);
    return { beside: [], root: { settings, source, path: paths.connect } };
  }

  const url = parts.read(source, paths.url, connectUrl);
  const beside = hasConnect ? parts.read(source, paths.connect, schemas.besideUrl) : {};
  if (url === null || beside === null) return null;
  const urlSays = new Map(Object.entries(url));
  const twice = Object.keys(beside).filter((key) => urlSays.get(key) !== undefined);
  for (const key of twice) wrong([...paths.connect, key], 'stands in url already; write it once', 'key');
  if (twice.length > 0) return null;
  const inUrl = wrongTogether(url);
  if (inUrl !== null) return wrong(paths.url, inUrl);
  const together = wrongTogether(beside) ?? wrongTogether({ ...url, ...beside });
  if (together !== null) return wrong(paths.connect, together);
  return {
    beside: [{ settings: beside, source, path: paths.connect }],
    root: { settings: url, source, path: paths.url },
  };
}
