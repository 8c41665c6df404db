/**
 * What an attacker can try from outside. Each attack is refused, changes nothing in the ledger and on the server, and
 * is logged under its name.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, GROUPS } from '../../sandbox/stage/cast.js';
import { card, click, clickAndHear, deny, request, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused } from '../support/access.js';
import { ANA2 } from '../support/fixtures.js';
import { obtain } from '../support/requests.js';
import { by, changed, deliver, lastSent, type Payload, part } from './forge.js';
import { forms } from './forms.js';
import {
  type AttackStage,
  expectLogged,
  expectVain,
  inTheLedger,
  openAttackStage,
  UNFIT,
  withdraw,
} from './stage.js';

const stage = await openAttackStage();

/** Ana's pending request, and the payload of a click on Approve that Slack really sent (Eve's, who may not). */
async function pendingRequest(
  stage: AttackStage,
): Promise<{ id: string; shown: SeenMessage; approve: Payload }> {
  const id = await request(stage.slack, 'ana', { role: 'orders_read' });
  const shown = await card(stage.slack, id, /Waiting/);
  await clickAndHear(stage.slack, 'eve', shown, 'Approve');
  return { id, shown, approve: lastSent(stage, 'block_actions') };
}

describe('a click', () => {
  it('that Slack did not sign, or signed long ago, is turned away', async () => {
    const { id, approve } = await pendingRequest(stage);
    const coras = by(approve, CAST.cora);
    const refused = (signing: Parameters<typeof deliver>[2]) => async () =>
      expect(await deliver(stage, coras, signing)).toMatchObject({ status: 401 });
    await expectVain(stage, 'wrong_signature', refused({ secret: 'not the secret' }));
    await expectVain(stage, 'wrong_signature', refused({ signed: false }));
    await expectVain(stage, 'old_timestamp', refused({ ageS: 301 }));
    await withdraw(stage, id);
  });

  it('for another workspace, organization or app, or by an account that is no member’s, is refused', async () => {
    const { id, approve } = await pendingRequest(stage);
    const coras = by(approve, CAST.cora);
    const attacks: [string, Payload][] = [
      ['foreign_workspace', changed(coras, 'team', 'id', 'T0OTHER')],
      ['foreign_workspace', { ...coras, team: null, enterprise: { id: 'E0OTHER', name: 'Other' } }],
      ['foreign_app', changed(coras, 'api_app_id', 'A0OTHER')],
      // In a channel that is shared with another workspace: what the payload says of theirs decides nothing.
      ['foreign_account', by(approve, UNFIT.foreign, 'T0OTHER')],
      ['foreign_account', by(approve, UNFIT.foreign)],
      // The app would have to be installed there.
      ['foreign_workspace', { ...coras, view: { app_installed_team_id: 'E0OTHER' } }],
      ['guest_account', by(approve, UNFIT.guest)],
      ['deactivated_account', by(approve, UNFIT.deactivated)],
      ['bot_account', by(approve, UNFIT.bot)],
      ['malformed_payload', by(approve, '<!channel>')],
    ];
    for (const [security, payload] of attacks) {
      await expectVain(stage, security, async () =>
        expect(await deliver(stage, payload)).toMatchObject({ status: 200 }),
      );
    }
    await withdraw(stage, id);
  });

  it('by the requester, through a second account, or by who is no approver, decides nothing', async () => {
    const { id, approve } = await pendingRequest(stage);
    for (const [security, user] of [
      ['own_request', CAST.ana],
      ['same_login', ANA2],
      ['not_an_approver', CAST.eve],
    ] as const) {
      await expectVain(stage, security, () => deliver(stage, by(approve, user)));
    }
    const action = part(Array.isArray(approve.actions) ? approve.actions[0] : null);
    const cancel = { ...approve, actions: [{ ...action, action_id: 'request_withdraw' }] };
    await expectVain(stage, 'not_the_requester', () => deliver(stage, by(cancel, ANA2)));
    await withdraw(stage, id);
  });

  it('whose value was changed names no request, or is judged as a click on the one that it names', async () => {
    const { id, approve } = await pendingRequest(stage);
    const action = part(Array.isArray(approve.actions) ? approve.actions[0] : null);
    const withValue = (user: string, value: unknown) =>
      by({ ...approve, actions: [{ ...action, value }] }, user);
    for (const value of [`${id}' or 1=1 --`, `${id} `, 'R-0', 7, `R-${'9'.repeat(400)}`, undefined]) {
      await expectVain(stage, 'malformed_payload', () => deliver(stage, withValue(CAST.cora, value)));
    }
    await expectVain(stage, 'unknown_request', () => deliver(stage, withValue(CAST.cora, 'R-999999999')));
    // Ana may decide Ben's request, and puts the id of her own under that button.
    await expectVain(stage, 'own_request', () => deliver(stage, withValue(CAST.ana, id)));
    const end = { ...action, action_id: 'grant_end', value: 'O-1' };
    await expectVain(stage, 'unknown_request', () =>
      deliver(stage, by({ ...approve, actions: [end] }, CAST.cora)),
    );
    await withdraw(stage, id);
  });

  it('that comes again, byte for byte, has no second effect', async () => {
    const { id, note } = await obtain(stage, 'ana', { role: 'orders_read' });
    const again = async (security = 'replayed_payload') => {
      const before = await inTheLedger(stage);
      const clicked = lastSent(stage, 'block_actions');
      await expectLogged(stage, security, () => deliver(stage, clicked));
      // Whatever it would do is done by the time that the same is refused once more.
      await expectLogged(stage, security, () => deliver(stage, clicked));
      expect(await inTheLedger(stage)).toEqual(before);
    };
    await again();
    await expectReads(stage, 'ana', 'orders_read');
    expect(await granted(stage)).toEqual(['orders_read ana']);
    await click(stage.slack, 'ana', note, 'Relinquish');
    await told(stage.slack, 'ana', id, /Ended: relinquished/);
    await again();
    // The approval, once more, after all is over.
    const approval = stage.slack.deliveries.find(
      ({ payload }) =>
        payload.type === 'block_actions' &&
        JSON.stringify(payload.actions).includes('request_approve') &&
        JSON.stringify(payload.actions).includes(id) &&
        part(payload.user).id === CAST.cora,
    );
    if (approval === undefined) throw new Error('there was no approval');
    await expectVain(stage, 'replayed_payload', () => deliver(stage, approval.payload));
  });

  it('counts the groups as they are: who left decides no more', async () => {
    const { slack } = stage;
    const { id, shown } = await pendingRequest(stage);
    // Slack was asked who is in the group a moment ago; its event makes that be forgotten.
    const members = slack.workspace.group(GROUPS.dba)?.members ?? [];
    slack.workspace.setGroup(GROUPS.dba, { members: members.filter((member) => member !== CAST.cora) });
    expect(await slack.announce(GROUPS.dba)).toMatchObject({ ok: true });
    await expectVain(stage, 'not_an_approver', async () =>
      expect(await clickAndHear(slack, 'cora', shown, 'Approve')).toContain("can't decide"),
    );
    slack.workspace.setGroup(GROUPS.dba, { members });
    await slack.announce(GROUPS.dba);
    await withdraw(stage, id);
  });
});

