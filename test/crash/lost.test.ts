/** Killed after a post and before its record: Hallpass finds the message where the app may look, and posts no second. */
import { afterEach, describe, expect, test } from 'vitest';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  deny,
  messagesOf,
  type Name,
  openDenial,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { startSecond, untilPast } from '../support/disturb.js';
import { buttons } from '../support/messages.js';
import { untilAllSent, untilInLedger } from '../support/requests.js';
import { openCrashStage } from './stage.js';

const stage = await openCrashStage('Postgres');
const { slack, pagerduty, arm, untilKilled, untilReached, restart } = stage;
const { workspace } = slack;
const SCOPES = [...workspace.scopes];

afterEach(() => workspace.setScopes(SCOPES));

const about = (name: Name, id: string) =>
  messagesOf(slack, name).filter((message) => all(message).includes(id));
const titles = (name: Name, id: string) =>
  about(name, id).map((message) => message.text.split('\n')[0] ?? '');
const cards = (id: string) =>
  slack
    .as(CAST.cora)
    .messages(CHANNELS.access)
    .filter((message) => !message.ephemeral && all(message).includes(id));

describe('a direct message', () => {
  test('is not sent twice', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '15m' });
    const asked = await card(slack, id, /Waiting/);
    await untilAllSent(stage, id);
    await openDenial(slack, 'cora', asked);
    arm('after-post-before-ts');
    await slack.as(CAST.cora).submit();
    await untilKilled();
    await restart();
    await untilAllSent(stage, id);
    expect(titles('ana', id).filter((title) => title.includes('Denied'))).toHaveLength(2);
    expect(about('ana', id)).toHaveLength(2);
    expect(
      slack
        .as(CAST.ana)
        .notifications()
        .filter(({ text }) => text.includes(`${id} ·`) && text.startsWith('Denied')),
    ).toHaveLength(1);
  });

  test('is brought up to date, also when what it said is over by then', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '5s' });
    const asked = await card(slack, id, /Waiting/);
    await untilAllSent(stage, id);
    arm('after-post-before-ts');
    await click(slack, 'cora', asked, 'Approve');
    await untilKilled();
    await told(slack, 'ana', id, /Granted until/);
    await untilPast((await untilInLedger(stage, id, 'active')).expires_at);
    await restart();
    await untilInLedger(stage, id, 'ended');
    await untilAllSent(stage, id);
    for (const message of about('ana', id)) {
      expect(message.text).toMatch(/Ended: its time was up/);
      expect(['', 'Ask again']).toContain(buttons(message).join());
    }
  });
});

/** The card waits for PagerDuty's answer; by then the requester's message is sent. */
async function postedUnknown(signal: 'SIGKILL' | 'SIGSTOP'): Promise<string> {
  pagerduty.faults.order('*', { kind: 'hang' }, 10);
  const id = await request(slack, 'ana', { role: 'orders_write', otherDuration: '15m' });
  await untilAllSent(stage, id, 'status');
  arm('after-post-before-ts', signal);
  await card(slack, id, /Waiting/);
  return id;
}

describe('a card', () => {
  test('is not posted twice where the app may read the channel', async () => {
    workspace.setScopes([...SCOPES, 'channels:history']);
    const id = await postedUnknown('SIGKILL');
    await untilKilled();
    await restart();
    await untilAllSent(stage, id);
    expect(cards(id)).toHaveLength(1);
    await deny(slack, 'cora', await card(slack, id, /Waiting/));
    expect(buttons(await card(slack, id, /Denied/))).toEqual([]);
  });

  test('posted by a process that then froze: of two copies, the unrecorded one goes', async () => {
    const id = await postedUnknown('SIGSTOP');
    await untilReached();
    await startSecond(stage);
    await slack.waitFor(() => cards(id).length === 2);
    await untilAllSent(stage, id);
    const { pid } = stage.hallpass();
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
    await slack.waitFor(() => cards(id).length === 1);
    await deny(slack, 'cora', await card(slack, id, /Waiting/));
    await card(slack, id, /Denied/);
    expect(cards(id).map(buttons)).toEqual([[]]);
  });
});
