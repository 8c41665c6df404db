/** Attacks by the form: changed, somebody else's, sent twice, or asking for what is not offered. */
import { expect, it } from 'vitest';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { card, deny, fillForm, request, submitRequest } from '../../sandbox/stage/people.js';
import { ANA2 } from '../support/fixtures.js';
import { by, changed, deliver, lastSent, type Payload, part } from './forge.js';
import {
  type AttackStage,
  expectLogged,
  expectVain,
  IMPOSTOR,
  inTheLedger,
  MALLORY,
  withdraw,
} from './stage.js';

export function forms(stage: AttackStage): void {
  const send = async (stage: AttackStage, payload: Payload) => (await deliver(stage, payload)).body;

  it('that was changed, or that somebody else sends, makes no request', async () => {
    const { slack } = stage;
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const sent = lastSent(stage, 'view_submission');
    const kept = String(part(sent.view).private_metadata);
    expect(kept).toContain('"target":"shop"');
    for (const payload of [
      changed(sent, 'view', 'private_metadata', kept.replace(/C0[A-Z0-9]+/, CHANNELS.access)),
      changed(sent, 'view', 'private_metadata', kept.slice(kept.indexOf('{'))),
      changed(sent, 'view', 'private_metadata', ''),
      by(sent, CAST.ben),
      by(sent, ANA2),
    ]) {
      await expectVain(stage, 'altered_form', async () =>
        expect(await send(stage, payload)).toContain('This form is not yours'),
      );
    }
    // Ben's own form, under the id of Ana's.
    await fillForm(slack, 'ben', { role: 'orders_read', reason: '' });
    await slack.as(CAST.ben).options('Role');
    const bens = lastSent(stage, 'block_suggestion');
    const stolen = {
      ...sent,
      user: bens.user,
      view: { ...part(sent.view), private_metadata: part(bens.view).private_metadata },
    };
    await expectVain(stage, 'form_of_another', async () =>
      expect(await send(stage, stolen)).toContain('This form is not yours'),
    );
    await slack.as(CAST.ben).closeView();

    // The same form once more is the same request, whatever Slack calls the blocks that nothing is typed into.
    const before = await inTheLedger(stage);
    const blocks = Array.isArray(part(sent.view).blocks) ? part(sent.view).blocks : [];
    const nameless = changed(sent, 'view', 'blocks', [...(blocks as Payload[]), { type: 'divider' }]);
    expect(await expectLogged(stage, 'replayed_payload', () => send(stage, nameless))).toBe('');
    expect(await expectLogged(stage, 'replayed_payload', () => send(stage, sent))).toBe('');
    expect(await inTheLedger(stage)).toEqual(before);
    await withdraw(stage, id);
  });

  it('that asks why denies nothing once it was changed, or when somebody else sends it', async () => {
    const { slack } = stage;
    const [id, other] = [
      await request(slack, 'ana', { role: 'orders_read' }),
      await request(slack, 'ana', { role: 'payments_read' }),
    ];
    await deny(slack, 'cora', await card(slack, id, /Waiting/), 'there is a report of it');
    await card(slack, id, /Denied/);
    const sent = lastSent(stage, 'view_submission');
    const kept = String(part(sent.view).private_metadata);
    for (const payload of [
      changed(sent, 'view', 'private_metadata', kept.replace(id, other)),
      changed(sent, 'view', 'private_metadata', kept.slice(kept.indexOf('{')).replace(id, other)),
      by(sent, CAST.ben),
    ]) {
      await expectVain(stage, 'altered_form', async () =>
        expect(await send(stage, payload)).toContain('This form is not yours'),
      );
    }
    // Once more it is the same denial; with another reason, it comes too late.
    expect(await expectLogged(stage, 'replayed_payload', () => send(stage, sent))).toBe('');
    const reason = { reason: { reason: { type: 'plain_text_input', value: 'another' } } };
    expect(await send(stage, changed(sent, 'view', 'state', 'values', reason))).toContain(
      'already denied by you',
    );
    await withdraw(stage, other);
  });

  it('asks for nothing but what is offered to this person, there, by their own login', async () => {
    const { slack } = stage;
    const id = await request(slack, 'ana', { role: 'orders_read' });
    const sent = changed(lastSent(stage, 'view_submission'), 'view', 'id', 'V0ANOTHER');
    const values = part(part(part(sent.view).state).values);
    const choosing = (role: string): Payload => {
      const option = { text: { type: 'plain_text', text: role }, value: role };
      const hour = { type: 'static_select', selected_option: { ...option, value: '1h' } };
      const chosen = {
        'role:shop': { role: { type: 'external_select', selected_option: option } },
        [`duration:${role}`]: { duration: hour },
      };
      return changed(sent, 'view', 'state', 'values', { ...values, ...chosen });
    };
    for (const role of ['postgres', 'ORDERS_READ', 'orders_read; drop role ana']) {
      await expectVain(stage, 'role_not_offered', async () =>
        expect(await send(stage, choosing(role))).toContain('isn’t a role you can request'),
      );
    }
    await expectVain(stage, 'wrong_channel', async () =>
      expect(await send(stage, choosing('here_read'))).toContain('can’t be requested'),
    );
    await expectVain(stage, 'malformed_payload', async () =>
      expect(JSON.parse(await send(stage, choosing('x'.repeat(3_000))))).toEqual({
        response_action: 'errors',
        errors: { target: expect.stringContaining("can't read what Slack sent") },
      }),
    );
    // So little of it can be read that nobody knows which fields it has.
    await expectVain(stage, 'malformed_payload', async () =>
      expect(JSON.parse(await send(stage, by(changed(sent, 'view', 'blocks', 7), '<!channel>')))).toEqual({
        response_action: 'errors',
        errors: { target: expect.stringContaining("can't read what Slack sent") },
      }),
    );
    const long = { reason: { reason: { type: 'plain_text_input', value: 'x'.repeat(501) } } };
    expect(await send(stage, changed(sent, 'view', 'state', 'values', { ...values, ...long }))).toContain(
      'may have 500 characters',
    );
    await withdraw(stage, id);

    for (const [userId, says] of [
      [MALLORY, 'not in a domain'],
      [IMPOSTOR, 'somebody else'],
    ] as const) {
      const person = slack.as(userId);
      await person.command('/request', 'shop orders_read');
      await slack.waitFor(() => person.openedView());
      await person.fill('Reason', 'why');
      await expectVain(stage, 'no_login', async () =>
        expect(await person.submit()).toMatchObject({ errors: { target: expect.stringContaining(says) } }),
      );
    }
  });

  it('is opened once by one command', async () => {
    const { slack } = stage;
    await slack.as(CAST.ben).command('/request');
    const opened = await slack.waitFor(() => slack.as(CAST.ben).openedView()?.id);
    await expectLogged(stage, 'replayed_payload', () => deliver(stage, lastSent(stage, '/request')));
    await slack.waitFor(() =>
      slack.log.some(({ answer }) => JSON.stringify(answer).includes('exchanged_trigger_id')),
    );
    expect(slack.as(CAST.ben).openedView()?.id).toBe(opened);
    await slack.as(CAST.ben).closeView();
  });

  it('is refused beyond the limit of requests that wait, in words', async () => {
    const { slack } = stage;
    const ids = [];
    for (const role of ['orders_read', 'orders_write', 'payments_read'])
      ids.push(await request(slack, 'ana', { role }));
    await expectVain(stage, 'too_many_pending', async () =>
      expect(await submitRequest(slack, 'ana', { role: 'passing_read' })).toEqual({
        target: expect.stringMatching(
          /^You already have 3 requests waiting, which is the limit\. Cancel one/,
        ),
      }),
    );
    for (const id of ids) await withdraw(stage, id);
  });
}
