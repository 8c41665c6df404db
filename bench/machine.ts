import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { ServerAccess } from '../sandbox/postgres/server-access.js';

/** What the figures were measured on, as lines of text. */
export async function describeMachine(server: ServerAccess): Promise<string> {
  const [version] = await server.query<{ server_version: string }>('show server_version');
  const [load] = loadavg();
  return [
    `machine   ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`,
    `software  Node ${process.version}, Postgres ${version?.server_version} (fsync on), commit ${commit()}`,
    `load      ${load?.toFixed(2)} before the first measurement`,
  ].join('\n');
}

function commit(): string {
  const git = (...args: readonly string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
  return git('rev-parse', '--short', 'HEAD') + (changed ? ' (changed)' : '');
}
