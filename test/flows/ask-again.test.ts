/** Ask again, when much has changed since: what is no longer there is said, and what still is is filled in. */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SeenMessage, SeenView } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { click, messagesOf, type Name, request, told } from '../../sandbox/stage/people.js';
import { by, deliver, lastSent } from '../security/forge.js';
import { untilInLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { waitFor } from '../support/wait-for.js';

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({ transport, backend, vault: true });
  const { slack, ledger, ledgerUrl } = stage;
  const path = stage.env.HALLPASS_CONFIG ?? '';
  const first = await readFile(path, 'utf8');
  const hallpass = await stage.startHallpass();

  afterEach(async () => {
    const ana = slack.as(CAST.ana);
    if (ana.openedView() !== undefined) await ana.closeView();
  });

  async function reload(yaml: string): Promise<void> {
    const read = () => stage.log.filter((line) => /the configuration was read again/.test(line)).length;
    const before = read();
    await writeFile(path, yaml);
    process.kill(hallpass.pid ?? 0, 'SIGHUP');
    await waitFor(() => read() > before, { what: 'the configuration to be read' });
  }

  /** A request of Ana's that is over, by her own click. @returns its id, and the message with Ask again */
  async function past(wish: Parameters<typeof request>[2]): Promise<{ id: string; over: SeenMessage }> {
    const id = await request(slack, 'ana', {
      ...wish,
      otherDuration: '2h',
      reason: 'stuck order, ticket 812',
    });
    await click(slack, 'ana', await told(slack, 'ana', id, /Waiting/), 'Cancel request');
    await untilInLedger(stage, id, 'withdrawn');
    return { id, over: await told(slack, 'ana', id, /Canceled by you/) };
  }

  async function askAgain(message: SeenMessage): Promise<SeenView> {
    const ana = slack.as(CAST.ana);
    if (ana.openedView() !== undefined) await ana.closeView();
    await click(slack, 'ana', message, 'Ask again');
    return slack.waitFor(() => ana.openedView());
  }

  const noticeOf = ({ blocks: [block] }: SeenView): string =>
    block !== undefined && 'text' in block && typeof block.text === 'object' ? (block.text?.text ?? '') : '';
  const chosen = ({ values }: SeenView) => JSON.stringify(values);
  const heard = (name: Name) => messagesOf(slack, name).filter(({ ephemeral }) => ephemeral);

  /** Clicks, and reads in time what is said to Ana alone. */
  async function inTime(message: SeenMessage): Promise<string> {
    const [before, since] = [heard('ana').length, Date.now()];
    await click(slack, 'ana', message, 'Ask again');
    const said = await slack.waitFor(() => heard('ana')[before]);
    expect(Date.now() - since).toBeLessThan(3_000);
    expect(slack.as(CAST.ana).openedView()).toBeUndefined();
    return said.text;
  }

  test('what the configuration no longer has, or has for others, is said in a sentence', async () => {
    onTestFinished(() => reload(first));
    const { id, over } = await past({ role: 'payments_read' });
    const vault = await past({ target: 'vault', role: 'vault_read' });

    const same = await askAgain(over);
    expect(noticeOf(same)).toBe(`Filled in as in ${id}. Check it before you send it.`);
    expect(chosen(same)).toMatch(/payments_read.*"2h".*stuck order, ticket 812/);

    await reload(first.replace(/^ {6}payments_read: .*\n/m, ''));
    const gone = await askAgain(over);
    expect(noticeOf(gone)).toBe('“payments_read” is no longer offered on “Shop”. Choose another role.');
    expect(chosen(gone)).toMatch(/"shop".*stuck order, ticket 812/);
    expect(chosen(gone)).not.toContain('payments_read');

    await reload(first.replace('payments_read: {', 'payments_read: { requesters: [sre],'));
    const others = await askAgain(over);
    expect(noticeOf(others)).toBe(
      'Only “sre” can request “payments_read”. Choose another role, or contact a Hallpass operator.',
    );
    expect(chosen(others)).not.toContain('payments_read');

    await reload(first.replace('payments_read: {', `payments_read: { channels: [${CHANNELS.access}],`));
    const elsewhere = await askAgain(over);
    expect(noticeOf(elsewhere)).toContain(
      `Type “/request again ${id}” there to have this form filled in as in ${id}.`,
    );
    expect(JSON.stringify(elsewhere.blocks)).toContain(`<#${CHANNELS.access}>`);
    expect(chosen(elsewhere)).toContain('stuck order, ticket 812');
    await slack.as(CAST.ana).closeView();
    await slack.as(CAST.ana).command('/request', `again ${id}`, CHANNELS.access);
    const there = await slack.waitFor(() => slack.as(CAST.ana).openedView());
    expect(noticeOf(there)).toBe(`Filled in as in ${id}. Check it before you send it.`);
    expect(chosen(there)).toContain('payments_read');

    await reload(
      first.replace(
        'payments_read: {',
        'payments_read: { durations: [30m], default_duration: 30m, max: 30m,',
      ),
    );
    const shorter = await askAgain(over);
    expect(noticeOf(shorter)).toMatch(
      new RegExp(`Filled in as in ${id}\\. Check it before you send it\\.[\\s\\S]*30 minutes at most`),
    );
    expect(chosen(shorter)).not.toContain('2h');

    await reload(first.slice(0, first.indexOf('  vault:\n')));
    const noInstance = await askAgain(vault.over);
    expect(noticeOf(noInstance)).toMatch(
      /^“vault” is no longer an instance that Hallpass knows\. Choose another one\./,
    );
    expect(chosen(noInstance)).not.toContain('vault');
  });

  test('clicked twice at once, one form opens', async () => {
    const { over } = await past({ role: 'payments_read' });
    const opened = () => slack.log.filter(({ method }) => method === 'views.open').length;
    const before = opened();
    await Promise.all([1, 2].map(() => click(slack, 'ana', over, 'Ask again')));
    await slack.waitFor(() => slack.as(CAST.ana).openedView());
    await sleep(1_000);
    expect(opened()).toBe(before + 1);
    expect(heard('ana')).toEqual([]);
  });

  if (transport === 'http') {
    test('clicked in the name of somebody else, it shows them nothing of it', async () => {
      const { over } = await past({ role: 'payments_read' });
      await askAgain(over);
      const refused = () => stage.log.filter((line) => line.includes('"not_the_requester"')).length;
      const before = refused();
      expect((await deliver(stage, by(lastSent(stage, 'block_actions'), CAST.ben))).status).toBe(200);
      await waitFor(() => refused() > before, { what: 'it to be refused' });
      await sleep(500);
      expect(slack.as(CAST.ben).openedView()).toBeUndefined();
      expect(JSON.stringify(messagesOf(slack, 'ben'))).not.toContain('ticket 812');
    });
  }

  test('while the ledger is down, or doesn’t answer, what to do is said in time', async () => {
    const { over } = await past({ role: 'payments_read' });
    const says =
      /^The form could not be opened\. Click the button again; if it happens again, tell an operator/;
    await ledger.stop();
    onTestFinished(() => ledger.start());
    expect(await inTime(over)).toMatch(says);
    await ledger.start();
    await slack.waitFor(() => true);

    const owner = new pg.Client({ connectionString: ledgerUrl });
    await owner.connect();
    onTestFinished(() => owner.end());
    await waitFor(async () => (await fetch(`http://127.0.0.1:${stage.env.OPS_PORT}/readyz`)).ok, {
      what: 'the ledger to be read again',
    });
    await owner.query('begin; lock table requests in access exclusive mode');
    expect(await inTime(over)).toMatch(says);
    await owner.query('rollback');
    expect(chosen(await askAgain(over))).toContain('payments_read');
    expect(slack.problems).toEqual([]);
  });
});
