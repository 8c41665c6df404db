import { describe, expect, it } from 'vitest';
import type { Slack } from '../../sandbox/slack/index.js';
import { createLogger } from '../../src/logger.js';
import { MessengerError } from '../../src/messenger/errors.js';
import { createMessenger, type WebApiMessenger } from '../../src/messenger/web-api.js';
import { ANA, CARDS, form, openSlack } from './harness.js';

const message = (text: string) => ({
  text,
  blocks: [{ type: 'section' as const, text: { type: 'mrkdwn' as const, text } }],
});

async function open(): Promise<{
  slack: Slack;
  messenger: WebApiMessenger;
  calls: (method: string) => number;
}> {
  const slack = await openSlack();
  return {
    slack,
    messenger: messengerOf(slack),
    calls: (method) => slack.log.filter((call) => call.method === method).length,
  };
}

function messengerOf({ botToken, apiUrl }: Pick<Slack, 'botToken' | 'apiUrl'>): WebApiMessenger {
  return createMessenger({ botToken, apiUrl, logger: createLogger('silent') });
}

async function failure(call: Promise<unknown>): Promise<MessengerError> {
  const thrown: unknown = await call.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );
  if (thrown instanceof MessengerError) return thrown;
  throw thrown;
}

describe('messenger', () => {
  it('posts, rewrites with text and blocks together, and deletes; deleting what is gone is no error', async () => {
    const { slack, messenger } = await open();
    const posted = await messenger.post(CARDS, message('one'));
    expect(posted.channel).toBe(CARDS);
    await messenger.update(posted, message('two'));
    expect(slack.as(ANA).messages(CARDS)).toMatchObject([
      { ...posted, text: 'two', blocks: [{ type: 'section' }] },
    ]);
    await messenger.delete(posted);
    await messenger.delete(posted);
    expect(slack.as(ANA).messages(CARDS)).toEqual([]);
  });

  it('opens direct messages by user id and answers their real channel', async () => {
    const { slack, messenger } = await open();
    const posted = await messenger.post(ANA, message('to you'));
    expect(posted.channel).toMatch(/^D/);
    await messenger.update(posted, message('changed'));
    expect(
      slack
        .as(ANA)
        .messages('dm')
        .map(({ text }) => text),
    ).toEqual(['changed']);
  });

  it('knows the workspace, the bot and its scopes', async () => {
    const { slack, messenger } = await open();
    const { teamId, appId } = slack;
    const url = `https://${slack.workspace.domain}.slack.com/`;
    expect(await messenger.whoAmI()).toEqual({ teamId, enterpriseId: null, appId, url });
    slack.workspace.grid = { enterpriseId: 'E0ACME' };
    expect(await messengerOf(slack).whoAmI()).toEqual({ teamId, enterpriseId: 'E0ACME', appId, url });
    expect(await messenger.scopes()).toEqual([...slack.workspace.scopes]);
  });

  it('says of a person what decides: home, guest, bot, deactivated, and only a confirmed address', async () => {
    const { slack, messenger } = await open();
    const { workspace } = slack;
    expect(await messenger.person(ANA)).toEqual({
      id: ANA,
      member: true,
      name: 'ana',
      email: 'ana@example.com',
      deactivated: false,
      bot: false,
      guest: false,
      emailUnread: null,
      tz: 'Europe/Amsterdam',
    });
    const cases = [
      [{ emailConfirmed: false }, { email: null }],
      [{ guest: 'single_channel' }, { guest: true }],
      [{ guest: 'multi_channel' }, { guest: true }],
      [{ bot: true }, { bot: true }],
      [{ teamId: 'T0ELSEWHERE' }, { member: false }],
      [{ deactivated: true }, { deactivated: true, email: null }],
    ] as const;
    for (const [seed, expected] of cases) {
      const { id } = workspace.addPerson({ name: 'other', ...seed });
      expect(await messenger.person(id)).toMatchObject(expected);
    }
    workspace.setScopes(['users:read']);
    expect(await messengerOf(slack).person(ANA)).toMatchObject({ email: null });
  });

  it('knows who belongs to the workspace in each shape that an organization gives it', async () => {
    const { slack } = await open();
    const { workspace } = slack;
    const E = 'E0ACME';
    for (const [grid, seed, expected] of [
      [{ enterpriseId: E }, { teamId: slack.teamId }, { member: true }],
      [{ enterpriseId: E }, { teamId: E, teams: ['T0SISTER', slack.teamId] }, { member: true }],
      [{ enterpriseId: E }, { teamId: 'T0SISTER', teams: ['T0SISTER'] }, { member: false }],
      [{ enterpriseId: E, peopleWithoutTeam: true }, { teams: [slack.teamId] }, { member: true }],
      [{ enterpriseId: E, peopleWithoutTeam: true }, { teams: ['T0SISTER'] }, { member: false }],
      [{ enterpriseId: E, peopleWithoutTeam: true }, { teams: [], deactivated: true }, { deactivated: true }],
    ] as const) {
      workspace.grid = grid;
      const { id } = workspace.addPerson({ name: 'other', ...seed });
      expect(await messengerOf(slack).person(id)).toMatchObject(expected);
    }
    const { id } = workspace.addPerson({ name: 'nowhere', teams: [] });
    expect(await failure(messengerOf(slack).person(id))).toMatchObject({
      code: 'unexpected_answer',
      passing: false,
      message: expect.stringContaining('in which workspace'),
    });
  });

  it('asks once for many who ask at once, and again after a failure', async () => {
    const { slack, messenger, calls } = await open();
    const { id } = slack.workspace.addGroup({ handle: 'dba', members: [ANA] });
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' });
    expect(await failure(messenger.members(id))).toMatchObject({ code: 'internal_error', passing: true });
    const answers = await Promise.all(Array.from({ length: 5 }, () => messenger.members(id)));
    expect(answers.map((members) => [...members])).toEqual(Array(5).fill([ANA]));
    expect(calls('usergroups.users.list')).toBe(2);
    slack.workspace.setGroup(id, { members: [] });
    expect([...(await messenger.members(id))]).toEqual([ANA]);
    expect([...(await messenger.members(id, { fresh: true }))]).toEqual([]);
    expect([...(await messenger.members(id))]).toEqual([]);
    expect(calls('usergroups.users.list')).toBe(3);
  });

  it('tries a read once more, and never repeats a post by itself', async () => {
    const { slack, messenger, calls } = await open();
    slack.faults.order('users.info', { kind: 'reset' });
    expect(await messenger.person(ANA)).toMatchObject({ id: ANA });
    slack.faults.order('chat.postMessage', { kind: 'lost' });
    expect(await failure(messenger.post(CARDS, message('once')))).toMatchObject({
      code: 'network',
      passing: true,
    });
    expect(calls('chat.postMessage')).toBe(1);
    expect(slack.as(ANA).messages(CARDS)).toHaveLength(1);
  });

  it('is not held up by the rate limit of another method', async () => {
    const { slack, messenger, calls } = await open();
    slack.faults.order('chat.postMessage', { kind: 'rate_limited', retryAfter: 3600 });
    expect(await failure(messenger.post(CARDS, message('too much')))).toMatchObject({
      code: 'ratelimited',
      passing: true,
      retryAfterMs: 3_600_000,
    });
    expect((await failure(messenger.openView('none', form(null)))).code).toBe('invalid_trigger_id');
    expect(calls('views.open')).toBe(1);
  });

  it('gives up on a Slack that does not answer', async () => {
    const { slack, messenger } = await open();
    slack.faults.order('chat.postMessage', { kind: 'hang' });
    expect(await failure(messenger.post(CARDS, message('lost')))).toMatchObject({
      code: 'timeout',
      passing: true,
    });
  });

  it('sorts what Slack says, with the next step', async () => {
    const { slack, messenger } = await open();
    const { workspace, faults } = slack;
    const post = (): Promise<MessengerError> => failure(messenger.post(CARDS, message('x')));
    workspace.setBotIn(CARDS, false);
    expect(await post()).toMatchObject({
      code: 'not_in_channel',
      passing: false,
      nextStep: expect.stringContaining('/invite'),
    });
    workspace.setBotIn(CARDS, true);
    workspace.setChannel(CARDS, { archived: true });
    expect(await post()).toMatchObject({ code: 'is_archived', passing: false });
    expect(await failure(messenger.post('C0NOWHERE0', message('x')))).toMatchObject({
      code: 'channel_not_found',
      passing: false,
    });
    expect(await failure(messenger.update({ channel: CARDS, ts: '1.1' }, message('x')))).toMatchObject({
      code: 'message_not_found',
      passing: false,
    });
    expect(await failure(messenger.person('U0NOBODY00'))).toMatchObject({
      code: 'user_not_found',
      passing: false,
    });
    workspace.setScopes(['chat:write']);
    expect(await failure(messenger.members('S0NOBODY00'))).toMatchObject({
      code: 'missing_scope',
      message: expect.stringContaining('usergroups:read'),
      nextStep: expect.stringContaining('usergroups:read'),
    });
    faults.order('chat.postMessage', { kind: 'status', status: 500 });
    expect(await post()).toMatchObject({ code: 'http_500', passing: true });
    faults.order('chat.postMessage', { kind: 'error', error: 'brand_new_error' });
    expect(await post()).toMatchObject({ code: 'brand_new_error', passing: false });
    const wrongUrl = messengerOf({ botToken: slack.botToken, apiUrl: `${slack.url}/nowhere/` });
    expect(await failure(wrongUrl.post(CARDS, message('x')))).toMatchObject({
      code: 'http_404',
      passing: false,
    });
    expect(
      await failure(messengerOf({ botToken: 'xoxb-other', apiUrl: slack.apiUrl }).whoAmI()),
    ).toMatchObject({
      code: 'invalid_auth',
      passing: false,
    });
  });

  it('says that a form is closed', async () => {
    const { slack, messenger } = await open();
    expect(await failure(messenger.updateView({ id: 'V0NONE', hash: '1' }, form(null)))).toMatchObject({
      code: 'not_found',
      passing: false,
    });
    expect(slack.problems).toEqual([]);
  });
});
