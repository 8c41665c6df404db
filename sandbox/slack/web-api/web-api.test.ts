import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Slack, startSlack } from '../index.js';

const ANA = 'U0ANA00000';
const CARDS = 'C0CARDS000';
const home = (text: string) => ({
  type: 'home' as const,
  blocks: [{ type: 'header' as const, text: { type: 'plain_text' as const, text } }],
});

let slack: Slack;
let client: WebClient;

beforeEach(async () => {
  slack = await startSlack({
    people: [{ id: ANA, name: 'ana' }],
    groups: [{ id: 'S0DBA00000', handle: 'dba', members: [ANA] }],
  });
  slack.workspace.addChannel({ id: CARDS, name: 'cards', members: [ANA, slack.botUserId] });
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
});
afterEach(() => slack.close());

/** What Slack answered instead of `ok: true`. */
async function refusal(call: Promise<unknown>): Promise<object> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return error.data;
    throw error;
  }
  throw new Error('The call was not refused.');
}

describe('who may call', () => {
  it('tells the bot who it is and what it may do', async () => {
    const me = await client.auth.test();
    expect(me).toMatchObject({ user_id: slack.botUserId, team_id: slack.teamId, bot_id: slack.botId });
    expect(me.response_metadata?.scopes).toEqual([...slack.workspace.scopes]);
  });

  it.each([
    ['xoxb-nobody', 'invalid_auth'],
    ['', 'not_authed'],
  ])('refuses the token "%s" with %s', async (token, error) => {
    const stranger = new WebClient(token, { slackApiUrl: slack.apiUrl });
    expect(await refusal(stranger.users.info({ user: ANA }))).toMatchObject({ error });
  });

  it('refuses a token of the other kind', async () => {
    const app = new WebClient(slack.appToken, { slackApiUrl: slack.apiUrl });
    expect(await refusal(app.users.info({ user: ANA }))).toMatchObject({ error: 'not_allowed_token_type' });
    expect(await refusal(client.apps.connections.open())).toMatchObject({ error: 'not_allowed_token_type' });
  });

  it('names the scope that is missing', async () => {
    slack.workspace.setScopes(['chat:write', 'commands']);
    expect(await refusal(client.users.info({ user: ANA }))).toMatchObject({
      error: 'missing_scope',
      needed: 'users:read',
      provided: 'chat:write,commands',
    });
  });

  it('knows no other methods', async () => {
    expect(await refusal(client.apiCall('chat.shout'))).toMatchObject({ error: 'unknown_method' });
    expect(slack.problems).toHaveLength(1);
  });

  it('writes every call down, without the token', async () => {
    await client.chat.postMessage({ channel: CARDS, text: 'hello' });
    expect(slack.log).toMatchObject([
      { method: 'chat.postMessage', args: { text: 'hello' }, answer: { ok: true } },
    ]);
    expect(JSON.stringify(slack.log)).not.toContain(slack.botToken);
  });
});

