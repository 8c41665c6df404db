import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Slack, startSlack } from '../index.js';
import { type Running, startApp } from '../testing/bolt-app.js';
import { CARDS, requestApp } from '../testing/request-app.js';

let slack: Slack;
let running: Running;

beforeEach(async () => {
  slack = await startSlack();
  running = await startApp(slack, 'socket', requestApp);
});
afterEach(async () => {
  await running.stop();
  await slack.close();
});

async function post(verb: string, body: object) {
  const response = await fetch(`${slack.url}/control/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function get(path: string) {
  return (await fetch(`${slack.url}/control/${path}`)).json();
}

it('does over HTTP all that a test can do', async () => {
  await post('add-person', { id: 'U0ANA00000', name: 'ana' });
  await post('add-person', { id: 'U0BO000000', name: 'bo' });
  const members = ['U0ANA00000', 'U0BO000000', slack.botUserId];
  await post('add-channel', { id: CARDS, name: 'cards', members });
  const ana = { user: 'U0ANA00000' };
  expect(await post('command', { ...ana, name: '/request' })).toEqual({
    status: 200,
    body: { outcome: 'ok', response: null },
  });
  await slack.waitFor(() => slack.as('U0ANA00000').openedView());
  expect((await post('options', { ...ana, element: 'role', query: 'pay' })).body).toMatchObject([
    { value: 'pay_read' },
  ]);
  await post('choose', { ...ana, element: 'role', wanted: 'pay_read' });
  await post('choose', { ...ana, element: 'duration', wanted: '1 hour' });
  await post('fill', { ...ana, element: 'reason', text: 'Ticket 812' });
  expect(await get('screen?user=U0ANA00000')).toMatchObject({ view: { title: 'Request access' } });
  expect((await post('submit', ana)).body).toEqual({ outcome: 'closed' });
  const card = await slack.waitFor(() => slack.as('U0BO000000').messages(CARDS)[0]);
  const at = { user: 'U0BO000000', channel: CARDS, ts: card.ts };
  const menu = { ...at, element: 'approve_for', wanted: 'Approve for 15m' };
  expect((await post('choose-message', menu)).body).toEqual({ outcome: 'ok' });
  await slack.waitFor(() => slack.as('U0BO000000').messages(CARDS)[1]);
  const click = { ...at, button: 'Approve' };
  expect((await post('click-message', click)).body).toEqual({ outcome: 'ok' });
  await slack.waitFor(() => slack.as('U0BO000000').messages(CARDS)[0]?.edited);
  // The app has taken the button away; someone who still saw it can click it all the same.
  expect((await post('click-message', click)).status).toBe(400);
  expect((await post('click-message', { ...click, seen: card.blocks })).body).toEqual({ outcome: 'ok' });
  expect(await get('screen?user=U0BO000000')).toMatchObject({
    messages: { [CARDS]: [{ text: 'Approved.' }, { text: 'For 15m.', ephemeral: true }] },
  });
  expect(await get('state')).toMatchObject({
    connections: 1,
    problems: [],
    app: { botToken: slack.botToken },
  });
});

it('replies in threads', async () => {
  await post('add-person', { id: 'U0ANA00000', name: 'ana' });
  const ana = { user: 'U0ANA00000', where: 'general' };
  await post('say', { ...ana, text: 'permission denied' });
  const ts = slack.as(ana.user).messages(ana.where)[0]?.ts;
  expect((await post('say', { ...ana, text: 'Seen.', thread: ts })).body).toMatchObject({ threadTs: ts });
  expect(await post('say', { ...ana, text: 'Seen.', thread: '1.000000' })).toMatchObject({ status: 400 });
});

it('says what is impossible', async () => {
  expect(await post('shout', {})).toMatchObject({ status: 404 });
  expect(await post('command', { user: 'U0NOBODY00', name: '/request' })).toMatchObject({ status: 400 });
  expect(await post('set-person', { id: 'U0NOBODY00', deactivated: true })).toMatchObject({ status: 400 });
  expect((await post('limit-posts', { perSecond: 'many' })).body).toEqual({
    error: 'must provide a number [json-pointer:/perSecond]',
  });
});

it('tells of changes as they happen', async () => {
  const response = await fetch(`${slack.url}/control/changes`);
  const lines = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  slack.workspace.addPerson({ id: 'U0ANA00000', name: 'ana' });
  let text = '';
  while (!text.includes('"kind":"workspace"')) text += (await lines?.read())?.value ?? '';
  expect(text).toContain('data: {"n":');
  await lines?.cancel();
});
