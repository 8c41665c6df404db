/** A card that can't be posted: those who wait, those who run Hallpass and those who decide hear of it, and it comes. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  cardNow,
  click,
  clickAndHear,
  deny,
  messagesOf,
  type Name,
  request,
  told,
} from '../../sandbox/stage/people.js';
import { expectReads } from '../support/access.js';
import { checkFinds } from '../support/check-finds.js';
import { buttons, operatorsHear } from '../support/messages.js';
import { metric, readiness, warnings } from '../support/ops-port.js';
import { expectSettled } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage();
const { slack, env, log } = stage;
const { workspace } = slack;
let hallpass = await stage.startHallpass();

/** 15 s are promised; three times that, for a busy machine. */
const SOON_MS = 45_000;
const ASKED = { role: 'orders_read', otherDuration: '15m' } as const;

beforeAll(() => workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.olga] }));

afterEach(async () => {
  slack.faults.clear();
  for (const id of Object.values(CHANNELS)) {
    workspace.setBotIn(id, true);
    workspace.setChannel(id, { archived: false });
  }
  // A test that failed halfway leaves nothing to the next.
  await runSql(
    stage.ledgerUrl,
    "update requests set pending_until = now() where state = 'pending'; update requests set expires_at = now() where state = 'active'",
  );
  await expectSettled(stage);
  await waitFor(async () => (await warnings(env)).length === 0, { what: 'nothing to be wrong any more' });
});

async function within<T>(ms: number, what: string, look: () => T | Promise<T>) {
  return waitFor(look, { what, timeoutMs: ms });
}

const directly = (name: Name, pattern: RegExp): SeenMessage | undefined =>
  messagesOf(slack, name).findLast((message) => pattern.test(all(message)));