describe('messages', () => {
  it('to a person go to the direct messages, whose id is answered', async () => {
    const posted = await client.chat.postMessage({ channel: ANA, text: 'granted' });
    expect(posted.channel).toMatch(/^D/);
    expect(slack.as(ANA).messages('dm')).toMatchObject([{ text: 'granted', ts: posted.ts }]);
    expect(slack.as(ANA).notifications()).toMatchObject([{ why: 'direct message', text: 'granted' }]);
    await client.chat.update({ channel: String(posted.channel), ts: String(posted.ts), text: 'ended' });
    expect(slack.as(ANA).messages('dm')).toMatchObject([{ text: 'ended', edited: true }]);
    expect(slack.as(ANA).notifications()).toHaveLength(1);
    expect(
      await refusal(client.chat.update({ channel: ANA, ts: String(posted.ts), text: 'x' })),
    ).toMatchObject({
      error: 'channel_not_found',
    });
  });

  it('go where the app is, and nowhere else', async () => {
    const post = () => client.chat.postMessage({ channel: CARDS, text: 'x' });
    slack.workspace.setBotIn(CARDS, false);
    expect(await refusal(post())).toMatchObject({ error: 'not_in_channel' });
    slack.workspace.setChannel(CARDS, { kind: 'private' });
    expect(await refusal(post())).toMatchObject({ error: 'channel_not_found' });
    slack.workspace.setBotIn(CARDS, true);
    slack.workspace.setChannel(CARDS, { archived: true });
    expect(await refusal(post())).toMatchObject({ error: 'is_archived' });
    slack.workspace.setPerson(ANA, { deactivated: true });
    expect(await refusal(client.chat.postMessage({ channel: ANA, text: 'x' }))).toMatchObject({
      error: 'channel_not_found',
    });
  });

  it('with bad blocks are refused, with the reason', async () => {
    const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];
    const reason = 'must be less than 151 characters [json-pointer:/blocks/0/text/text]';
    expect(await refusal(client.chat.postMessage({ channel: CARDS, text: 'x', blocks }))).toMatchObject({
      error: 'invalid_blocks',
      errors: [reason],
      response_metadata: { messages: [`[ERROR] ${reason}`] },
    });
    expect(slack.problems).toMatchObject([{ kind: 'refused call' }]);
    expect(await refusal(client.apiCall('chat.postMessage', { channel: CARDS }))).toMatchObject({
      error: 'no_text',
    });
  });

  it('lose their blocks when only the text is updated', async () => {
    const blocks = [{ type: 'divider' }];
    const { ts } = await client.chat.postMessage({ channel: CARDS, text: 'before', blocks });
    const where = { channel: CARDS, ts: String(ts) };
    await client.chat.update({ ...where, blocks: [...blocks, ...blocks] });
    expect(slack.as(ANA).messages(CARDS)).toMatchObject([{ text: 'before', blocks: [{}, {}] }]);
    await client.chat.update({ ...where, text: 'after' });
    expect(slack.as(ANA).messages(CARDS)).toMatchObject([{ text: 'after', blocks: [] }]);
    expect(await refusal(client.chat.update({ ...where, text: 'x'.repeat(4001) }))).toMatchObject({
      error: 'msg_too_long',
    });
  });

  it('can be changed and deleted only by their author', async () => {
    const { ts } = slack.as(ANA).say(CARDS, 'mine');
    expect(await refusal(client.chat.update({ channel: CARDS, ts, text: 'x' }))).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await refusal(client.chat.delete({ channel: CARDS, ts }))).toMatchObject({
      error: 'cant_delete_message',
    });
    const posted = await client.chat.postMessage({ channel: CARDS, text: 'x' });
    const link = await client.chat.getPermalink({ channel: CARDS, message_ts: String(posted.ts) });
    expect(link.permalink).toContain(`/archives/${CARDS}/p${posted.ts?.replace('.', '')}`);
    await client.chat.delete({ channel: CARDS, ts: String(posted.ts) });
    expect(await refusal(client.chat.delete({ channel: CARDS, ts: String(posted.ts) }))).toMatchObject({
      error: 'message_not_found',
    });
  });

  it('that are ephemeral are seen by one member, and never again by the app', async () => {
    const bo = slack.workspace.addPerson({ name: 'bo' }).id;
    const whisper = { channel: CARDS, user: ANA, text: 'psst' };
    const { message_ts } = await client.chat.postEphemeral(whisper);
    expect(slack.as(ANA).messages(CARDS)).toMatchObject([{ text: 'psst', ephemeral: true }]);
    expect(slack.as(bo).messages(CARDS)).toEqual([]);
    expect(slack.as(ANA).notifications()).toEqual([]);
    expect(
      await refusal(client.chat.update({ channel: CARDS, ts: String(message_ts), text: 'x' })),
    ).toMatchObject({
      error: 'message_not_found',
    });
    expect(await refusal(client.chat.postEphemeral({ ...whisper, user: bo }))).toMatchObject({
      error: 'user_not_in_channel',
    });
  });

  it.each([
    ['<@U0ANA00000> asks', [], 'mention'],
    ['<!subteam^S0DBA00000|@dba> please', [], 'group mention'],
    ['because <!channel>', [], 'everybody'],
    ['because &lt;!channel&gt;', [], undefined],
    ['<@U0ANA00000>', [{ type: 'divider' }], undefined],
    ['ask', [{ type: 'section', text: { type: 'mrkdwn', text: '<!subteam^S0DBA00000>' } }], 'group mention'],
    ['ask', [{ type: 'section', text: { type: 'mrkdwn', text: '<!here>' } }], 'everybody'],
    ['ask', [{ type: 'section', text: { type: 'plain_text', text: '<!here>' } }], undefined],
  ])('%j %j buzz by: %s', async (text, blocks, why) => {
    await client.chat.postMessage({ channel: CARDS, text, blocks });
    expect(slack.as(ANA).notifications()[0]?.why).toBe(why);
  });
});

