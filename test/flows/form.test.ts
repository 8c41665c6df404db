/** The form, to someone who has asked before: what they chose last stands first, and how soon an answer usually comes. */
import { beforeAll, describe, expect, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, deny, fillForm, request, told } from '../../sandbox/stage/people.js';
import { KINDS, openStage } from '../support/stage.js';

describe.each(KINDS)('$transport', async (kind) => {
  const stage = await openStage({ ...kind, ledgerApart: false });
  const { slack, ledgerUrl } = stage;
  beforeAll(() => stage.startHallpass());
  const ana = slack.as(CAST.ana);
  const roles = async () => (await ana.options('Role')).map(({ value }) => value);

  test('offers what was chosen last first, and says how soon requests for it are answered', async () => {
    await fillForm(slack, 'ana', { role: 'orders_write' });
    const before = await roles();
    expect(wordsOf(ana.openedView()?.blocks ?? [])).not.toContain('usually answered');
    await ana.closeView();

    const last = before.at(-1) ?? '';
    expect(before[0]).not.toBe(last);
    const id = await request(slack, 'ana', { role: last, otherDuration: '15m' });
    await deny(slack, 'cora', await card(slack, id, /Waiting/));
    await told(slack, 'ana', id, /Denied/);
    // As if ten had been decided, each within two minutes.
    await runSql(
      ledgerUrl,
      `insert into requests (state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
           created_at, pending_until, decided_at, decided_by, decided_via, ended_at)
         select state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id || n,
             now() - interval '1 hour', pending_until, now() - interval '58 minutes', decided_by, decided_via, ended_at
           from requests, generate_series(1, 10) n where id = ${id.slice('R-'.length)}`,
    );

    await fillForm(slack, 'ana', { role: last });
    expect((await roles())[0]).toBe(last);
    expect((await roles()).toSorted()).toEqual(before.toSorted());
    expect(wordsOf(ana.openedView()?.blocks ?? [])).toContain(
      'Requests for it are usually answered within 2 minutes.',
    );
    await ana.closeView();
    expect(slack.problems).toEqual([]);
  });
});
