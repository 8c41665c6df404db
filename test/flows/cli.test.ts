/** The commands beside Slack, as an operator runs them: what they say, and the code that they exit with. */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { click, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { expectReads, granted, isRefused } from '../support/access.js';
import { spawnChild } from '../support/child.js';
import { changedConfiguration, runHallpass } from '../support/commands.js';
import { readiness } from '../support/ops-port.js';
import { obtain } from '../support/requests.js';
import { CLI, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage({ ledgerApart: false });

const hallpass = (args: readonly string[], changes?: Readonly<Record<string, string>>) =>
  runHallpass(stage, args, changes);
const configured = (change: (yaml: string) => string) => changedConfiguration(stage, change);

describe('config and manifest', () => {
  it('each effective value comes with its file and line', async () => {
    const { code, said } = await hallpass(['config', 'shop/orders_write']);
    expect(code).toBe(0);
    expect(said).toMatch(/^approvers +\S*.*dba.* {2}\S+hallpass\.yaml:14$/m);
    expect(said).toMatch(/^max +4h +\S+hallpass\.yaml:17$/m);
    expect(said).toMatch(/^on_call.*PSCHED.*hallpass\.yaml:20$/m);
    expect(said).toMatch(/^pending_timeout +8h +default$/m);
    expect(await hallpass(['config', 'shop/order_read'])).toEqual({
      code: 1,
      said: expect.stringMatching(/there is no role "order_read"; did you mean "orders_read"\?/),
    });
  });

  it('the manifest asks for just the scopes with which the other tests run', async () => {
    const socket = await hallpass(['manifest']);
    expect(socket.code).toBe(0);
    const manifest = JSON.parse(socket.said);
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...stage.slack.workspace.scopes].sort());
    expect(manifest.settings.socket_mode_enabled).toBe(true);
    expect(manifest.settings.event_subscriptions).toEqual({
      bot_events: ['app_home_opened', 'user_change', 'subteam_updated', 'subteam_members_changed'],
    });
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/request' }]);

    const http = JSON.parse((await hallpass(['manifest', '--url', 'https://hallpass.example'])).said);
    expect(http.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: 'https://hallpass.example/slack/events' },
      event_subscriptions: { request_url: 'https://hallpass.example/slack/events' },
    });
  });
});

describe('the manifest', () => {
  it('needs no secret of a database', async () => {
    const none = { SHOP_PASSWORD: '', DATABASE_URL: '', DATABASE_OWNER_URL: '' };
    const { code, said } = await hallpass(['manifest'], none);
    expect(code).toBe(0);
    expect(JSON.parse(said).features.slash_commands).toMatchObject([{ command: '/request' }]);
    expect((await hallpass(['config', 'shop/orders_read'], none)).said).toContain('SHOP_PASSWORD is not set');
  });

  it.each(['http://hallpass.example', 'hallpass.example', 'https://u:p@hallpass.example'])(
    'refuses %s: Slack delivers to https:// alone',
    async (url) => {
      const { code, said } = await hallpass(['manifest', '--url', url]);
      expect(code).toBe(1);
      expect(said).toContain('Write an address like https://hallpass.example.com.');
    },
  );

  it('takes an address with a slash at its end', async () => {
    const { said } = await hallpass(['manifest', '--url', 'https://hallpass.example/']);
    expect(JSON.parse(said).settings.interactivity.request_url).toBe('https://hallpass.example/slack/events');
  });
});

describe('output that nobody takes', () => {
  /** By a shell, whose code is that of the first that failed. */
  const shell = async (line: string, changes: Readonly<Record<string, string>> = {}) => {
    const child = spawnChild('bash', ['-c', `set -o pipefail; ${line}`], { ...stage.env, ...changes });
    const { code } = await child.ended;
    return { code, said: child.lines };
  };
  const run = (command: string) => `'${process.execPath}' '${CLI}' ${command}`;

  it.each(['config shop/orders_write', 'manifest', 'setup-sql shop --server-version 18', '--help'])(
    '%s: the reader has gone, and nothing is said of that',
    async (command) => {
      expect(await shell(`${run(command)} | true`)).toEqual({ code: 0, said: [] });
      expect((await shell(`${run(command)} | head -n 1`)).said).toHaveLength(1);
    },
  );

  it('the exit code is the command’s own, whatever reads its output', async () => {
    const bad = await shell(`${run('check nope')} | true`);
    expect(bad.code).toBe(1);
    expect(bad.said.join()).not.toMatch(/EPIPE|at .*:\d+:\d+/);
  });

  it.each(['config shop/orders_write', 'manifest', 'check --help'])(
    '%s: a full disk is an error, in a sentence',
    async (command) => {
      expect(await shell(`${run(command)} > /dev/full`)).toEqual({
        code: 1,
        said: [expect.stringMatching(/^The output could not be written: ENOSPC/)],
      });
    },
  );

  it('serve goes on when its log can’t be written', async () => {
    const child = spawnChild('bash', ['-c', `exec ${run('serve')} > /dev/full`], stage.env);
    await waitFor(async () => (await readiness(stage.env)).status === 200, { what: 'Hallpass to be ready' });
    expect(await child.end('SIGTERM')).toEqual({ code: 0, signal: null });
    // Its ledger is made now.
    expect(await shell(`${run('audit export --format csv')} > /dev/full`)).toEqual({
      code: 1,
      said: [expect.stringMatching(/^The output could not be written: ENOSPC/)],
    });
  });
});

