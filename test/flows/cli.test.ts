/** The commands beside Slack, as an operator runs them: what they say, and the code that they exit with. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { configuration } from '../../sandbox/stage/configuration.js';
import { click, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { spawnChild } from '../support/child.js';
import { borrow, expectReads, isRefused, lent } from './crash-stage.js';
import { CLI, secretsOf } from './world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ cli: CLI });
});
afterAll(() => stage.close());

interface Said {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a command to its end. Whatever it says, no secret is in it. */
async function hallpass(
  args: readonly string[],
  changes: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const child = spawnChild(process.execPath, [CLI, ...args], { ...stage.env, ...changes });
  const { code } = await child.ended;
  const said = child.lines.join('\n');
  for (const secret of [...secretsOf(stage), ...Object.values(changes).filter((v) => /^xox|^xapp/.test(v))]) {
    expect(said).not.toContain(secret);
  }
  return { code, said };
}

/** Another configuration in a file of its own. @returns what is different in the environment */
async function configured(change: (yaml: string) => string): Promise<{ readonly HALLPASS_CONFIG: string }> {
  const path = join(dirname(stage.env.HALLPASS_CONFIG ?? ''), `changed-${await freePort()}.yaml`);
  await writeFile(path, change(configuration(stage.server)));
  return { HALLPASS_CONFIG: path };
}

describe('check', () => {
  it('finds nothing to mend where all is right', async () => {
    expect(await hallpass(['check'])).toEqual({
      code: 0,
      said: expect.stringMatching(
        /^ok {7}\S+hallpass\.yaml: 1 target\nok {7}Slack: the bot token works in team T\w+, .*\nok {7}shop: reachable: Postgres 18, system \d+$/,
      ),
    });
  });

  it('says all that is wrong at once, each with what mends it', async () => {
    const changes = await configured(
      (yaml) =>
        `${yaml.replace('people:', 'people:\n  U0FAY: { login: fay }')}      nowhere: read
      pg_monitor: read
  attic:
    name: Attic
    connect: { host: 127.0.0.1, port: 1, database: attic, user: hallpass, password: "\${SHOP_PASSWORD}" }
    roles: { old_read: read }
  locked:
    name: Locked
    connect: { host: 127.0.0.1, port: ${stage.server.port}, database: shop, user: hallpass, password: "\${OTHER_PASSWORD}" }
    roles: { old_read: read }
`,
    );
    const scopes = [...stage.slack.workspace.scopes];
    stage.slack.workspace.setScopes(scopes.filter((scope) => scope !== 'usergroups:read'));
    const { code, said } = await hallpass(['check'], { ...changes, OTHER_PASSWORD: 'wrong' });
    stage.slack.workspace.setScopes(scopes);
    expect(code).toBe(1);
    for (const line of [
      /^failure {2}Slack: the scope usergroups:read is missing: approvers named by user group\n .*install the app again/m,
      /^ok {7}shop: reachable/m,
      /^failure {2}shop: There is no role nowhere on the server\.\n .*CREATE ROLE "?nowhere"? NOLOGIN/m,
      /^failure {2}shop: .*no ADMIN OPTION on the role pg_monitor\.\n .*GRANT "?pg_monitor"? TO "?hallpass"? WITH ADMIN/m,
      /^note {5}shop: There is no login fay on the server\./m,
      /^failure {2}attic: .*can’t be reached/m,
      /^failure {2}locked: .*password/m,
    ]) {
      expect(said).toMatch(line);
    }
    // The others, too, are said to be right or wrong when one alone is asked about.
    expect(await hallpass(['check', 'attic'], { ...changes, OTHER_PASSWORD: 'wrong' })).toMatchObject({
      code: 1,
      said: expect.not.stringContaining('shop:'),
    });
  });

  it('says that Slack refuses the token, that a target is not there, and what is wrong in the file', async () => {
    expect(await hallpass(['check'], { SLACK_BOT_TOKEN: 'xoxb-wrong' })).toEqual({
      code: 1,
      said: expect.stringMatching(/^failure {2}Slack: .*Slack refuses the bot token/m),
    });
    expect(await hallpass(['check', 'shpo'])).toEqual({
      code: 1,
      said: expect.stringMatching(/there is no target shpo\nName one of shop\./),
    });
    const wrong = await configured((yaml) => yaml.replace('approvers: [dba]', 'aprovers: [dba]'));
    expect(await hallpass(['check'], wrong)).toEqual({
      code: 1,
      said: expect.stringMatching(/yaml:13:\d+ defaults\.aprovers.*approvers/),
    });
  });
});

describe('config and manifest', () => {
  it('each effective value comes with its file and line', async () => {
    const { code, said } = await hallpass(['config', 'shop/orders_write']);
    expect(code).toBe(0);
    expect(said).toMatch(/^approvers +\S*.*dba.* {2}\S+hallpass\.yaml:13$/m);
    expect(said).toMatch(/^max +4h +\S+hallpass\.yaml:16$/m);
    expect(said).toMatch(/^on_call.*PSCHED.*hallpass\.yaml:19$/m);
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
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/request' }]);

    const http = JSON.parse((await hallpass(['manifest', '--url', 'https://hallpass.example'])).said);
    expect(http.settings).toMatchObject({
      socket_mode_enabled: false,
      interactivity: { request_url: 'https://hallpass.example/slack/events' },
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

  it('refuses to lose a target on which access is lent, and with `lend: false` only takes back', async () => {
    const { slack } = stage;
    let running: HallpassProcess = await stage.startHallpass();
    const { id, note } = await borrow(stage, 'ana', { role: 'orders_read', duration: '15 minutes' });
    expect(await running.stop()).toBe(0);

    const renamed = await configured((yaml) => yaml.replace('  shop:', '  store:'));
    expect(await hallpass(['serve'], renamed)).toEqual({
      code: 1,
      said: expect.stringMatching(/no longer has shop, and access is lent there.*lend: false/),
    });
    await expectReads(stage, 'ana', 'orders_read');

    const idle = await configured((yaml) =>
      yaml.replace('    name: Shop', '    name: Shop\n    lend: false'),
    );
    running = await stage.startHallpass(idle);
    const ben = slack.as('U0BEN');
    await ben.command('/request', 'shop orders_read 1h why');
    await slack.waitFor(() => ben.openedView());
    expect(await ben.submit()).toMatchObject({
      outcome: 'errors',
      errors: { target: expect.stringContaining('Nothing new is lent on “Shop”') },
    });
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished/);
    expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    expect(await lent(stage)).toEqual([]);
    expect(await running.stop()).toBe(0);
    // With nothing lent there any more it may go.
    running = await stage.startHallpass(renamed);
    expect(await running.stop()).toBe(0);
    expect(slack.problems).toEqual([]);
  });
});