test('the bot is not in the channel: all concerned hear why, the approvers decide by direct message, and it heals', async () => {
  workspace.setBotIn(CHANNELS.access, false);
  const began = Date.now();
  const id = await request(slack, 'ana', ASKED);
  const status = await told(
    slack,
    'ana',
    id,
    /can’t be posted.*C0ACCESS.*not in this channel.*\/invite @hallpass/s,
  );
  expect(all(status)).toMatch(/Asked by direct message meanwhile: <@U0CORA>, <@U0OLGA>/);
  await operatorsHear(stage, /can’t post in <#C0ACCESS>.*not in this channel.*\/invite @hallpass/s);
  const asked = await told(slack, 'cora', id, /Waiting for approval/);
  await told(slack, 'olga', id, /Waiting for approval/);
  expect(Date.now() - began).toBeLessThan(SOON_MS);
  expect(buttons(asked)).toEqual(['Approve', 'Deny']);

  expect((await readiness(env)).status).toBe(200);
  expect(await warnings(env)).toEqual([
    expect.stringMatching(/nothing in the channel C0ACCESS.*not in this channel.*\/invite @hallpass/),
  ]);
  expect(await metric(env, 'hallpass_channel_refused{channel="C0ACCESS"}')).toBe(1);
  const { code, troubles } = await checkFinds(stage);
  expect(code).toBe(1);
  expect(troubles).toContainEqual(
    expect.stringMatching(
      /^failure channel: Slack lets Hallpass post nothing in the channel C0ACCESS: .*Messages that wait: 1\.\n.*\/invite @hallpass/,
    ),
  );
  const retries = log.filter((line) => line.includes('a message was not sent'));
  expect(retries.length).toBeGreaterThan(0);
  for (const line of retries) {
    expect(line).toContain(CHANNELS.access);
    expect(line).not.toContain('stack');
  }

  await click(slack, 'cora', asked, 'Approve');
  await told(slack, 'ana', id, /psql/);
  await expectReads(stage, 'ana', 'orders_read');
  await told(slack, 'cora', id, /Granted until/);

  workspace.setBotIn(CHANNELS.access, true);
  const shown = await within(SOON_MS, 'the card', () => card(slack, id, /Granted until/));
  await operatorsHear(stage, /can post in <#C0ACCESS> again/);
  await within(SOON_MS, 'the copy to be a line', () =>
    messagesOf(slack, 'cora').some(({ ts, blocks }) => ts === asked.ts && blocks.length === 1),
  );
  expect(await metric(env, 'hallpass_channel_refused{channel="C0ACCESS"}')).toBeUndefined();
  await click(slack, 'cora', shown, 'End access');
  await told(slack, 'ana', id, /ended by/i);
  expect(slack.problems).toEqual([]);
});

test.each([
  ['is archived', () => workspace.setChannel(CHANNELS.access, { archived: true }), /archived.*Unarchive it/s],
  [
    'does not exist',
    () =>
      slack.faults.order(
        'chat.postMessage',
        { kind: 'error', error: 'channel_not_found' },
        10_000,
        CHANNELS.access,
      ),
    /does not exist, or is private.*Correct the channel id/s,
  ],
] as const)(
  'the channel %s: the requester is told, and waiting cards are posted when it is fixed',
  async (_, shut, why) => {
    shut();
    const ids = [
      await request(slack, 'ana', ASKED),
      await request(slack, 'ben', ASKED),
      await request(slack, 'ana', { role: 'payments_read', otherDuration: '15m' }),
    ];
    for (const [i, id] of ids.entries()) await told(slack, i === 1 ? 'ben' : 'ana', id, why);
    slack.faults.clear();
    workspace.setChannel(CHANNELS.access, { archived: false });
    for (const id of ids) {
      await slack.waitFor(() => card(slack, id, /Can decide: <!subteam/), SOON_MS);
      await told(slack, id === ids[1] ? 'ben' : 'ana', id, /Asked to decide: <!subteam/);
    }
    // Each is decided once, wherever.
    const [first = ''] = ids;
    const stale = await told(slack, 'olga', first, /Waiting/);
    await deny(slack, 'cora', await told(slack, 'cora', first, /Waiting/));
    await card(slack, first, /Denied/);
    expect(await clickAndHear(slack, 'olga', stale, 'Approve')).toMatch(/denied|decided/i);
  },
);

test('the operators’ channel takes nothing: each operator is told by direct message, also of what else they must know', async () => {
  workspace.setBotIn(CHANNELS.operators, false);
  workspace.setBotIn(CHANNELS.access, false);
  const id = await request(slack, 'ana', ASKED);
  const began = Date.now();
  const heard = await within(SOON_MS, 'Olga to hear', () => directly('olga', /can’t post in <#C0ACCESS>/));
  await within(SOON_MS, 'Olga to hear of her channel', () =>
    directly('olga', /can’t post in <#C0OPS>.*direct message/s),
  );
  expect(Date.now() - began).toBeLessThan(SOON_MS);
  workspace.setBotIn(CHANNELS.access, true);
  await within(SOON_MS, 'the card', () => cardNow(slack, id, /Waiting/));
  await within(
    SOON_MS,
    'the same message to say so',
    () => directly('olga', /can post in <#C0ACCESS> again/)?.ts === heard.ts,
  );
});

test('nobody is known who could be told: the log and readyz say so', async () => {
  workspace.setGroup(GROUPS.sre, { members: [] });
  onTestFinished(() => workspace.setGroup(GROUPS.sre, { members: [CAST.olga] }));
  // What was read of the group is remembered for a minute.
  await hallpass.stop();
  hallpass = await stage.startHallpass();
  workspace.setBotIn(CHANNELS.operators, false);
  workspace.setBotIn(CHANNELS.access, false);
  await request(slack, 'ana', ASKED);
  await within(SOON_MS, 'readyz to say so', async () =>
    (await warnings(env)).some((each) => /operators can't be told.*C0OPS.*under operators/.test(each)),
  );
  expect(log.some((line) => line.includes('the operators can not be told'))).toBe(true);
});

test('the id was wrong: what waits goes to the channel that is configured instead', async () => {
  const right = workspace.addChannel({
    id: 'C0RIGHT',
    name: 'right',
    members: [CAST.cora, workspace.botUserId],
  });
  workspace.setBotIn(CHANNELS.access, false);
  const id = await request(slack, 'ana', ASKED);
  await told(slack, 'ana', id, /can’t be posted/);
  const path = env.HALLPASS_CONFIG ?? '';
  const yaml = await readFile(path, 'utf8');
  onTestFinished(async () => {
    await writeFile(path, yaml);
    await hallpass.stop();
    hallpass = await stage.startHallpass();
  });
  await writeFile(path, yaml.replace(`channel: ${CHANNELS.access}`, `channel: ${right.id}`));
  await hallpass.stop();
  hallpass = await stage.startHallpass();
  await within(SOON_MS, 'the card in the right channel', () =>
    slack
      .as(CAST.cora)
      .messages(right.id)
      .some((message) => all(message).includes(`${id} ·`) && /Can decide: <!subteam/.test(all(message))),
  );
  await told(slack, 'ana', id, /Asked to decide: <!subteam/);
  await operatorsHear(stage, /Nothing is waiting for <#C0ACCESS> anymore/);
});
