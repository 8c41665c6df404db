/** The commands beside Slack, as an operator runs them: what they say, and the code that they exit with. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { click, told } from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { type Stage, startStage } from '../../sandbox/stage/stage.js';
import { changedConfiguration, runHallpass } from './commands.js';
import { borrow, expectReads, isRefused, lent } from './crash-stage.js';
import { CLI } from './world.js';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage({ cli: CLI });
});
afterAll(() => stage.close());

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
      bot_events: ['user_change', 'subteam_updated', 'subteam_members_changed'],
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