describe('people and groups', () => {
  it('are told as they stand now', async () => {
    const info = async () => (await client.users.info({ user: ANA })).user;
    expect(await info()).toMatchObject({
      deleted: false,
      is_restricted: false,
      is_email_confirmed: true,
      profile: { email: 'ana@example.com' },
    });
    slack.workspace.setPerson(ANA, { guest: 'single_channel', emailConfirmed: false, teamId: 'T0OTHER000' });
    expect(await info()).toMatchObject({
      is_restricted: true,
      is_ultra_restricted: true,
      is_email_confirmed: false,
      team_id: 'T0OTHER000',
    });
    slack.workspace.setPerson(ANA, { deactivated: true });
    expect(await info()).toMatchObject({ deleted: true });
    expect(await info()).not.toHaveProperty('is_restricted');
    slack.workspace.setScopes(['users:read']);
    expect((await info())?.profile).not.toHaveProperty('email');
    expect(await refusal(client.users.info({ user: 'U0NOBODY00' }))).toMatchObject({
      error: 'user_not_found',
    });
  });

  it('are found by address', async () => {
    const lookup = (email: string) => client.users.lookupByEmail({ email });
    expect((await lookup('Ana@Example.com')).user?.id).toBe(ANA);
    expect(await refusal(lookup('nobody@example.com'))).toMatchObject({ error: 'users_not_found' });
  });

  it('list their members, on a paid plan', async () => {
    const members = () => client.usergroups.users.list({ usergroup: 'S0DBA00000' });
    expect((await members()).users).toEqual([ANA]);
    expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
      { handle: 'dba', users: [ANA] },
    ]);
    slack.workspace.setGroup('S0DBA00000', { members: [] });
    expect((await members()).users).toEqual([]);
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0NONE0000' }))).toMatchObject({
      error: 'no_such_subteam',
    });
    slack.workspace.paidPlan = false;
    expect(await refusal(members())).toMatchObject({ error: 'plan_upgrade_required' });
  });

  it('are in channels, which need scopes of their own', async () => {
    expect(await refusal(client.conversations.info({ channel: CARDS }))).toMatchObject({
      needed: 'channels:read',
    });
    expect(await refusal(client.conversations.open({ users: ANA }))).toMatchObject({ needed: 'im:write' });
    slack.workspace.setScopes(['channels:read', 'im:write']);
    expect((await client.conversations.info({ channel: CARDS })).channel).toMatchObject({ is_member: true });
    expect((await client.conversations.open({ users: ANA })).channel?.id).toMatch(/^D/);
    const first = await client.conversations.members({ channel: CARDS, limit: 1 });
    const cursor = String(first.response_metadata?.next_cursor);
    const second = await client.conversations.members({ channel: CARDS, limit: 1, cursor });
    expect([first.members, second.members]).toEqual([[ANA], [slack.botUserId]]);
    expect(second.response_metadata?.next_cursor).toBe('');
  });
});

describe('views', () => {
  it('need a good trigger', async () => {
    const view = { ...home('x'), type: 'modal' as const, title: { type: 'plain_text' as const, text: 'T' } };
    expect(await refusal(client.views.open({ trigger_id: '1.2.3', view }))).toMatchObject({
      error: 'invalid_trigger_id',
    });
  });

  it('of App Home are published, unless they changed meanwhile', async () => {
    const first = await client.views.publish({ user_id: ANA, view: home('one') });
    const second = await client.views.publish({
      user_id: ANA,
      view: home('two'),
      hash: String(first.view?.hash),
    });
    expect(slack.as(ANA).home()).toMatchObject({ id: first.view?.id, hash: second.view?.hash });
    const stale = client.views.publish({ user_id: ANA, view: home('three'), hash: String(first.view?.hash) });
    expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
  });

  it('that are too large are refused', async () => {
    const blocks = Array.from({ length: 100 }, () => ({
      type: 'section' as const,
      text: { type: 'plain_text' as const, text: 'x'.repeat(2900) },
    }));
    expect(
      await refusal(client.views.publish({ user_id: ANA, view: { type: 'home', blocks } })),
    ).toMatchObject({
      error: 'view_too_large',
    });
  });
});
