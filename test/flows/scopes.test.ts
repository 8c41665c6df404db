/** A scope that the app lacks is named, with the page to add it; and nobody is told to wait where waiting doesn't help. */
import { afterEach, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import { all, card, clickAndHear, deny, request, submitRequest, told } from '../../sandbox/stage/people.js';
import { operatorsHear } from '../support/messages.js';
import { warnings } from '../support/ops-port.js';
import { untilAllEnded } from '../support/requests.js';
import { openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const stage = await openStage({
  ledgerApart: false,
  configure: (yaml) =>
    yaml
      .replace('payments_read: {', `payments_read: { requesters: [dba],`)
      .replace('defaults:\n', 'defaults:\n  email_pattern: "{local}"\n  email_domains: [example.com]\n'),
});
const { slack } = stage;
const { workspace } = slack;
const SCOPES = [...workspace.scopes];
let hallpass = await stage.startHallpass();

const PAGE = `https://api.slack.com/apps/${slack.appId}/oauth`;

afterEach(async () => {
  workspace.setScopes(SCOPES);
  workspace.setGroup(GROUPS.dba, { members: [CAST.cora] });
  await runSql(stage.ledgerUrl, "update requests set pending_until = now() where state = 'pending'");
  await untilAllEnded(stage);
  await waitFor(async () => (await warnings(stage.env)).length === 0, {
    what: 'nothing to be wrong any more',
  });
});

/** A process that has read nothing yet, and may not. */
async function without(scope: string): Promise<void> {
  await hallpass.stop();
  workspace.setScopes(SCOPES.filter((each) => each !== scope));
  hallpass = await stage.startHallpass();
}

const asked = () => runSql(stage.ledgerUrl, 'select from requests');

test('chat:write: the request is refused in the form, and the form says why', async () => {
  await without('chat:write');
  const before = (await asked()).length;
  const errors = await submitRequest(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const said = Object.values(errors ?? {}).join();
  expect(said).toMatch(
    /approvers wouldn’t hear of your request\. Nothing was requested\. .*lacks the scope chat:write/,
  );
  expect(said).toContain(PAGE);
  expect(said).not.toContain('minute');
  expect((await asked()).length).toBe(before);
});

test('usergroups:read: who asks, who decides and who runs Hallpass read which scope, and where to add it', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const shown = await card(slack, id, /Waiting/);
  await without('usergroups:read');
  const heard = await clickAndHear(slack, 'cora', shown, 'Approve');
  expect(heard).toMatch(
    /Slack did not say who is in <!subteam\^S0DBA>.*Nothing was changed\. .*lacks the scope usergroups:read/,
  );
  expect(heard).toContain(PAGE);
  expect(heard).not.toContain('in a minute');
  const ben = slack.as(CAST.ben);
  await ben.command('/request');
  await slack.waitFor(() => ben.openedView());
  await ben.choose('Postgres instance', 'shop');
  const form = await slack.waitFor(() => {
    const shown = wordsOf(ben.openedView()?.blocks ?? []);
    return /did not say/.test(shown) && shown;
  });
  expect(form).toMatch(/who is in “dba”\. Roles that may be for you are not listed\. .*usergroups:read/);
  expect(form).toContain(PAGE);
  await ben.closeView();
  expect(all(await told(slack, 'ana', id, /Nobody can decide/))).toContain(PAGE);
  expect(all(await operatorsHear(stage, /Nobody can decide/))).toContain(PAGE);
  workspace.setScopes(SCOPES);
  await deny(slack, 'cora', shown);
  await card(slack, id, /Denied/);
});

test('users:read: who clicks reads it', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const shown = await card(slack, id, /Waiting/);
  // Which app it is was read before; of Eve nothing was.
  workspace.setScopes(SCOPES.filter((scope) => scope !== 'users:read'));
  const heard = await clickAndHear(slack, 'eve', shown, 'Approve');
  expect(heard).toMatch(/who you are\. Nothing was changed\. .*lacks the scope users:read/);
  expect(heard).toContain(PAGE);
});

test('users:read.email: whose login follows from their address reads that it can’t be read', async () => {
  await without('users:read.email');
  const eve = slack.as(CAST.eve);
  await eve.command('/request');
  const opened = await slack.waitFor(() => eve.openedView());
  const form = wordsOf(opened.blocks);
  expect(form).toMatch(/login follows from your e-mail address\. .*lacks the scope users:read\.email/);
  expect(form).toContain(PAGE);
  expect(form).not.toContain('confirmed');
  await eve.closeView();
});

test('Slack does not answer: a minute helps, and that is what is said', async () => {
  const id = await request(slack, 'ana', { role: 'orders_read', duration: '15 minutes' });
  const shown = await card(slack, id, /Waiting/);
  await hallpass.stop();
  slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
  hallpass = await stage.startHallpass();
  expect(await clickAndHear(slack, 'cora', shown, 'Approve')).toMatch(
    /Nothing was changed; try again in a minute/,
  );
  slack.faults.clear();
});