describe('migrate', () => {
  const owner = () => new URL(stage.env.DATABASE_OWNER_URL ?? '');
  async function emptyLedger(name: string): Promise<Record<string, string>> {
    await stage.ledger.query(`create database ${name} owner hallpass_owner`);
    const urls = [owner(), new URL(stage.env.DATABASE_URL ?? '')].map((url) => {
      url.pathname = `/${name}`;
      return url.href;
    });
    return { DATABASE_OWNER_URL: urls[0] ?? '', DATABASE_URL: urls[1] ?? '' };
  }

  it('says what it did, and serve --no-migrate what is to be done before', async () => {
    const ledger = await emptyLedger('fresh');
    const early = await hallpass(['serve', '--no-migrate'], ledger);
    expect(early).toEqual({
      code: 1,
      said: 'The ledger is empty: its tables were not made yet.\nRun `node dist/cli.js migrate`, with DATABASE_OWNER_URL, or leave out --no-migrate.',
    });

    const first = await hallpass(['migrate'], ledger);
    expect(first.code).toBe(0);
    expect(first.said).toMatch(
      /The ledger's schema is up to date: \d+ steps were run \(0001_requests, .*\)\./,
    );
    expect(first.said).toContain('The login "hallpass_app" has the rights that Hallpass needs there.');
    const again = await hallpass(['migrate'], ledger);
    expect(again.said).toMatch(/^The ledger's schema was up to date: nothing was changed\.$/m);

    await runSql(ledger.DATABASE_OWNER_URL ?? '', "delete from migrations where name = '0018_users_through'");
    expect(await hallpass(['worker', '--no-migrate'], ledger)).toEqual({
      code: 1,
      said: expect.stringMatching(
        /^The ledger is of an earlier release: it lacks 0018_users_through\.\nRun /,
      ),
    });
  });

  it('a wrong URL is answered with a right one, whole', async () => {
    const { code, said } = await hallpass(['migrate'], { DATABASE_URL: 'nonsense' });
    expect(code).toBe(1);
    expect(said).toContain('is not a url like postgres://user:password@host:5432/hallpass');
  });
});

describe('commands are named as the reader typed them', () => {
  it('by the path of the build, or by their name', async () => {
    const wrong = ['check', '--as', 'ana'];
    expect((await hallpass(wrong)).said).toContain('Write node dist/cli.js check --as LOGIN TARGET/ROLE.');
    const folder = await mkdtemp(join(tmpdir(), 'hallpass-bin-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await symlink(CLI, join(folder, 'hallpass'));
    const child = spawnChild(process.execPath, [join(folder, 'hallpass'), ...wrong], stage.env);
    await child.ended;
    expect(child.lines.join('\n')).toContain('Write hallpass check --as LOGIN TARGET/ROLE.');
    // Scripts that people run or keep are the same whichever command prints them.
    const { said } = await hallpass(['setup-sql', 'shop', '--server-version', '18']);
    expect(said).toContain('(made by hallpass setup-sql)');
    expect((await hallpass(['setup-sql', '--help'])).said).toContain('Usage: node dist/cli.js setup-sql');
    expect(await hallpass(['setup-sql', 'shop', '--server-version', '13'])).toEqual({
      code: 1,
      said: expect.stringContaining('Hallpass needs 14 or later'),
    });
  });
});

describe('serve', () => {
  it('ends at once, with a sentence, when Slack refuses a token or the ledger is not there', async () => {
    expect(await hallpass(['serve'], { SLACK_BOT_TOKEN: 'xoxb-wrong' })).toEqual({
      code: 1,
      said: expect.stringMatching(/Slack refuses the bot token/),
    });
    expect(await hallpass(['serve'], { SLACK_APP_TOKEN: 'xapp-wrong' })).toEqual({
      code: 1,
      said: expect.stringMatching(/Slack refuses the app-level token/),
    });
    const nowhere = 'postgres://hallpass_app:x@127.0.0.1:1/hallpass';
    expect(await hallpass(['serve'], { DATABASE_URL: nowhere, DATABASE_OWNER_URL: nowhere })).toEqual({
      code: 1,
      said: expect.stringMatching(/ledger/),
    });
  });

  it('refuses to lose a target on which access is granted, and with `grant: false` only revokes', async () => {
    const { slack } = stage;
    let running: HallpassProcess = await stage.startHallpass();
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    expect(await running.stop()).toBe(0);

    const renamed = await configured((yaml) => yaml.replace('  shop:', '  store:'));
    expect(await hallpass(['serve'], renamed)).toEqual({
      code: 1,
      said: expect.stringMatching(/no longer has shop, and access is granted there.*grant: false/),
    });
    await expectReads(stage, 'ana', 'orders_read');

    const idle = await configured((yaml) =>
      yaml.replace('    name: Shop', '    name: Shop\n    grant: false'),
    );
    running = await stage.startHallpass(idle);
    const ben = slack.as('U0BEN');
    await ben.command('/request', 'shop orders_read 1h why', 'dm');
    await slack.waitFor(() =>
      ben.messages('dm').some(({ text }) => text.includes('Hallpass grants nothing new on “Shop”')),
    );
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(await granted(stage)).toEqual([]);
    expect(await running.stop()).toBe(0);
    // With nothing granted there any more it may go.
    running = await stage.startHallpass(renamed);
    expect(await running.stop()).toBe(0);
    expect(slack.problems).toEqual([]);
  });
});
