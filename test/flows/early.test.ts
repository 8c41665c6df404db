/** What would fail late is said in the form, by the words of `hallpass check --as`; on the oldest Postgres and the newest. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Actor } from '../../sandbox/slack/index.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, fillForm, told } from '../../sandbox/stage/people.js';
import { installedMajors } from '../support/majors.js';
import { approved } from '../support/requests.js';
import { openStage } from '../support/stage.js';

const [oldest, ...newer] = installedMajors();
const tried = [oldest, newer.at(-1)].filter((each) => each !== undefined);

/** What the form says above its fields, before that this is production. */
function noticeOf(person: Actor): string {
  const first = person.openedView()?.blocks[0];
  const text =
    first !== undefined && 'text' in first && typeof first.text === 'object' ? first.text?.text : '';
  return text === undefined || text === 'Shop is production.' ? '' : text;
}

/** The requests of which they were told. */
const idsOf = (person: Actor): readonly string[] =>
  person.messages('dm').flatMap((message) => all(message).match(/R-\d+/g) ?? []);

describe.each(tried)('on Postgres $major', async ({ major, binaries }) => {
  const stage = await openStage({ servers: { binaries } });
  const { slack, server } = stage;
  beforeAll(() => stage.startHallpass());
  const ana = slack.as(CAST.ana);

  test.each([
    [
      'CONNECTION LIMIT 0',
      'CONNECTION LIMIT -1',
      /may have 0 connections at most.*ALTER ROLE "ana" CONNECTION LIMIT -1/,
    ],
    [
      "VALID UNTIL '2020-01-01Z'",
      "VALID UNTIL 'infinity'",
      /password of ana was valid until 2020.*VALID UNTIL 'infinity'/,
    ],
    ['NOLOGIN', 'LOGIN', /can’t log in \(NOLOGIN\)/],
  ])('that a login with %s can’t get in', async (broken, fixed, says) => {
    const known = new Set(idsOf(ana));
    await server.query(`alter role ana ${broken}`);
    await fillForm(slack, 'ana', { role: 'orders_read' });
    expect(noticeOf(ana)).toMatch(says);
    expect(await ana.submit()).toMatchObject({
      by: 'app',
      errors: { 'role:shop': expect.stringMatching(says) },
    });
    await server.query(`alter role ana ${fixed}`);
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    const id = await slack.waitFor(() => idsOf(ana).find((each) => !known.has(each)));
    const note = await told(slack, 'ana', id, /Waiting for/);
    await ana.click(note, 'Cancel request');
    await told(slack, 'ana', id, /Canceled/);
  });

  test('that a login that is NOINHERIT needs SET ROLE, where it does; and the message about the grant has the line', async () => {
    await server.query('alter role ben noinherit');
    await fillForm(slack, 'ben', { role: 'orders_read' });
    if (major < 16) expect(noticeOf(slack.as(CAST.ben))).toMatch(/“ben” is NOINHERIT.*only after SET ROLE/);
    else expect(noticeOf(slack.as(CAST.ben))).toBe('');
    await slack.as(CAST.ben).closeView();
    const id = await approved(stage, 'ben', { role: 'orders_read' });
    const note = all(await told(slack, 'ben', id, /psql/));
    if (major < 16) expect(note).toContain('SET ROLE "orders_read";');
    else expect(note).not.toContain('SET ROLE');
    await stage.sqlAs('ben', `${major < 16 ? 'set role orders_read; ' : ''}select id from orders.orders`);
  });
});

describe('what was typed after the command', async () => {
  const stage = await openStage();
  const { slack } = stage;
  beforeAll(() => stage.startHallpass());
  const opened = async (person: Actor, typed: string): Promise<string> => {
    const before = person.openedView()?.id;
    expect(await person.command('/request', typed)).toMatchObject({ outcome: 'ok' });
    await slack.waitFor(() => person.openedView() !== undefined && person.openedView()?.id !== before);
    return noticeOf(person);
  };

  test('is answered with what there is, nearest first, when it is unknown', async () => {
    const ana = slack.as(CAST.ana);
    expect(await opened(ana, 'shp orders_read')).toBe(
      '“shp” isn’t an instance you can request. These are: “shop”.',
    );
    expect(await opened(ana, 'shop orders_wrte 1h')).toBe(
      '“orders_wrte” isn’t a role you can request on “Shop” here. These are: “orders_write”, “orders_read”, “payments_read”.',
    );
    expect(await opened(ana, 'shop orders_read 9h')).toMatch(/for 4 hours at most/);
    expect(await opened(ana, 'shop orders_read a < b & c')).toBe('');
    expect(JSON.stringify(ana.openedView()?.blocks)).toContain('a < b & c');
  });

  test('is not answered with what somebody may not ask for', async () => {
    expect(await opened(slack.as(CAST.eve), 'nope')).toMatch(/^No login on Shop is known for you/);
  });
});
