/** The image runs as nobody, on a disk that it can't write to: tried with the build, because there may be no Docker. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAST } from '../../sandbox/stage/cast.js';
import { click, told } from '../../sandbox/stage/people.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { granted } from '../support/access.js';
import { spawnChild } from '../support/child.js';
import { obtain } from '../support/requests.js';
import { CLI } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

/** Of util-linux. */
const UNSHARE = 'unshare';
const ROOT = join(import.meta.dirname, '../..');

/**
 * A view of this machine in which nothing can be written, and in it nobody, who may nothing more. What is run lies below
 * /mnt, because the project or Node may be in a folder that nobody else enters.
 */
const ENTER = `
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/app /mnt/node /mnt/config
mount --bind "$APP" /mnt/app
mount --bind "$NODE" /mnt/node
mount --bind "$CONFIG" /mnt/config
while read -r _ _ _ _ point _; do mount -o remount,bind,ro "$point" 2>/dev/null || true; done </proc/self/mountinfo
exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
`;

function canEnter(): boolean {
  return spawnSync(UNSHARE, ['-m', 'setpriv', '--version']).status === 0;
}

/** Only root may make such a view. CI is root; elsewhere it is said that nothing was tried. */
function describeAsRoot(): typeof describe | typeof describe.skip {
  if (canEnter()) return describe;
  if (process.env.CI) throw new Error('unshare -m and setpriv can’t be used: CI skips no test.');
  console.warn('\n*** You are not root, or have no unshare and setpriv: READ-ONLY IS NOT TESTED. ***\n');
  return describe.skip;
}

describeAsRoot()('as nobody, on a disk that is read-only', () => {
  let stage: Stage;
  let config: string;
  beforeAll(async () => {
    stage = await startStage({ cli: CLI });
    config = await mkdtemp(join(tmpdir(), 'hallpass-config-'));
    await chmod(config, 0o755);
    await copyFile(stage.env.HALLPASS_CONFIG ?? '', join(config, 'hallpass.yaml'));
  });
  afterAll(async () => {
    await stage?.close();
    await rm(config, { recursive: true, force: true });
  });

  const inside = (...args: readonly string[]) => ({
    command: ['-m', 'sh', '-e', '-c', ENTER, 'sh', '/mnt/node/node', ...args],
    env: {
      ...stage.env,
      APP: ROOT,
      NODE: dirname(process.execPath),
      CONFIG: config,
      HALLPASS_CONFIG: '/mnt/config/hallpass.yaml',
      HOME: '/nonexistent',
      TMPDIR: '/nonexistent',
    },
  });

  it('nothing can be written there', () => {
    const tries = `
      const { writeFileSync } = require('node:fs');
      for (const path of ['/tmp', '/var/tmp', '/dev/shm', '/mnt', '/mnt/app', '/mnt/app/dist', process.env.HOME]) {
        try { writeFileSync(path + '/x', ''); console.log('wrote ' + path); } catch {}
      }
      console.log(process.getuid());`;
    const { command, env } = inside('-e', tries);
    const said = execFileSync(UNSHARE, command, {
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });
    expect(said.trim()).toBe('65534');
  });

  it('Hallpass migrates, serves, grants, revokes, and ends in order', async () => {
    const { command, env } = inside('/mnt/app/dist/cli.js', 'serve');
    const hallpass = spawnChild(UNSHARE, command, env);
    try {
      await waitFor(async () => (await fetch(`http://127.0.0.1:${env.OPS_PORT}/readyz`)).ok, {
        what: 'ready',
      });
      const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
      await click(stage.slack, 'ana', note, 'Relinquish');
      await told(stage.slack, 'ana', id, /Ended: relinquished/);
      expect(await granted(stage)).toEqual([]);
      expect(stage.slack.as(CAST.ana).messages('dm')).not.toEqual([]);
    } finally {
      expect(await hallpass.end('SIGTERM')).toMatchObject({ code: 0 });
    }
    expect(hallpass.lines.filter((line) => /EROFS|EACCES|EPERM|ENOENT|ENOTDIR/.test(line))).toEqual([]);
  });
});

it('the image and compose.yaml say so', async () => {
  const users = (await readFile(join(ROOT, 'Dockerfile'), 'utf8')).match(/^USER .*/gm);
  expect(users).toEqual(['USER 65534:65534']);
  const compose = await readFile(join(ROOT, 'compose.yaml'), 'utf8');
  expect(compose).toMatch(
    /^x-image: &image\n {2}build: \.\n {2}read_only: true\n {2}cap_drop: \[ALL\]\n {2}security_opt: \["no-new-privileges:true"\]/m,
  );
  expect(compose).toMatch(/^ {2}hallpass:\n {4}<<: \*image$/m);
});
