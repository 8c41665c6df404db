/** `hallpass check` of what Hallpass lives among: Slack, Redis, PagerDuty and the ledger, each made wrong by hand. */
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../sandbox/postgres/free-port.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { checkFinds } from '../support/check-finds.js';
import { changedConfiguration } from '../support/commands.js';
import { describeOwnRedis, startRedis } from '../support/redis.js';
import { openStage } from '../support/stage.js';
import { setRedis } from './redis-settings.js';

const stage = await openStage({ ledgerApart: false });
const SCOPES = [...stage.slack.workspace.scopes];
beforeAll(() => stage.run('migrate'));
afterEach(() => stage.slack.workspace.setScopes(SCOPES));

const configured = (change: (yaml: string) => string) => changedConfiguration(stage, change);
const failing = (line: RegExp) => ({
  code: 1,
  troubles: expect.arrayContaining([expect.stringMatching(line)]),
});

it('finds nothing wrong where nothing is, and pages nobody by trying', async () => {
  const { code, troubles, all } = await checkFinds(stage);
  expect(code).toBe(0);
  expect(troubles.filter((line) => line.startsWith('failure'))).toEqual([]);
  for (const line of [
    /^ok Slack: The app-level token opens Socket Mode\./,
    /^ok PagerDuty: It takes the token/,
    /^ok PagerDuty: It takes events with the routing key/,
    /^ok ledger: It can be read\./,
    /^ok ledger: hallpass_owner may migrate it\./,
    /^note channel: Not tried, because the app’s scopes don’t tell: .*C0ACCESS.*\n`hallpass check --post`/,
    /^note approvers: Only U0CORA can decide .*shop\/orders_read/,
  ]) {
    expect(all).toContainEqual(expect.stringMatching(line));
  }
  expect(stage.pagerduty.incidents).toEqual([]);
  expect(stage.slack.as(CAST.olga).messages(CHANNELS.operators)).toEqual([]);
});

