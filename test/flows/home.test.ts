/** App Home, as people see it: it shows what the ledger says, and its buttons do what those of messages do. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { wordsOf } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { card, type Name, request, told } from '../../sandbox/stage/people.js';
import { untilAllSent } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';

describe.each(KINDS)('$transport', async (kind) => {
  const stage = await openStage({ ...kind, ledgerApart: false });
  beforeAll(async () => {
    await stage.startHallpass();
  });
  afterEach(async () => {
    await untilAllSent(stage);
    expect(stage.slack.problems).toEqual([]);
  });

  const words = (name: Name) => wordsOf(stage.slack.as(CAST[name]).home()?.blocks ?? []);
  const shows = (name: Name, says: RegExp) => stage.slack.waitFor(() => says.test(words(name)));

  test('an engineer and an approver see one request each on their own Home, to its end', async () => {
    const { slack } = stage;
    slack.as(CAST.ana).openHome();
    slack.as(CAST.cora).openHome();
    await shows('ana', /What you hold\nNothing at the moment\.[\s\S]*What you can ask for/);
    const id = await request(slack, 'ana', { role: 'orders_read' });
    await shows('ana', new RegExp(`What you asked for[\\s\\S]*Waiting for approval[\\s\\S]*${id}`));
    await shows('cora', new RegExp(`Waiting for you[\\s\\S]*${id}[\\s\\S]*asked for`));

    await slack.as(CAST.cora).click('home', 'Approve', { value: id });
    await shows('ana', /What you hold[\s\S]*orders_read[\s\S]*psql "host=/);
    await slack.waitFor(() => !words('cora').includes(id));
    await card(slack, id, /Granted/);

    await slack.as(CAST.ana).click('home', 'Relinquish', { value: id });
    await shows('ana', /What you hold\nNothing at the moment\.[\s\S]*relinquished by you/);
    await told(slack, 'ana', id, /relinquished by you/);
  });
});
