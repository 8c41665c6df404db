/** People who are no longer full members of the workspace lose what they have. */
import { expect, it } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { CAST } from '../../sandbox/stage/cast.js';
import { all, card, cardNow, click, request, told } from '../../sandbox/stage/people.js';
import { expectReads, granted, isRefused } from '../support/access.js';
import { operatorsHear } from '../support/messages.js';
import { obtain } from '../support/requests.js';
import { waitFor } from '../support/wait-for.js';
import { type AttackStage, expectLogged, openAttackStage } from './stage.js';

const stage = await openAttackStage();

/** The next round begins now. */
const lookAround = ({ ledgerUrl }: AttackStage) =>
  runSql(ledgerUrl, `update rounds set after = '', not_before = now()`);

function becauseOf({ ledgerUrl }: AttackStage, id: string): Promise<unknown[]> {
  return runSql(
    ledgerUrl,
    `select kind, actor, data->>'because' as because from events where request_id = $1 and data ? 'because'`,
    [id.slice('R-'.length)],
  );
}

it('a deactivated account loses what is granted and what is asked for as soon as Slack tells of it', async () => {
  const { slack } = stage;
  const { id } = await obtain(stage, 'ana', { role: 'orders_read' });
  const pending = await request(slack, 'ana', { role: 'payments_read' });
  const bens = await obtain(stage, 'ben', { role: 'orders_read' });

  // Some other change of hers changes nothing.
  expect(await slack.announce(CAST.ana)).toMatchObject({ ok: true });
  slack.workspace.setPerson(CAST.ana, { deactivated: true });
  await expectLogged(stage, 'holder_left', () => slack.announce(CAST.ana));
  await card(slack, id, /Ended, because the Slack account of <@U0ANA> was deactivated[\s\S]*Confirmed gone/);
  await card(slack, pending, /Canceled, because the Slack account of <@U0ANA> was deactivated/);
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  expect(await granted(stage)).toEqual(['orders_read ben']);
  expect(await becauseOf(stage, id)).toEqual([{ kind: 'end_asked', actor: null, because: 'deactivated' }]);
  expect(await becauseOf(stage, pending)).toEqual([
    { kind: 'withdrawn', actor: null, because: 'deactivated' },
  ]);

  // People who come back get nothing back by that, and may request again.
  slack.workspace.setPerson(CAST.ana, { deactivated: false });
  await slack.announce(CAST.ana);
  expect(await granted(stage)).toEqual(['orders_read ben']);
  const again = await obtain(stage, 'ana', { role: 'orders_read' });
  for (const [name, { note, id: last }] of [
    ['ana', again],
    ['ben', bens],
  ] as const) {
    await click(slack, name, note, 'Relinquish');
    await told(slack, name, last, /Ended: relinquished/);
  }
});

it('whom Slack does not tell of is found by asking; a Slack that does not answer ends nothing', async () => {
  const { slack } = stage;
  const { id } = await obtain(stage, 'ben', { role: 'orders_read' });
  // So that nothing is remembered of him.
  await stage.stop();
  await stage.start();
  slack.workspace.setPerson(CAST.ben, { guest: 'multi_channel' });
  // As often as one question is tried.
  slack.faults.order('users.info', { kind: 'status', status: 503 }, 2);
  const before = stage.log.length;
  await lookAround(stage);
  await waitFor(
    () => stage.log.slice(before).some((line) => line.includes('did not say whether somebody still has')),
    { what: 'the question that Slack does not answer' },
  );
  await expectReads(stage, 'ben', 'orders_read');

  const shown = await slack.waitFor(
    () =>
      slack
        .as(CAST.ben)
        .messages('dm')
        .find((m) => all(m).includes(id) && /^Ended, because your/.test(m.text)),
    40_000,
  );
  expect(all(shown)).not.toContain('ask again');
  expect(await becauseOf(stage, id)).toEqual([{ kind: 'end_asked', actor: null, because: 'guest' }]);
  expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
  expect(
    await stage.server.query('select 1 from pg_auth_members where grantor = $1::regrole', [HALLPASS]),
  ).toEqual([]);
  slack.workspace.setPerson(CAST.ben, { guest: 'no' });
  // The round is over: the next one comes in minutes.
  await waitFor(
    async () =>
      (
        await runSql(
          stage.ledgerUrl,
          `select 1 from rounds where after = '' and not_before > now() + interval '1 minute'`,
        )
      ).length === 1,
    { what: 'the end of the round' },
  );
});

it('one person whom Slack does not tell of keeps nobody else’s access, and operators hear of it after an hour', async () => {
  const { slack } = stage;
  // A guest a moment ago.
  expect(await slack.announce(CAST.ben)).toMatchObject({ ok: true });
  const anas = await obtain(stage, 'ana', { role: 'orders_read' });
  const bens = await obtain(stage, 'ben', { role: 'orders_read' });
  // So that nothing is remembered of them.
  await stage.stop();
  await stage.start();
  slack.faults.order('users.info', { kind: 'error', error: 'internal_error' }, 10_000, CAST.ana);
  slack.workspace.setPerson(CAST.ben, { deactivated: true });
  await lookAround(stage);
  // Ana's turn comes before Ben's.
  await card(
    slack,
    bens.id,
    /Ended, because the Slack account of <@U0BEN> was deactivated[\s\S]*Confirmed gone/,
  );
  expect(await isRefused(stage, 'ben', 'orders_read')).toBe(true);
  await expectReads(stage, 'ana', 'orders_read');

  await runSql(
    stage.ledgerUrl,
    `update rounds set began_at = now() - interval '61 minutes', not_before = now() where name = $1`,
    [CAST.ana],
  );
  const report = await operatorsHear(stage, /can’t tell whether somebody still has an account/);
  expect(all(report)).toMatch(/Slack hasn’t told Hallpass about <@U0ANA>[\s\S]*internal_error/);

  // Nobody waits for the next round.
  slack.faults.clear();
  slack.workspace.setPerson(CAST.ana, { deactivated: true });
  await slack.waitFor(
    () =>
      cardNow(
        slack,
        anas.id,
        /Ended, because the Slack account of <@U0ANA> was deactivated[\s\S]*Confirmed gone/,
      ),
    40_000,
  );
  expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
  for (const id of [CAST.ana, CAST.ben]) slack.workspace.setPerson(id, { deactivated: false });
  await waitFor(
    async () => (await runSql(stage.ledgerUrl, `select 1 from rounds where name <> 'people'`)).length === 0,
    { what: 'the trouble with her to be forgotten' },
  );
});
