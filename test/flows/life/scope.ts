/** What is offered: roles that were found on the server, and each role to those it is for, where it is for. */

import { expect, it, onTestFinished } from 'vitest';
import { HALLPASS } from '../../../sandbox/postgres/samples.js';
import { wordsOf } from '../../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  clickAndHear,
  deny,
  type Name,
  request,
  told,
} from '../../../sandbox/stage/people.js';
import { createGrantable } from '../../support/access.js';
import { approved } from '../../support/requests.js';
import { waitFor } from '../../support/wait-for.js';
import { DESK, type LifeStage, membersOf } from './stage.js';

/** Within a minute, and at once when somebody looks; milliseconds. */
const MINUTE_MS = 60_000;

export function scope(stage: LifeStage): void {
  const { slack } = stage;

  it('a role that is made later is found, offered, granted and revoked', async () => {
    await makeRole(stage, 'found_orders', `Read orders <!channel> *now*\n${'x'.repeat(10_000)}`);
    await untilOffered(stage, 'found_orders', true);
    const [option] = await slack.as(CAST.ana).options('Role', 'found');
    expect(option).toMatchObject({
      value: 'found_orders',
      description: {
        type: 'plain_text',
        text: expect.stringMatching(/^Read orders <!channel> \*now\* x+…$/),
      },
    });

    // It matches too, but what is listed is for Ben alone.
    expect(await roleNames(stage, 'ana')).not.toContain('found_listed');
    await typed(stage, 'ben', 'shop');
    const [listed] = await slack.as(CAST.ben).options('Role', 'found_listed');
    expect(listed).toMatchObject({ value: 'found_listed', description: { text: 'As it is listed' } });

    const id = await approved(stage, 'ana', { role: 'found_orders', duration: '1 hour' });
    const note = await told(slack, 'ana', id, /psql/);
    const shown = all(await card(slack, id, /Granted until/));
    expect(shown).toContain('What it is for: Read orders &lt;!channel&gt; ∗now∗ xxx');
    expect(shown.length).toBeLessThan(3_000);
    expect(await stage.sqlAs('ana', 'select id from orders.orders limit 1')).toHaveLength(1);
    expect(await membersOf(stage, 'found_orders')).toEqual([`ana by ${HALLPASS}`]);
    await click(slack, 'ana', note, 'Relinquish');
    await told(slack, 'ana', id, /Ended: relinquished by you/);
    expect(await membersOf(stage, 'found_orders')).toEqual([]);
  });

  it('a role that is no longer offered can be denied, not approved', async () => {
    await makeRole(stage, 'found_brief', '');
    await untilOffered(stage, 'found_brief', true);
    const id = await request(slack, 'ana', { role: 'found_brief', duration: '15 minutes' });
    const pending = await card(slack, id, /Waiting/);
    await stage.server.query('alter role found_brief createrole');
    await untilOffered(stage, 'found_brief', false);
    expect(await clickAndHear(slack, 'cora', pending, 'Approve')).toContain('is no longer offered on `shop`');
    await deny(slack, 'cora', pending);
    await told(slack, 'ana', id, /Denied/);
  });

  it('a role for a group is offered to that group alone, and to no one while Slack can’t say who is in it', async () => {
    // Nothing of the group is remembered.
    await stage.stop();
    await stage.start();
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    expect(await typed(stage, 'ben', 'shop desk_read a call')).toMatchObject({
      role: undefined,
      words: expect.stringMatching(
        /Slack did not say who is in “desk”[\s\S]*Nothing was requested; try again/,
      ),
    });
    expect(await roleNames(stage, 'ben')).not.toContain('desk_read');

    slack.faults.clear();
    const asked = await typed(stage, 'ben', 'shop desk_read a call');
    expect(asked.role).toBe('desk_read');
    expect(await roleNames(stage, 'ben')).toContain('desk_read');
    const refused = await typed(stage, 'ana', 'shop desk_read a call');
    expect(refused).toMatchObject({
      role: undefined,
      words: expect.stringMatching(/Only “desk” can request “desk_read”[\s\S]*contact a Hallpass operator/),
    });
    expect(await roleNames(stage, 'ana')).not.toContain('desk_read');

    const id = await request(slack, 'ben', { role: 'desk_read' });
    await click(slack, 'ben', await told(slack, 'ben', id, /Waiting/), 'Cancel request');
    await told(slack, 'ben', id, /Canceled/);

    // He opens the form, and leaves the group before he sends it.
    await typed(stage, 'ben', 'shop desk_read a call');
    await stage.stop();
    slack.workspace.setGroup(DESK, { members: [] });
    await stage.start();
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' });
    const send = async () => {
      const sent = await slack.as(CAST.ben).submit();
      return sent.outcome === 'errors' ? sent.errors : sent;
    };
    expect(await send()).toEqual({
      'role:shop': expect.stringContaining('Slack did not say who is in “desk”'),
    });
    expect(await send()).toEqual({ 'role:shop': expect.stringContaining('Only “desk” can request') });
    await slack.as(CAST.ben).closeView();
    slack.workspace.setGroup(DESK, { members: [CAST.ben] });
  });

  it('a form that was opened while its role was offered is refused when it is sent', async () => {
    await makeRole(stage, 'found_late', '');
    await untilOffered(stage, 'found_late', true);
    expect((await typed(stage, 'ana', 'shop found_late why')).role).toBe('found_late');
    await dropRole(stage, 'found_late');
    await untilOffered(stage, 'found_late', false, 'ben');
    const sent = await slack.as(CAST.ana).submit();
    expect(sent).toMatchObject({
      errors: { 'role:shop': expect.stringContaining('“found_late” isn’t a role you can request') },
    });
    await slack.as(CAST.ana).closeView();
  });

  it('a role for one channel is offered where the command was typed there, and nowhere else', async () => {
    const hint = `More roles are available if you type the command in <#${CHANNELS.access}>.`;
    for (const where of [undefined, 'dm']) {
      const elsewhere = await typed(stage, 'ben', 'shop here_read why', where);
      expect(elsewhere.role).toBeUndefined();
      expect(elsewhere.words).toContain(`“here_read” can’t be requested from here.`);
      expect(elsewhere.words).toContain(hint);
      expect(await roleNames(stage, 'ben')).not.toContain('here_read');
    }
    // What the form was opened for stays with it, whatever is chosen.
    const ben = slack.as(CAST.ben);
    await typed(stage, 'ben', '', CHANNELS.access);
    await choose(stage, 'ben', 'Postgres instance', 'shop', 'role:shop');
    expect(wordsOf(ben.openedView()?.blocks ?? [])).not.toContain('More roles are available');
    await choose(stage, 'ben', 'Role', 'here_read', 'duration:here_read');
    await ben.fill('Reason', 'ticket 812');
    expect(await ben.submit()).toEqual({ outcome: 'closed' });
    const pending = await slack.waitFor(() =>
      ben
        .messages('dm')
        .findLast((message) => /here_read[\s\S]*Waiting|Waiting[\s\S]*here_read/.test(all(message))),
    );
    await click(slack, 'ben', pending, 'Cancel request');
    // Who may not ask for it is not told where others do.
    expect((await typed(stage, 'ana', 'shop')).words).not.toContain('More roles are available');
  });
}

