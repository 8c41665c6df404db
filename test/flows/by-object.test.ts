/** Asking by the table that is needed, or by the error that was read: in the form's search for a role. */
import { describe, expect, test } from 'vitest';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, click, type Name, told } from '../../sandbox/stage/people.js';
import { expectReads } from '../support/access.js';
import { KINDS, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

describe.each(KINDS)('by $transport', ({ transport, backend }) => {
  // What reads payments is for the operators alone.
  const configure = (yaml: string) =>
    yaml
      .replace('policies:\n', 'policies:\n  kept: { requesters: [sre] }\n')
      .replace('payments_read: { policy: read', 'payments_read: { policy: kept');

  test('a table, or an error about one, finds the roles on offer that give it, and names nothing else', async () => {
    const stage = await openStage({ transport, backend, configure });
    const { slack, server } = stage;
    await server.query(
      `create role orders_part;
       grant orders_part to hallpass with admin true, inherit false, set false`,
    );
    await server.query('create table orders."Open Orders" (id int)', [], 'shop');
    const hallpass = await stage.startHallpass();

    const openForm = async (name: Name) => {
      const person = slack.as(CAST[name]);
      const before = person.openedView()?.id;
      expect(await person.command('/request', 'shop')).toMatchObject({ outcome: 'ok' });
      await slack.waitFor(() => {
        const open = person.openedView();
        return open !== undefined && open.id !== before;
      });
      return async (query: string) =>
        (await person.options('Role', query)).map(({ value, text, description }) => ({
          role: value,
          says: `${text.text}: ${description?.text ?? ''}`,
        }));
    };
    const ana = await openForm('ana');
    // The server is read while the form opens.
    await waitFor(async () => (await ana('orders.lines')).length === 2, { what: 'the server to be read' });

    const READS = [
      { role: 'orders_read', says: 'orders_read: reads orders.lines and 2 more' },
      { role: 'orders_write', says: 'orders_write: reads orders.lines and 2 more; writes 3' },
    ];
    expect(await ana('orders.lines')).toEqual(READS);
    expect(await ana('lines')).toEqual(READS);
    expect(await ana('"orders"."lines"')).toEqual(READS);
    expect(await ana('lin')).toEqual(READS);
    expect(await ana('ERROR:  permission denied for table lines')).toEqual(READS);
    expect(await ana('FEHLER:  keine Berechtigung für Tabelle lines')).toEqual(READS);
    expect(
      await ana(
        'PG::InsufficientPrivilege: ERROR:  permission denied for table lines : UPDATE "orders"."lines" SET "pieces" = 1',
      ),
    ).toEqual([{ role: 'orders_write', says: 'orders_write: updates orders.lines; writes 2 more' }]);
    expect(await ana('ERROR:  permission denied for schema orders')).toEqual([
      { role: 'orders_read', says: 'orders_read: opens schema orders; reads 3 tables' },
      { role: 'orders_write', says: 'orders_write: opens schema orders; reads 3 and writes 3 tables' },
    ]);
    // A role of that name comes first.
    expect((await ana('orders_read')).map(({ role }) => role)).toEqual(['orders_read']);

    // The same, whether there is such a table and nobody gives it, another role gives it, or there is none.
    const NONE = [
      {
        role: expect.stringMatching(/^nothing/),
        says: expect.stringContaining('No role you can request on “Shop”'),
      },
    ];
    const asked = ['"Open Orders"', 'payments.payments', 'payments.nowhere', 'refunds', 'refu', 'nowhere'];
    const answers = await Promise.all(asked.map(ana));
    for (const answer of answers) {
      expect(answer).toEqual(NONE);
      expect(answer).toEqual(answers[0]);
    }
    expect(JSON.stringify(answers)).toMatch(/“sre” can:? change that/);
    const errors = await Promise.all(
      ['payments', 'nowhere'].map((table) => ana(`ERROR:  permission denied for table ${table}`)),
    );
    expect(errors[0]).toEqual(errors[1]);
    expect(errors[0]).toEqual(NONE);
    expect(JSON.stringify([answers, errors])).not.toMatch(/payments_read|refunds|iban/);

    // Chosen, it is requested like any other.
    const person = slack.as(CAST.ana);
    expect(await person.choose('Role', 'orders_read')).toEqual({ outcome: 'ok' });
    await slack.waitFor(() =>
      person.openedView()?.blocks.some(({ block_id }) => block_id === 'duration:orders_read'),
    );
    await person.fill('Reason', 'ticket 812');
    expect(await person.submit()).toEqual({ outcome: 'closed' });
    const pending = await slack.waitFor(() =>
      slack
        .as(CAST.cora)
        .messages('C0ACCESS')
        .find(({ text }) => /R-\d+/.test(text)),
    );
    const id = /R-\d+/.exec(pending.text)?.[0] ?? '';
    await click(slack, 'cora', await card(slack, id, /Waiting/), 'Approve');
    await told(slack, 'ana', id, /psql/);
    await expectReads(stage, 'ana', 'orders_read');

    expect(slack.problems).toEqual([]);
    await hallpass.stop();
  });
});
