/** Nobody can decide: who waits reads it at once and why, operators are told once; and who decides may change meanwhile. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { all, card, click, clickAndHear, deny, request, told } from '../../sandbox/stage/people.js';
import { metric, warnings } from '../support/ops-port.js';
import { untilAllEnded, untilAllSent } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage({
  ledgerApart: false,
  configure: (yaml) =>
    yaml
      .replace('orders_read: {', `orders_read: { approvers: [${CAST.cora}],`)
      .replace('orders_write: {', `orders_write: { approvers: [${CAST.ana}],`),
});
const { slack, env } = stage;
const { workspace } = slack;
let hallpass = await stage.startHallpass();

/** What is remembered of groups and people is forgotten. */
async function restart(): Promise<void> {
  await hallpass.stop();
  hallpass = await stage.startHallpass();
}

afterEach(async () => {
  slack.faults.clear();
  workspace.paidPlan = true;
  workspace.setGroup(GROUPS.dba, { members: [CAST.cora], disabled: false });
  workspace.setPerson(CAST.cora, { deactivated: false });
  workspace.setScopes(SCOPES);
  await runSql(stage.ledgerUrl, "update requests set pending_until = now() where state = 'pending'");
  await untilAllEnded(stage);
  await untilAllSent(stage);
});

const SCOPES = [...workspace.scopes];
const DBA = { role: 'payments_read', otherDuration: '15m' } as const;
const heard = (pattern: RegExp) =>
  slack
    .as(CAST.olga)
    .messages(CHANNELS.operators)
    .filter((message) => pattern.test(all(message)));

const BROKEN = [
  ['is empty', () => workspace.setGroup(GROUPS.dba, { members: [] }), /S0DBA.*has no members/],
  [
    'is disabled',
    () => workspace.setGroup(GROUPS.dba, { disabled: true }),
    /S0DBA.*does not exist in Slack, or is disabled/,
  ],
  [
    'can’t be read on this plan',
    () => {
      workspace.paidPlan = false;
    },
    /Slack tells who is in .*S0DBA.* only on a paid plan/,
  ],
  [
    'can’t be read without a scope',
    () => workspace.setScopes(SCOPES.filter((scope) => scope !== 'usergroups:read')),
    /can’t read who is in .*S0DBA.*`usergroups:read`/,
  ],
  [
    'has nobody who is still there',
    () => workspace.setPerson(CAST.cora, { deactivated: true }),
    /everybody in .*S0DBA.* has left/,
  ],
  [
    'has nobody but the requester',
    () => workspace.setGroup(GROUPS.dba, { members: [CAST.ana] }),
    /only you are in .*S0DBA/,
  ],
] as const;

test.each(BROKEN)('the group of its approvers %s', async (_, broken, why) => {
  broken();
  await restart();
  const before = heard(/Nobody can decide/).length;
  const id = await request(slack, 'ana', DBA);
  const status = await told(slack, 'ana', id, /Nobody can decide this now/);
  expect(all(status)).toMatch(why);
  await card(slack, id, /Nobody can decide this now/, 'eve');
  await slack.waitFor(() => heard(/Nobody can decide/).length > before);
  expect(await metric(env, 'hallpass_undecidable_requests')).toBe(1);
  expect(await warnings(env)).toEqual([expect.stringMatching(/nobody can decide: 1/)]);
  // Once for all that wait for the same.
  await click(slack, 'ana', status, 'Cancel request');
  await told(slack, 'ana', id, /Canceled/);
  const again = await request(slack, 'ana', DBA);
  await told(slack, 'ana', again, /Nobody can decide this now/);
  expect(heard(/Nobody can decide/)).toHaveLength(before + 1);
});

test('people who are named: the one approver asks themselves; left; and it goes on when that is put right', async () => {
  const own = await request(slack, 'ana', { role: 'orders_write', otherDuration: '15m' });
  expect(all(await told(slack, 'ana', own, /Nobody can decide this now/))).toMatch(
    /you asked for it, and nobody decides on their own request/,
  );
  workspace.setPerson(CAST.cora, { deactivated: true });
  await restart();
  const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '15m' });
  expect(all(await told(slack, 'ana', id, /Nobody can decide this now/))).toMatch(/<@U0CORA> has left/);
  workspace.setPerson(CAST.cora, { deactivated: false });
  await restart();
  const healed = await slack.waitFor(() => {
    const now = slack
      .as(CAST.ana)
      .messages('dm')
      .findLast((message) => all(message).includes(`${id} ·`));
    return now !== undefined && !/Nobody can decide/.test(all(now)) && now;
  }, 20_000);
  expect(all(healed)).toMatch(/Asked to decide: <@U0CORA>/);
});

test('Slack does not answer: that is nobody’s fault, and no false alarm', async () => {
  slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 10_000);
  await restart();
  const id = await request(slack, 'ana', DBA);
  await card(slack, id, /Can decide: <!subteam\^S0DBA>/);
  await restart();
  await untilAllSent(stage);
  expect(all(await told(slack, 'ana', id, /Waiting/))).not.toMatch(/Nobody can decide/);
});

test('approvers: changes while a request waits: its card says who decides now, and they are called', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', otherDuration: '15m' });
  const asked = await card(slack, id, /Can decide: <@U0CORA>/);
  await untilAllSent(stage);
  const path = env.HALLPASS_CONFIG ?? '';
  const yaml = await readFile(path, 'utf8');
  onTestFinished(() => writeFile(path, yaml));
  await writeFile(path, yaml.replace(`approvers: [${CAST.cora}]`, `approvers: [${CAST.eve}]`));
  await restart();
  await card(slack, id, /Can decide: <@U0EVE>/);
  await told(slack, 'ana', id, /Asked to decide: <@U0EVE>/);
  const call = await slack.waitFor(() =>
    slack
      .as(CAST.eve)
      .notifications()
      .find(({ text }) => text.includes(`decides ${id} has changed`)),
  );
  expect(call).toMatchObject({ channel: CHANNELS.access, why: 'mention' });
  expect(await clickAndHear(slack, 'cora', asked, 'Approve')).toMatch(/can't decide.*<@U0EVE>/);
  await deny(slack, 'eve', asked);
  await card(slack, id, /Denied by <@U0EVE>/);
  expect(slack.problems).toEqual([]);
});
