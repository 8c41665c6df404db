/** The two shortcuts: from anywhere, and on a message with an error in it. */
import { describe, expect, test } from 'vitest';
import { type SeenMessage, wordsOf } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { card } from '../../sandbox/stage/people.js';
import { SHORTCUTS } from '../../src/surfaces/kit/ids.js';
import { KINDS, openStage } from '../support/stage.js';

const ERROR = 'ERROR:  permission denied for table payments';

describe.each(KINDS)('by $transport', async ({ transport, backend }) => {
  const stage = await openStage({ transport, backend, ledgerApart: false });
  const { slack } = stage;
  await stage.startHallpass();
  const ana = slack.as(CAST.ana);
  const heard = () => ana.messages(CHANNELS.access).filter(({ ephemeral }) => ephemeral);
  const opened = () => slack.waitFor(() => ana.openedView());

  async function useOn(message: SeenMessage): Promise<string> {
    const before = heard().length;
    expect(await ana.messageShortcut(message, SHORTCUTS.forMessage)).toEqual({ outcome: 'ok' });
    return (await slack.waitFor(() => heard()[before])).text;
  }

  test('from anywhere, the form opens and asks', async () => {
    expect(await ana.shortcut(SHORTCUTS.request)).toEqual({ outcome: 'ok' });
    await opened();
    expect((await ana.options('Postgres instance')).map(({ value }) => value)).toContain('shop');
    await ana.closeView();
    // Who can't use it reads why in the form.
    const eve = slack.as(CAST.eve);
    await eve.shortcut(SHORTCUTS.request);
    const view = await slack.waitFor(() => eve.openedView());
    expect(wordsOf(view.blocks)).toMatch(/No login on Shop is known for you/);
    await eve.closeView();
  });

  test('on a colleague’s message with an error, the form opens with the role that gives it, and is sent', async () => {
    const asked = slack
      .as(CAST.ben)
      .say(CHANNELS.access, `<!channel> anyone?\n\`\`\`\nLINE 1\n${ERROR}\n\`\`\`\nit said &amp; so`);
    slack.faults.duplicateNext();
    expect(await ana.messageShortcut(asked, SHORTCUTS.forMessage)).toEqual({ outcome: 'ok' });
    const view = await opened();
    expect(view.values).toMatchObject({
      'role:shop': { role: { selected_option: { value: 'payments_read' } } },
      reason: { reason: { value: ERROR } },
    });
    expect(wordsOf(view.blocks)).toMatch(/gives `payments`|give `payments`/);
    expect(wordsOf(view.blocks)).toMatch(/`payments_read` on Shop: reads/);
    expect(await ana.submit()).toEqual({ outcome: 'closed' });
    const id = await slack.waitFor(() =>
      ana
        .messages('dm')
        .map(({ text }) => /R-\d+/.exec(text)?.[0])
        .find((found) => found !== undefined),
    );
    expect(wordsOf((await card(slack, id, /Waiting/)).blocks)).toContain(ERROR);
    expect(heard()).toEqual([]);
  });

  test('a message without an error is said to have none; an error that no role helps with, that', async () => {
    const ben = slack.as(CAST.ben);
    expect(await useOn(ben.say(CHANNELS.access, 'lunch? payments'))).toMatch(
      /^There is no permission error of Postgres in this message/,
    );
    const said = await useOn(ben.say(CHANNELS.access, 'permission denied for table nowhere_at_all'));
    expect(said.length).toBeGreaterThan(0);
    expect(said).not.toMatch(/no permission error/);
    expect(ana.openedView()).toBeUndefined();
  });

  test('a table typed after the command offers the roles that give it', async () => {
    await ana.command('/request', 'payments', CHANNELS.access);
    const view = await opened();
    expect(wordsOf(view.blocks)).toMatch(/`payments_read` on Shop: reads/);
    await ana.closeView();
    await ana.command('/request', ERROR, CHANNELS.access);
    const pasted = await opened();
    expect(pasted.values).toMatchObject({
      'role:shop': { role: { selected_option: { value: 'payments_read' } } },
      reason: { reason: { value: ERROR } },
    });
    await ana.closeView();
    await ana.command('/request', 'paymnts', CHANNELS.access);
    expect(wordsOf((await opened()).blocks)).toContain('“paymnts” isn’t an instance you can request');
    await ana.closeView();
    expect(slack.problems).toEqual([]);
  });
});