/** A role that Hallpass may grant, and that reads orders; gone when the test ends. */
async function makeRole(stage: LifeStage, role: string, comment: string): Promise<void> {
  await createGrantable(stage.server, role);
  onTestFinished(async () => {
    const left = await stage.server.query('select from pg_roles where rolname = $1', [role]);
    if (left.length > 0) await dropRole(stage, role);
  });
  await stage.server.query(`comment on role ${role} is '${comment}'`);
  await stage.server.query(`grant usage on schema orders to ${role}`, [], 'shop');
  await stage.server.query(`grant select on orders.orders to ${role}`, [], 'shop');
}

async function dropRole(stage: LifeStage, role: string): Promise<void> {
  await stage.server.query(`drop owned by ${role}`, [], 'shop');
  await stage.server.query(`drop role ${role}`);
}

/** Types the command with something after it. @returns the role that the form opens with, and all that it says */
async function typed({ slack }: LifeStage, name: Name, text: string, where?: string) {
  const person = slack.as(CAST[name]);
  const before = person.openedView()?.id;
  expect(await person.command('/request', text, where)).toMatchObject({ outcome: 'ok' });
  const view = await slack.waitFor(() => {
    const open = person.openedView();
    return open?.id !== before && open;
  });
  const chosen = view.values['role:shop']?.role;
  const role = chosen && 'selected_option' in chosen ? chosen.selected_option?.value : undefined;
  return { role, words: wordsOf(view.blocks) };
}

/** What the open form offers. */
async function roleNames({ slack }: LifeStage, name: Name): Promise<readonly (string | undefined)[]> {
  return (await slack.as(CAST[name]).options('Role')).map(({ value }) => value);
}

async function untilOffered(
  stage: LifeStage,
  role: string,
  offered: boolean,
  name: Name = 'ana',
): Promise<void> {
  await typed(stage, name, 'shop');
  await waitFor(async () => (await roleNames(stage, name)).includes(role) === offered, {
    what: `${role} to be ${offered ? 'offered' : 'offered no more'}`,
    timeoutMs: MINUTE_MS,
  });
}

async function choose({ slack }: LifeStage, name: Name, element: string, value: string, block: string) {
  const person = slack.as(CAST[name]);
  expect(await person.choose(element, value)).toEqual({ outcome: 'ok' });
  await slack.waitFor(() => person.openedView()?.blocks.some(({ block_id }) => block_id === block));
}
