/** What a policy asks of a reason: said in the form, checked when it is sent, linked on the card. */
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CAST } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  click,
  deny,
  fillForm,
  request,
  submitRequest,
  told,
} from '../../sandbox/stage/people.js';
import { operatorsHear } from '../support/messages.js';
import { KINDS, openStage } from '../support/stage.js';

const TICKET =
  'reason: { pattern: "[A-Z]+-\\\\d+", hint: "The ticket, like OPS-123", link: "https://tickets.example.com/browse/{0}" }';

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({
    transport,
    backend,
    ledgerApart: false,
    configure: (yaml) => yaml.replace('orders_read: {', `orders_read: { ${TICKET},`),
  });
  const { slack } = stage;
  const hallpass = await stage.startHallpass();

  test('the form says what it asks for, refuses what lacks it, and the card links it', async () => {
    await fillForm(slack, 'ana', { role: 'orders_read' });
    const view = slack.as(CAST.ana).openedView();
    expect(JSON.stringify(view)).toContain('The ticket, like OPS-123. Approvers see it');
    await slack.as(CAST.ana).closeView();

    const wish = { role: 'orders_read', duration: '15 minutes' };
    expect(await submitRequest(slack, 'ana', { ...wish, reason: 'orders hang <!channel>' })).toEqual({
      reason: 'Add this to the reason: The ticket, like OPS-123.',
    });
    expect(await submitRequest(slack, 'ana', { ...wish, reason: `${'a'.repeat(499)}!` })).toEqual({
      reason: 'Add this to the reason: The ticket, like OPS-123.',
    });

    const id = await request(slack, 'ana', { ...wish, reason: 'OPS-123: orders hang <!channel>' });
    const link = 'See <https://tickets.example.com/browse/OPS-123|OPS-123>.';
    const waiting = await card(slack, id, /Waiting/);
    expect(all(waiting)).toContain(link);
    expect(all(waiting)).toContain('OPS-123: orders hang');
    expect(all(await told(slack, 'ana', id, /Waiting/))).toContain(link);
    await deny(slack, 'cora', waiting);
  });

  test('what the configuration asks for today counts, for what is sent from now on', async () => {
    const id = await request(slack, 'ana', { role: 'orders_read', reason: 'OPS-124' });
    const config = stage.env.HALLPASS_CONFIG ?? '';
    const yaml = await readFile(config, 'utf8');
    await writeFile(config, yaml.replace('[A-Z]+', 'INC').replace('like OPS-123', 'like INC-1'));
    if (hallpass.pid === undefined) throw new Error('it did not start');
    process.kill(hallpass.pid, 'SIGHUP');
    await operatorsHear(stage, /1 role changed on Shop \(reason\)/);
    expect(await submitRequest(slack, 'ben', { role: 'orders_read', reason: 'OPS-125' })).toEqual({
      reason: 'Add this to the reason: The ticket, like INC-1.',
    });
    // What waits isn't asked again: its approver reads the reason.
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    const granted = await card(slack, id, /Granted until/);
    expect(all(granted)).toContain('OPS-124');
    expect(all(granted)).not.toContain('tickets.example.com');
    await click(slack, 'cora', granted, 'End access');
    await card(slack, id, /Ended/);
  });
});
