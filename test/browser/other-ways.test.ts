/** The story on a phone, and without a mouse. */
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import {
  ask,
  become,
  card,
  click,
  openPanel,
  openSlack,
  openTab,
  runSnippet,
  slackOf,
  told,
} from './acts.js';
import { demo, PHONE } from './demo.js';
import { expectFine } from './looks.js';

const opened = demo();

it('tells the whole story at 390 px', async () => {
  const page = await opened.openPage({ viewport: PHONE, hasTouch: true, isMobile: true });
  await expectFine(page, 'the channels on a phone');
  await ask(await become(page, 'Ana'), { role: 'orders_read', duration: '15 minutes' });
  await expectFine(page, 'a channel on a phone');
  const database = await openPanel(page, 'Database');
  await runSnippet(database, 'Orders', 'permission denied for schema orders');
  await openSlack(page);
  const cora = await become(page, 'Cora');
  await click(await card(cora, 'Waiting for approval'), 'Approve');
  await card(cora, 'Granted until');
  await become(page, 'Ana');
  await openPanel(page, 'Database');
  await runSnippet(database, 'Orders', '(5 rows)');
  await expectFine(page, 'the database on a phone');
  await openSlack(page);
  const ana = slackOf(page, 'Ana');
  await openTab(ana, 'Home');
  await expectFine(page, 'Home on a phone');
  await click(await told(ana, 'You have orders_read'), 'Relinquish');
  await told(ana, 'Ended: relinquished by you', 'Confirmed gone');
  await openPanel(page, 'Database');
  await runSnippet(database, 'Orders', 'permission denied for schema orders');
  await openPanel(page, 'Faults');
  await expectFine(page, 'the faults on a phone');
  await openPanel(page, 'Guide');
  await page.getByText('5 of 6 done').waitFor();
  await expectFine(page, 'the guide on a phone');
  await page.context().close();
});

it('lets Ana ask and Cora approve by the keyboard alone', async () => {
  const page = await opened.openPage();
  const { keyboard } = page;
  /** Presses Tab until it has the focus. */
  const tabTo = async (target: Locator) => {
    await target.waitFor();
    for (let n = 0; n < 60; n++) {
      if ((await target.and(page.locator(':focus')).count()) > 0) return;
      await keyboard.press('Tab');
    }
    expect.fail(`Tab does not lead to ${target}`);
  };
  const take = async (field: Locator, typed: string) => {
    await tabTo(field);
    await keyboard.type(typed);
    await page.getByRole('option', { name: typed }).waitFor();
    await keyboard.press('Enter');
  };

  await keyboard.press('1');
  const ana = slackOf(page, 'Ana');
  await tabTo(ana.getByRole('textbox', { name: 'Message #db-access' }));
  await keyboard.type('/request');
  await keyboard.press('Enter');
  const form = ana.getByRole('dialog');
  await take(form.getByRole('combobox', { name: 'Postgres instance' }), 'Shop');
  await form.getByText('on Shop.').waitFor();
  await take(form.getByRole('combobox', { name: 'Role' }), 'orders_read');
  await form.getByText('Asked to decide').waitFor();
  await tabTo(form.getByRole('textbox', { name: 'Reason' }));
  await keyboard.type('Ticket 814: only keys');
  await tabTo(form.getByRole('button', { name: 'Send request' }));
  await keyboard.press('Enter');
  await form.waitFor({ state: 'detached' });

  const switched = page.getByRole('radiogroup', { name: 'You are' });
  await tabTo(switched.getByRole('radio', { name: 'Ana' }));
  for (const who of ['Ben', 'Dan', 'Cora']) {
    // As long as a finger takes.
    await keyboard.press('ArrowRight', { delay: 50 });
    await slackOf(page, who as 'Cora').waitFor();
  }
  const cora = slackOf(page, 'Cora');
  const waiting = cora.getByRole('article').filter({ hasText: 'only keys' });
  await tabTo(waiting.getByRole('button', { name: 'Approve' }));
  await keyboard.press('Enter');
  await waiting.filter({ hasText: 'Granted until' }).waitFor();
  await page.context().close();
});