describe('a form', () => forms(stage));

it('what policy no longer offers is not approved, nor for who may not have it any more', async () => {
  const { slack } = stage;
  const [gone, changedLogin] = [
    await request(slack, 'ana', { role: 'passing_read' }),
    await request(slack, 'ben', { role: 'orders_read' }),
  ];
  const [passing, bens] = [await card(slack, gone, /Waiting/), await card(slack, changedLogin, /Waiting/)];
  const path = stage.env.HALLPASS_CONFIG ?? '';
  const yaml = await readFile(path, 'utf8');
  await writeFile(`${path}.changed`, yaml.replace('      passing_read: read\n', ''));
  await stage.stop();
  await stage.start({ HALLPASS_CONFIG: `${path}.changed` });

  await expectVain(stage, 'role_not_offered', async () =>
    expect(await clickAndHear(slack, 'cora', passing, 'Approve')).toContain('no longer offered on `shop`'),
  );
  slack.workspace.setPerson(CAST.ben, { guest: 'multi_channel' });
  await expectVain(stage, 'login_changed', async () =>
    expect(await clickAndHear(slack, 'cora', bens, 'Approve')).toContain("can't use anymore"),
  );
  slack.workspace.setPerson(CAST.ben, { guest: 'no' });
  await slack.announce(CAST.ben);
  await deny(slack, 'cora', passing);
  await deny(slack, 'cora', bens);
  await card(slack, gone, /Denied/);
  await card(slack, changedLogin, /Denied/);
  expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
});
