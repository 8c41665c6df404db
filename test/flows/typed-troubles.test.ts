/** What is typed while something is down or slow: an answer in time that says what to do, and nothing is filed twice. */
import pg from 'pg';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import type { SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all, card, click, type Name, told } from '../../sandbox/stage/people.js';
import { untilRefused } from '../support/access.js';
import { readiness } from '../support/ops-port.js';
import { expectSettled, inLedger, obtain } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

const WHOLE = 'shop orders_read 15m ticket 812';

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({ transport, backend });
  const { slack, ledger, ledgerUrl, server } = stage;
  let hallpass = await stage.startHallpass();

  afterEach(async () => {
    slack.faults.clear();
    await runSql(
      ledgerUrl,
      "update requests set pending_until = now() where state = 'pending'; update requests set expires_at = now() where state = 'active'",
    );
    await expectSettled(stage);
  });

  const heard = (name: Name): readonly SeenMessage[] =>
    slack
      .as(CAST[name])
      .messages(CHANNELS.access)
      .filter(({ ephemeral }) => ephemeral);

  /** Types the command. @returns the first answer, which comes in time */
  async function say(name: Name, typed: string): Promise<SeenMessage> {
    const [before, since] = [heard(name).length, Date.now()];
    const { outcome } = await slack.as(CAST[name]).command('/request', typed, CHANNELS.access);
    expect(outcome).toBe('ok');
    const said = await slack.waitFor(() => heard(name)[before]);
    expect(Date.now() - since).toBeLessThan(3_200);
    return said;
  }

  const WENT_WRONG =
    /^Something went wrong\. Try again; if it happens again, tell the people who run Hallpass/;
  const LATE = /^This takes longer than usual\. You'll read here what comes of it\. .*`\/request mine` shows/;
  const idIn = (message: SeenMessage): string => /R-\d+/.exec(all(message))?.[0] ?? '';
  const count = async () =>
    (await runSql<{ n: number }>(ledgerUrl, 'select count(*)::int as n from requests'))[0]?.n ?? 0;
  const untilReady = () =>
    waitFor(async () => (await readiness(stage.env)).status === 200, { what: 'Hallpass to be ready' });

  test('the ledger is down', async () => {
    const before = await count();
    await ledger.stop();
    onTestFinished(() => ledger.start());
    for (const typed of [WHOLE, 'mine', 'again', 'relinquish']) {
      expect((await say('ana', typed)).text).toMatch(WENT_WRONG);
    }
    expect((await say('olga', 'who')).text).toMatch(WENT_WRONG);
    // What needs no ledger is answered.
    expect((await say('ana', 'help')).text).toContain('opens a form');
    await ledger.start();
    await untilReady();
    expect(await count()).toBe(before);
    expect(all(await say('ana', WHOLE))).toContain('Waiting for approval');
    expect(await count()).toBe(before + 1);
  });

  test('the ledger doesn’t answer: typed again, it is filed once, and both are told', async () => {
    const before = await count();
    const owner = new pg.Client({ connectionString: ledgerUrl });
    await owner.connect();
    onTestFinished(() => owner.end());
    await owner.query('begin; lock table requests in access exclusive mode');
    const said = heard('ana').length;
    expect((await say('ana', WHOLE)).text).toMatch(LATE);
    expect((await say('ana', WHOLE)).text).toMatch(LATE);
    await owner.query('rollback');
    const answers = await slack.waitFor(
      () => heard('ana').length >= said + 4 && heard('ana').slice(said + 2),
    );
    const id = answers.map(idIn).find((each) => each !== '') ?? '';
    expect(
      answers.filter((each) =>
        /^Nothing was requested\. You already asked for it: R-\d+ waits for approval/.test(each.text),
      ),
    ).toHaveLength(1);
    await card(slack, id, /Waiting/);
    expect(answers.every((each) => idIn(each) === id)).toBe(true);
    expect(await count()).toBe(before + 1);
  });

  test('the target is down', async () => {
    const { id } = await obtain(stage, 'ana', { role: 'payments_read', duration: '15 minutes' });
    const before = await count();
    await server.stop();
    onTestFinished(() => server.start());
    const filed = await say('ana', WHOLE);
    expect(all(filed)).toContain('Waiting for approval');
    expect((await say('ana', WHOLE)).text).toContain(`${idIn(filed)} waits for approval`);
    expect(await count()).toBe(before + 1);
    expect(all(await say('ana', 'mine'))).toContain(id);
    expect((await say('ana', `relinquish ${id}`)).text).toMatch(/^You relinquished `payments_read`/);
    expect((await inLedger(stage, id)).state).toBe('ending');
    await click(slack, 'ana', await told(slack, 'ana', idIn(filed), /Waiting/), 'Cancel request');
    await server.start();
    await untilRefused(stage, 'ana', 'payments_read', new Date());
  });

  test('Slack answers 5 s late: typed again, it is filed once', async () => {
    // Nothing is remembered of Ana, and its first answer costs a process more than the next.
    await hallpass.stop();
    hallpass = await stage.startHallpass();
    await say('olga', 'help');
    const before = await count();
    const said = heard('ana').length;
    slack.faults.order('*', { kind: 'slow', ms: 5_000 }, 1_000);
    expect((await say('ana', WHOLE)).text).toMatch(LATE);
    expect((await say('ana', WHOLE)).text).toMatch(LATE);
    const answers = await slack.waitFor(
      () => heard('ana').length >= said + 4 && heard('ana').slice(said + 2),
      20_000,
    );
    expect(new Set(answers.map(idIn)).size).toBe(1);
    expect(answers.some((each) => /Waiting for approval/.test(all(each)))).toBe(true);
    expect(await count()).toBe(before + 1);
    expect(slack.problems).toEqual([]);
  });
});