describe('Slack', () => {
  it('an app-level token that is refused, or that is another app’s', async () => {
    expect(await checkFinds(stage, { SLACK_APP_TOKEN: 'xapp-1-A0OTHER-wrongwrong' })).toMatchObject(
      failing(/^failure Slack: Slack refuses the app-level token \(invalid_auth\).*\n.*SLACK_APP_TOKEN/),
    );
  });

  it('channels that are not there, archived, or that the bot is not in, as far as the scopes tell', async () => {
    const { workspace } = stage.slack;
    workspace.setScopes([...SCOPES, 'channels:read', 'groups:read']);
    expect((await checkFinds(stage)).code).toBe(0);
    workspace.addChannel({ id: 'C0OLD', name: 'old', archived: true, members: [workspace.botUserId] });
    const wrong = await configured((yaml) =>
      yaml
        .replace('orders_read: {', 'orders_read: { channel: C0NOWHERE,')
        .replace('payments_read: {', 'payments_read: { channel: C0OLD,'),
    );
    workspace.setBotIn(CHANNELS.operators, false);
    onTestFinished(() => workspace.setBotIn(CHANNELS.operators, true));
    workspace.setBotIn(CHANNELS.access, false);
    onTestFinished(() => workspace.setBotIn(CHANNELS.access, true));
    const { code, troubles } = await checkFinds(stage, wrong);
    expect(code).toBe(1);
    for (const line of [
      /^failure channel: There is no channel C0NOWHERE, for the cards of shop\/orders_read/,
      /^failure channel: There is no channel C0OPS, for what operators are told, or it is private and the bot is not in it\.\n.*\/invite @hallpass/,
      /^failure channel: #old \(C0OLD\), for the cards of shop\/payments_read, is archived\./,
      /^failure channel: The bot is not in #db-access \(C0ACCESS\), for cards: nobody reads them\.\n.*\/invite @hallpass/,
    ]) {
      expect(troubles).toContainEqual(expect.stringMatching(line));
    }
  });

  it('with --post, by a word that it writes and deletes', async () => {
    const { workspace } = stage.slack;
    const right = await checkFinds(stage, {}, ['--post']);
    expect(right.code).toBe(0);
    expect(right.all).toContainEqual(
      expect.stringMatching(/^ok channel: The bot may write in C0ACCESS, for cards \(a word was written/),
    );
    expect(stage.slack.as(CAST.cora).messages(CHANNELS.access)).toEqual([]);
    workspace.setBotIn(CHANNELS.access, false);
    onTestFinished(() => workspace.setBotIn(CHANNELS.access, true));
    expect(await checkFinds(stage, {}, ['--post'])).toMatchObject(
      failing(/^failure channel: The bot is not in C0ACCESS, for cards: .*\n.*\/invite @hallpass/),
    );
  });

  it('groups that are missing, disabled or empty, and people who are not there', async () => {
    const { workspace } = stage.slack;
    workspace.addGroup({ id: 'S0EMPTY', handle: 'empty' });
    workspace.addGroup({ id: 'S0OFF', handle: 'off', members: [CAST.cora], disabled: true });
    workspace.addPerson({ id: 'U0LEFT', name: 'left', deactivated: true });
    workspace.addGroup({ id: 'S0LEFT', handle: 'leavers', members: ['U0LEFT'] });
    const wrong = await configured((yaml) =>
      yaml
        .replace('groups: {', 'groups: { empty: S0EMPTY, off: S0OFF, gone: S0GONE, leavers: S0LEFT,')
        .replace('operators: [sre]', 'operators: [sre, gone, U0NOBODY]')
        .replace('orders_read: {', 'orders_read: { approvers: [empty, U0LEFT],')
        .replace(
          'orders_write: {',
          'orders_write: { approvers: [dba, off], more: [{ danger: read, from: [empty] }],',
        )
        .replace('payments_read: {', 'payments_read: { approvers: [leavers],'),
    );
    const { code, troubles } = await checkFinds(stage, wrong);
    expect(code).toBe(1);
    for (const line of [
      /^failure approvers: There is no user group gone \(S0GONE\) in Slack\./,
      /^failure approvers: The user group @off \(S0OFF\) is disabled/,
      /^failure approvers: Nobody is in the user group @empty \(S0EMPTY\)\./,
      /^failure approvers: Everybody in the user group @leavers \(S0LEFT\) is deactivated/,
      /^failure approvers: There is no Slack user U0NOBODY\./,
      /^note approvers: U0LEFT is deactivated, and decides nothing\./,
      /^failure approvers: Nobody can decide a request for shop\/orders_read: /,
      /^failure approvers: Nobody can decide a request for shop\/payments_read: /,
      /^failure approvers: A request for shop\/orders_write where it is of danger read needs 1 of empty \(S0EMPTY\), and none of them can decide: /,
    ]) {
      expect(troubles).toContainEqual(expect.stringMatching(line));
    }
    workspace.paidPlan = false;
    onTestFinished(() => {
      workspace.paidPlan = true;
    });
    expect(await checkFinds(stage)).toMatchObject(
      failing(/^failure approvers: The user groups can’t be read: .*paid Slack plan.*\nName users/),
    );
  });

  it('a group that is mentioned in a private channel which its people are not in', async () => {
    const { workspace } = stage.slack;
    workspace.setScopes([...SCOPES, 'channels:read', 'groups:read']);
    const inside = workspace.channel(CHANNELS.access)?.members ?? [];
    onTestFinished(() => workspace.setChannel(CHANNELS.access, { kind: 'public', members: inside }));
    onTestFinished(() => workspace.setGroup(GROUPS.dba, { members: [CAST.cora] }));
    const without = inside.filter((id) => id !== CAST.cora);
    workspace.setChannel(CHANNELS.access, { kind: 'private', members: without });
    expect(await checkFinds(stage)).toMatchObject(
      failing(
        /^failure channel: Nobody of @dba is in #db-access \(C0ACCESS\), which is private: .*don’t see it/,
      ),
    );
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    const some = await checkFinds(stage);
    expect(some.code).toBe(0);
    expect(some.troubles).toContainEqual(
      expect.stringMatching(/^note channel: Of @dba, U0CORA is not in #db-access/),
    );
  });
});

describeOwnRedis('Redis', () => {
  it('one that is down, one that evicts, one that keeps everything', async () => {
    const redis = await startRedis();
    const { code, all } = await checkFinds(stage, { REDIS_URL: redis.url });
    expect(code).toBe(0);
    expect(all).toContainEqual(
      expect.stringMatching(/^ok Redis: Redis \d+\S* answers, and evicts nothing\./),
    );
    await setRedis(redis.url, 'maxmemory-policy', 'allkeys-lru');
    expect(await checkFinds(stage, { REDIS_URL: redis.url })).toMatchObject(
      failing(/^failure Redis: Its maxmemory-policy is allkeys-lru: .*\n.*noeviction/),
    );
    await redis.stop();
    expect(await checkFinds(stage, { REDIS_URL: redis.url })).toMatchObject(
      failing(/^failure Redis: It can’t be used \(REDIS_URL\): .*ECONNREFUSED/),
    );
  });
});

describe('PagerDuty', () => {
  it('a token that is refused, and one that is missing', async () => {
    expect(await checkFinds(stage, { PAGERDUTY_TOKEN: 'wrong-wrong-wrong' })).toMatchObject(
      failing(/^failure PagerDuty: PagerDuty refused the token of Hallpass \(401\)\.\n.*PAGERDUTY_TOKEN/),
    );
    expect(await checkFinds(stage, { PAGERDUTY_TOKEN: '' })).toMatchObject(
      failing(/^failure PagerDuty: PAGERDUTY_TOKEN is not set, and shop\/orders_write has on_call: rules/),
    );
  });

  it('a routing key that is refused', async () => {
    const wrong = { PAGERDUTY_EVENTS_ROUTING_KEY: '0'.repeat(32) };
    expect(await checkFinds(stage, wrong)).toMatchObject(
      failing(
        /^failure PagerDuty: Operators can’t be paged \(PAGERDUTY_EVENTS_ROUTING_KEY\): .*\n.*events\.eu\.pagerduty\.com/,
      ),
    );
    expect(stage.pagerduty.incidents).toEqual([]);
  });

  it('schedules and escalation policies that are unknown, unused, or without a level', async () => {
    stage.pagerduty.addSchedule({ id: 'PALONE', name: 'Alone' });
    stage.pagerduty.addEscalationPolicy({ id: 'PSHORT', name: 'Short', levels: 2 });
    stage.pagerduty.addEscalationPolicy({ id: 'PUNUSED', name: 'Unused', levels: 1 });
    stage.pagerduty.setOnCall({ user: 'PDAN', escalationPolicy: 'PSHORT', level: 1 });
    const wrong = await configured((yaml) =>
      yaml
        .replace(
          'on_call: { schedules: [PSCHED]',
          'on_call: { schedules: [PSCHED, PNONE, PALONE], escalation_policies: [{ id: PGONE }, { id: PSHORT, levels: [1, 3] }, { id: PUNUSED }]',
        )
        .replace('pagerduty: PDAN', 'pagerduty: PNOBODY'),
    );
    const { code, troubles } = await checkFinds(stage, wrong);
    expect(code).toBe(1);
    for (const line of [
      /^failure PagerDuty: PagerDuty has no schedule PNONE, which shop\/orders_write names/,
      /^failure PagerDuty: No escalation policy uses the schedule Alone \(PALONE\) of shop\/orders_write/,
      /^failure PagerDuty: PagerDuty has no escalation policy PGONE/,
      /^failure PagerDuty: The escalation policy Short \(PSHORT\) of shop\/orders_write has 2 levels, and no level 3\./,
      /^failure PagerDuty: No service uses the escalation policy Unused \(PUNUSED\) of shop\/orders_write/,
      /^note PagerDuty: There is no PagerDuty user PNOBODY\./,
    ]) {
      expect(troubles).toContainEqual(expect.stringMatching(line));
    }
  });
});

describe('the ledger', () => {
  const at = (name: 'DATABASE_URL' | 'DATABASE_OWNER_URL', change: (url: URL) => void) => {
    const url = new URL(stage.env[name] ?? '');
    change(url);
    return { [name]: url.href };
  };

  it('a password that is wrong, a server that is down', async () => {
    const wrong = at('DATABASE_URL', (url) => {
      url.password = 'wrong-wrong-wrong';
    });
    expect(await checkFinds(stage, wrong)).toMatchObject(
      failing(
        /^failure ledger: It can’t be read \(DATABASE_URL\): .*refuses the password of the login hallpass_app/,
      ),
    );
    const port = String(await freePort());
    const dead = at('DATABASE_URL', (url) => {
      url.port = port;
    });
    expect(await checkFinds(stage, dead)).toMatchObject(
      failing(/^failure ledger: It can’t be read \(DATABASE_URL\): .*nothing listens there/),
    );
  });

  it('an owner’s URL that leads nowhere, elsewhere, or to somebody who owns nothing', async () => {
    const port = String(await freePort());
    const dead = at('DATABASE_OWNER_URL', (url) => {
      url.port = port;
    });
    expect(await checkFinds(stage, dead)).toMatchObject(
      failing(
        /^failure ledger: DATABASE_OWNER_URL can’t be used, so hallpass serve fails before it starts: /,
      ),
    );
    const elsewhere = at('DATABASE_OWNER_URL', (url) => {
      url.pathname = '/postgres';
    });
    expect(await checkFinds(stage, elsewhere)).toMatchObject(
      failing(/^failure ledger: DATABASE_OWNER_URL and DATABASE_URL lead to two different databases/),
    );
    const lesser = { DATABASE_OWNER_URL: stage.env.DATABASE_URL ?? '' };
    expect(await checkFinds(stage, lesser)).toMatchObject(
      failing(/^failure ledger: hallpass_app \(DATABASE_OWNER_URL\) neither owns the ledger’s tables nor/),
    );
  });

  it('a login whose password expires soon, or that may have few connections', async () => {
    await stage.ledger.query("alter role hallpass_app valid until 'tomorrow' connection limit 12");
    await stage.ledger.query("alter role hallpass_owner valid until 'tomorrow'");
    onTestFinished(async () => {
      await stage.ledger.query("alter role hallpass_app valid until 'infinity' connection limit -1");
      await stage.ledger.query("alter role hallpass_owner valid until 'infinity'");
    });
    const { code, troubles } = await checkFinds(stage);
    expect(code).toBe(1);
    for (const login of ['hallpass_app', 'hallpass_owner']) {
      expect(troubles).toContainEqual(
        expect.stringMatching(
          new RegExp(`^failure ledger: The password of Hallpass’s own login ${login} expires in `),
        ),
      );
    }
    expect(troubles).toContainEqual(
      expect.stringMatching(/^note ledger: hallpass_app may have 12 connections \(CONNECTION LIMIT\)/),
    );
  });

  it('one variable that is wrong keeps none of the others from being tried', async () => {
    const { code, troubles, all } = await checkFinds(stage, { REDIS_URL: 'nonsense', OPS_PORT: 'x' });
    expect(code).toBe(1);
    expect(troubles).toContainEqual(
      expect.stringMatching(/^failure environment: REDIS_URL: is not a url .*\nOPS_PORT: is not a port/),
    );
    expect(all).toContainEqual(expect.stringMatching(/^ok ledger: It can be read\./));
  });
});
