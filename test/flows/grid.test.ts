/** A workspace of an Enterprise organization: in each shape that Slack is known to speak of it, the whole story works. */
import { expect, test } from 'vitest';
import type { Grid } from '../../sandbox/slack/world/grid.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, request, told } from '../../sandbox/stage/people.js';
import { obtain } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const stage = await openStage();
const { slack } = stage;

const E = 'E0ACME';
const SHAPES: Readonly<Record<string, Omit<Grid, 'enterpriseId'>>> = {
  plain: {},
  'searches that name the organization': { searchesNameOrganization: true },
  'clicks that name one workspace for everybody': { actionsName: 'T0SISTER' },
  'people without a team': { peopleWithoutTeam: true },
  'forms that name the organization': { viewsOfOrganization: true },
  'an organization for the team': { withoutTeam: true },
  'all of it at once': {
    searchesNameOrganization: true,
    actionsName: 'T0SISTER',
    peopleWithoutTeam: true,
    viewsOfOrganization: true,
    withoutTeam: true,
  },
};
/** Of another workspace of the organization, in a channel that both see, and among the approvers. */
const SISTER = 'U0SISTER';

slack.workspace.grid = { enterpriseId: E };
slack.workspace.addPerson({ id: SISTER, name: 'sister', teamId: 'T0SISTER' });
const members = slack.workspace.group(GROUPS.dba)?.members ?? [];
slack.workspace.setGroup(GROUPS.dba, { members: [...members, SISTER] });
await stage.startHallpass();

test.each(Object.keys(SHAPES))('%s', async (name) => {
  slack.workspace.grid = { enterpriseId: E, ...SHAPES[name] };
  // What was remembered of them is asked again.
  for (const id of [CAST.ana, CAST.cora, SISTER])
    expect(await slack.announce(id)).toMatchObject({ ok: true });

  const { id, note } = await obtain(stage, 'ana', { role: 'orders_read', duration: '1 hour' });
  await click(slack, 'ana', note, 'Relinquish');
  await told(slack, 'ana', id, /Ended: relinquished/);

  const sister = slack.as(SISTER);
  await sister.command('/request');
  await slack.waitFor(() => sister.openedView());
  const [reason] = await sister.options('Postgres instance');
  expect(`${reason?.text.text} ${reason?.description?.text}`).toContain('not in the workspace');
  await sister.closeView();
});

test('who is in another workspace of the organization decides nothing, and reads why', async () => {
  slack.workspace.grid = { enterpriseId: E };
  const id = await request(slack, 'ana', { role: 'orders_read' });
  const waiting = await card(slack, id, /Waiting for approval/);
  const sister = slack.as(SISTER);
  expect(await sister.click(waiting, 'Approve')).toEqual({ outcome: 'ok' });
  const heard = await slack.waitFor(
    () => sister.messages(CHANNELS.access).find(({ ephemeral }) => ephemeral)?.text,
  );
  expect(heard).toContain('not in the workspace that Hallpass works for');
  await card(slack, id, /Waiting for approval/);
});
