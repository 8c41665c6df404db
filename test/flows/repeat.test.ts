/** The same again: approved once for a longer time, used at once and visibly, and ended by any of those concerned. */
import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runSql } from '../../sandbox/postgres/server-access.js';
import { buttonsOf, type SeenMessage } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS, GROUPS } from '../../sandbox/stage/cast.js';
import {
  all,
  card,
  cardNow,
  click,
  clickAndHear,
  deny,
  type Name,
  request,
  told,
} from '../../sandbox/stage/people.js';
import type { HallpassProcess } from '../../sandbox/stage/process.js';
import { hallpass as command } from '../commands/run.js';
import { expectReads, isRefused } from '../support/access.js';
import { approved, eventsOf, inLedger } from '../support/requests.js';
import { KINDS, openStage } from '../support/stage.js';
import { clearAway } from './life/stage.js';

const WISH = { role: 'orders_read', duration: '15 minutes' } as const;
const MENU = 'repeat_make';
const WEEK = 'The same again this week';
const OPEN = /The same again is approved until <!date[^>]*> by <@U0CORA>, for at most 15 minutes each time\./;

describe.each(KINDS)('over $transport, with alarms on $backend', async (kind) => {
  const stage = await openStage({
    ...kind,
    ledgerApart: false,
    configure: (yaml) => yaml.replace('read: {}', 'read: { repeat: 7d }'),
  });
  const { slack } = stage;
  const { workspace } = slack;
  let process: HallpassProcess;
  const restart = async () => {
    await process.stop();
    process = await stage.startHallpass();
  };
  // What a failed test leaves open must not fail the next.
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await clearAway(stage);
  });
  beforeAll(async () => {
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    process = await stage.startHallpass();
  });

  const granted = (id: string) => card(slack, id, /Granted until/);
  const ended = (id: string) => card(slack, id, /Ended/);
  const choose = (name: Name, shown: SeenMessage, option: string) =>
    slack.as(CAST[name]).choose(MENU, option, shown);
  async function chooseAndHear(name: Name, shown: SeenMessage, option: string): Promise<string> {
    const heard = () =>
      slack
        .as(CAST[name])
        .messages(CHANNELS.access)
        .filter(({ ephemeral }) => ephemeral);
    const before = heard().length;
    await choose(name, shown, option);
    return slack.waitFor(() => (heard().length > before ? heard().at(-1)?.text : undefined));
  }
  /** Ana has been granted it, Cora has approved the same again this week, and Ana has relinquished it. */
  async function approvedForTheWeek(): Promise<string> {
    const id = await approved(stage, 'ana', WISH);
    await choose('cora', await granted(id), WEEK);
    await card(slack, id, OPEN);
    await relinquish(id);
    return id;
  }
  async function relinquish(id: string): Promise<void> {
    const note = await told(slack, 'ana', id, /psql/);
    await click(slack, 'ana', note, 'Relinquish');
    await ended(id);
  }
  /** It was asked of approvers; they deny it. @returns what the card said */
  async function denied(id: string): Promise<string> {
    const waiting = await card(slack, id, /Waiting for approval/);
    await deny(slack, 'cora', waiting);
    await card(slack, id, /Denied/);
    return all(waiting);
  }
  const repeatEvents = async (id: string) =>
    (await eventsOf(stage, id)).filter(({ kind: each }) => each.startsWith('repeat'));

  it('is offered to those who approved, chosen once, and used at once', async () => {
    const id = await approved(stage, 'ana', WISH);
    const shown = await granted(id);
    expect(optionsOf(shown)).toEqual([
      'The same again today',
      'The same again this week',
      'The same again for 7 days',
    ]);
    for (const name of ['eve', 'dan', 'ana'] as const) {
      expect(await chooseAndHear(name, shown, WEEK)).toBe(
        `Only someone who approved ${id} can approve the same again: <@U0CORA>`,
      );
    }
    slack.faults.duplicateNext();
    await choose('cora', shown, WEEK);
    const again = await card(slack, id, OPEN);
    await choose('cora', shown, WEEK);
    expect(buttonsOf(again.blocks)).toEqual(['Extend', 'End access', 'End repeat']);
    expect(optionsOf(again)).toEqual([]);
    expect(buttonsOf((await told(slack, 'ana', id, OPEN)).blocks)).toEqual([
      'Relinquish',
      'Extend',
      'End repeat',
    ]);
    expect(await repeatEvents(id)).toMatchObject([
      { kind: 'repeat_made', actor: CAST.cora, data: { maxMs: 900_000, span: 'week' } },
    ]);
    const status = await command(['status', 'shop'], { DATABASE_URL: stage.env.DATABASE_URL ?? '' });
    expect(status.said).toMatch(/^shop: 1 granted, 1 approved again$/m);
    expect(status.said).toMatch(new RegExp(`AGAIN +ROLE.*\\n {2}${id} +orders_read +ana +U0ANA +20\\S+Z\\n`));
    const json = await command(['status', 'shop', '--json'], { DATABASE_URL: stage.env.DATABASE_URL ?? '' });
    expect(JSON.parse(json.said).targets[0].repeats).toEqual([
      expect.objectContaining({ request: id, login: 'ana', approver: CAST.cora, maxSeconds: 900 }),
    ]);
    await relinquish(id);
    expect(buttonsOf((await ended(id)).blocks)).toEqual(['End repeat']);

    const second = await request(slack, 'ana', WISH);
    await told(slack, 'ana', second, /psql/);
    await expectReads(stage, 'ana', 'orders_read');
    const seen = await card(slack, second, /Granted/);
    expect(all(seen)).toContain(`by @cora for ${id}`);
    expect(optionsOf(seen)).toEqual([]);
    expect((await eventsOf(stage, second)).find((event) => event.kind === 'approved_again')).toMatchObject({
      actor: null,
      data: {
        through: `by @cora for ${id}`,
        request: id,
        repeat: expect.any(Number),
        policy: { repeatMs: 604_800_000 },
      },
    });
    expect(rangWaiting(second)).toBe(false);
    await relinquish(second);

    // Longer, or another role: approvers decide, and nothing is said of it.
    expect(await denied(await request(slack, 'ana', { ...WISH, duration: '1 hour' }))).not.toContain(
      'same again',
    );
    expect(await denied(await request(slack, 'ana', { ...WISH, role: 'payments_read' }))).not.toContain(
      'same again',
    );
    // Another person.
    await denied(await request(slack, 'ben', WISH));

    // Ended by the one who holds it, although nothing is granted any more.
    expect(await clickAndHear(slack, 'eve', await ended(id), 'End repeat')).toMatch(
      new RegExp(`^You can't end what was approved again with ${id}\\. <@U0ANA> can`),
    );
    const last = await told(slack, 'ana', id, OPEN);
    await click(slack, 'ana', last, 'End repeat');
    await card(slack, id, /The same again was approved, and ended by <@U0ANA>/);
    await told(slack, 'ana', id, /The same again was approved, and ended by you/);
    expect(await repeatEvents(id)).toMatchObject([
      { kind: 'repeat_made' },
      { kind: 'repeat_ended', actor: CAST.ana },
    ]);
    expect(await denied(await request(slack, 'ana', WISH))).not.toContain('same again');
  });

  it('is ended by the approver and by an operator, twice is once', async () => {
    for (const name of ['cora', 'olga'] as const) {
      const id = await approvedForTheWeek();
      const shown = await card(slack, id, OPEN);
      slack.faults.duplicateNext();
      await click(slack, name, shown, 'End repeat');
      await told(slack, 'ana', id, new RegExp(`The same again was approved, and ended by <@${CAST[name]}>`));
      expect(await clickAndHear(slack, 'cora', shown, 'End repeat')).toMatch(
        new RegExp(
          `^There is nothing to end: nothing is approved again under ${id} \\(The same again was approved`,
        ),
      );
      expect((await repeatEvents(id)).map(({ actor }) => actor)).toEqual([CAST.cora, CAST[name]]);
      await denied(await request(slack, 'ana', WISH));
      expect(await isRefused(stage, 'ana', 'orders_read')).toBe(true);
    }
  });

  it('ends when its approver may not decide any more: others are asked, and read why', async () => {
    const id = await approvedForTheWeek();
    // Who is in the group can't be read: nothing is approved, and nothing ends.
    slack.faults.order('usergroups.users.list', { kind: 'error', error: 'internal_error' }, 100);
    onTestFinished(() => slack.faults.clear());
    await restart();
    const unsure = await request(slack, 'ana', WISH);
    await card(slack, unsure, /Waiting for approval/);
    // Before it is asked for again, which would approve it now.
    await click(slack, 'ana', await told(slack, 'ana', unsure, /Waiting/), 'Cancel request');
    await card(slack, unsure, /Canceled/);
    slack.faults.clear();
    await restart();
    expect(await repeatEvents(id)).toHaveLength(1);

    workspace.setGroup(GROUPS.dba, { members: [CAST.dan] });
    onTestFinished(async () => {
      workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
      await restart();
    });
    await restart();
    const asked = await request(slack, 'ana', WISH);
    const said = new RegExp(
      `Not approved at once: the same again was approved with ${id} until .*, and ended, because @cora can no longer approve it\\.`,
    );
    const waiting = await card(slack, asked, said);
    await told(slack, 'ana', asked, said);
    expect(all(waiting)).toContain('Waiting for approval');
    await card(
      slack,
      id,
      /The same again was approved, and ended .*, because @cora can no longer approve it\./,
    );
    expect((await repeatEvents(id)).at(-1)).toMatchObject({
      kind: 'repeat_ended',
      actor: null,
      data: { asked },
    });
    await deny(slack, 'dan', waiting);
    await card(slack, asked, /Denied/);
  });

  it('can’t be chosen by an approver who may not decide any more, nor under a policy without it', async () => {
    const id = await approved(stage, 'ana', WISH);
    const shown = await granted(id);
    workspace.setGroup(GROUPS.dba, { members: [CAST.dan] });
    await restart();
    expect(await chooseAndHear('cora', shown, WEEK)).toBe(
      'The same again was not approved, because @cora can no longer approve it.',
    );
    workspace.setGroup(GROUPS.dba, { members: [CAST.cora, CAST.dan] });
    await restart();
    await choose('cora', shown, WEEK);
    await card(slack, id, OPEN);

    const file = stage.env.HALLPASS_CONFIG ?? '';
    const yaml = await readFile(file, 'utf8');
    await writeFile(file, yaml.replace('repeat: 7d', 'repeat: 1d'));
    onTestFinished(async () => {
      await writeFile(file, yaml);
      await restart();
    });
    await restart();
    expect(await chooseAndHear('cora', shown, WEEK)).toMatch(/for 1 day at most. Nothing was changed/);
    await relinquish(id);
    const asked = await request(slack, 'ana', WISH);
    await card(slack, asked, /because the policy lets approvers approve the same again for 1 day at most\./);
    await denied(asked);
    expect(await chooseAndHear('cora', shown, 'The same again today')).toMatch(
      new RegExp(`^The same again as ${id} can't be approved\\. Ended: relinquished by <@U0ANA>\\.`),
    );
  });

  it('is over when its time is up, by the clock of the ledger', async () => {
    const id = await approvedForTheWeek();
    await runSql(stage.ledgerUrl, 'update repeats set until = now() where request_id = $1', [id.slice(2)]);
    await denied(await request(slack, 'ana', WISH));
    const status = await command(['status', 'shop'], { DATABASE_URL: stage.env.DATABASE_URL ?? '' });
    expect(status.said).toBe('shop: nothing is open');
    expect(await clickAndHear(slack, 'cora', await card(slack, id, /Ended/), 'End repeat')).toBe(
      `There is nothing to end: nothing is approved again under ${id} (its time is up).`,
    );
    await slack.waitFor(() => buttonsOf(cardNow(slack, id, /Ended/)?.blocks ?? []).length === 0);
  });

  it('ends with the account of the one it is for', async () => {
    const id = await approvedForTheWeek();
    workspace.setPerson(CAST.ana, { deactivated: true });
    await slack.announce(CAST.ana);
    onTestFinished(() => workspace.setPerson(CAST.ana, { deactivated: false }));
    await card(slack, id, /ended <!date[^>]*>, because the requester’s Slack account was deactivated/);
    expect((await inLedger(stage, id)).state).toBe('ended');
  });

  it('is not offered where no approver approved, or the policy has no word of it', async () => {
    const onCall = await request(slack, 'dan', { role: 'orders_write', duration: '15 minutes' });
    expect(optionsOf(await card(slack, onCall, /Granted/))).toEqual([]);
    await click(slack, 'cora', await card(slack, onCall, /Granted/), 'End access');
    await ended(onCall);
    expect(slack.problems).toEqual([]);
  });

  function rangWaiting(id: string): boolean {
    return slack
      .as(CAST.cora)
      .notifications()
      .some(({ text }) => text.includes('Waiting for approval') && text.includes(id));
  }
});

/** What the card's menu offers; none when it has no menu. */
function optionsOf({ blocks }: SeenMessage): readonly string[] {
  return blocks.flatMap((block) =>
    block.type !== 'actions'
      ? []
      : block.elements.flatMap((element) =>
          element.type === 'static_select' ? (element.options ?? []).map(({ text }) => text.text) : [],
        ),
  );
}
