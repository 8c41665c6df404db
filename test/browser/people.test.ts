/** What each of the people can do in Slack, by clicking what they would click. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import {
  ask,
  become,
  card,
  click,
  dialog,
  message,
  openPanel,
  openRoom,
  openTab,
  pick,
  send,
  told,
  untilDrawnForRole,
  write,
} from './acts.js';
import { demo } from './demo.js';
import { expectFine } from './looks.js';

const opened = demo();
let page: Page;
let slack: Locator;

beforeAll(async () => {
  page = await opened.openPage();
});

it('tells Eve, who has no login, why she can’t ask; and that she can’t decide', async () => {
  slack = await become(page, 'Ana');
  await ask(slack, { role: 'payments_read', duration: '15 minutes' });
  slack = await become(page, 'Eve');
  await click(await card(slack, 'Waiting for approval'), 'Approve');
  await message(slack, 'Only visible to you').waitFor();
  await click(message(slack, 'Only visible to you'), 'Dismiss message');
  await message(slack, 'Only visible to you').waitFor({ state: 'detached' });
  await write(slack, '/request');
  await dialog(slack).getByText('Hallpass knows no login of yours').waitFor();
  await expectFine(page, 'a form that refuses');
  await click(dialog(slack), 'Close');
});

it('lets Cora deny with a reason, which Ana reads', async () => {
  slack = await become(page, 'Cora');
  await click(await card(slack, 'Waiting for approval'), 'Deny');
  await dialog(slack)
    .getByRole('textbox', { name: 'Reason' })
    .fill('Ask for orders_read: it is enough for that.');
  await send(slack, 'Deny');
  await message(slack, 'Denied by', 'it is enough for that').waitFor();
  slack = await become(page, 'Ana');
  await told(slack, 'Denied by', 'it is enough for that');
});

it('finds Ana a role by the table that she needs, and asks for two who approve', async () => {
  await openRoom(slack, 'db-access');
  await write(slack, '/request shop');
  const form = dialog(slack);
  await pickByTable(form, 'payments.payments', 'payments_read');
  await pick(form, 'For how long?', '1 hour');
  await form.getByRole('textbox', { name: 'Reason' }).fill('Ticket 813: a payment that was made twice');
  await expectFine(page, 'the form');
  await send(slack);
  slack = await become(page, 'Cora');
  await click(await card(slack, 'Waiting for approval', 'Needs'), 'Approve');
  await message(slack, '1 of 2').waitFor();
  slack = await become(page, 'Sam');
  await click(await card(slack, 'Waiting for approval', '1 of 2'), 'Approve');
  await message(slack, 'Granted until', 'payments_read').waitFor();
});

async function turnClock(by: '+10 minutes' | '+1 hour'): Promise<void> {
  const faults = await openPanel(page, 'Faults');
  await click(faults, by);
  await faults
    .getByText(`The clock is turned forward by ${by.slice(1)}`)
    .first()
    .waitFor();
}

/** The first search may come before Hallpass has read the server. */
async function pickByTable(form: Locator, table: string, role: string): Promise<void> {
  const field = form.getByRole('combobox', { name: 'Role' });
  const option = page.getByRole('option', { name: new RegExp(`${role}.*reads ${table}`) });
  await expect
    .poll(
      async () => {
        await field.fill('');
        await field.fill(table);
        return option.waitFor({ timeout: 2_000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  await option.click();
  await untilDrawnForRole(form);
}

it('shows Ana on Home what she holds; from there she asks for longer, and relinquishes it', async () => {
  slack = await become(page, 'Ana');
  await openTab(slack, 'Home');
  const home = slack.getByRole('tabpanel', { name: 'Home' });
  await home.getByText('What you hold').waitFor();
  await home.getByText('psql').waitFor();
  await expectFine(page, 'Home');
  await turnClock('+10 minutes');
  await click(home, 'Extend');
  await home.getByText('to extend it by 1 hour').waitFor();
  slack = await become(page, 'Cora');
  await click(await card(slack, 'to extend it'), 'Approve');
  slack = await become(page, 'Sam');
  await click(await card(slack, 'to extend it', '1 of 2'), 'Approve');
  await message(slack, 'Extended by').waitFor();
  slack = await become(page, 'Ana');
  await openTab(slack, 'Home');
  await click(home, 'Relinquish');
  await home.getByText('Nothing at the moment').waitFor();
});

it('lets Ana ask again with one click, and cancel it', async () => {
  await click(await told(slack, 'Ended: relinquished by you', 'Confirmed gone'), 'Ask again');
  await dialog(slack).getByRole('combobox', { name: 'Role' }).waitFor();
  expect(await dialog(slack).getByRole('combobox', { name: 'Role' }).inputValue()).toBe('payments_read');
  await send(slack);
  await click(await told(slack, 'Waiting for approval'), 'Cancel request');
  await told(slack, 'Canceled by you');
});

it('approves Dan at once while he is on call, for an hour at most, and lets him extend it', async () => {
  slack = await become(page, 'Dan');
  await ask(slack, { role: 'orders_write', duration: '4 hours', reason: 'Pager: orders are stuck' });
  const granted = await told(slack, 'You have orders_write', 'shortened to 1 hour');
  await turnClock('+10 minutes');
  await click(granted, 'Extend');
  await told(slack, 'Extended until');
});

it('offers the form as a shortcut, and on a message with an error in it', async () => {
  slack = await become(page, 'Ben');
  await openRoom(slack, 'general');
  await write(slack, 'ERROR: permission denied for table lines');
  const error = message(slack, 'permission denied for table lines');
  await error.hover();
  await click(error, 'More actions');
  await page.getByRole('menuitem', { name: 'Access for this error' }).click();
  await dialog(slack).getByRole('combobox', { name: 'Role' }).waitFor();
  expect(await dialog(slack).getByRole('textbox', { name: 'Reason' }).inputValue()).toContain(
    'denied for table lines',
  );
  await click(dialog(slack), 'Close');
  await click(slack, 'Shortcuts');
  await page.getByRole('menuitem', { name: 'Request database access' }).click();
  await dialog(slack).getByRole('button', { name: 'Send request' }).waitFor();
  await click(dialog(slack), 'Close');
});

it('lets Olga end what anyone holds, and pause and resume granting, on her Home', async () => {
  slack = await become(page, 'Olga');
  await openTab(slack, 'Home');
  const home = slack.getByRole('tabpanel', { name: 'Home' });
  await home.getByText('Everything granted').waitFor();
  await expectFine(page, 'an operator’s Home');
  await click(home, 'Pause everywhere');
  await dialog(slack).getByRole('textbox', { name: 'Why?' }).fill('We look into an incident');
  await send(slack, 'Pause');
  await home.getByText('We look into an incident').waitFor();
  await click(home, 'Resume');
  await click(page.getByRole('alertdialog'), 'Resume');
  await home.getByText('We look into an incident').waitFor({ state: 'detached' });
  await click(home, 'End access');
  await expectFine(page, 'a question');
  await click(page.getByRole('alertdialog'), 'End access');
  await home.getByText('Nothing at the moment').nth(1).waitFor();
  slack = await become(page, 'Dan');
  await told(slack, 'Ended by', 'Confirmed gone');
});

it('lets Ben break the glass, and Sam judge it', async () => {
  slack = await become(page, 'Ben');
  await openRoom(slack, 'db-access');
  await write(slack, '/request shop');
  await pick(dialog(slack), 'Role', 'orders_write');
  await untilDrawnForRole(dialog(slack));
  await pick(dialog(slack), 'For how long?', '15 minutes');
  await dialog(slack).getByRole('textbox', { name: 'Reason' }).fill('No order can be paid');
  await dialog(slack)
    .getByRole('checkbox', { name: /Emergency/ })
    .check();
  await click(dialog(slack), 'Send request');
  await expectFine(page, 'the question before the glass is broken');
  await send(slack, 'Break glass');
  await click(await told(slack, 'Emergency access until'), 'Relinquish');
  await told(slack, 'Ended: relinquished by you', 'Confirmed gone');
  await turnClock('+1 hour');
  slack = await become(page, 'Sam');
  await click(await card(slack, 'orders_write', 'Review'), /reply/);
  const thread = slack.getByRole('region', { name: 'Thread' });
  await click(thread, 'Not justified');
  await dialog(slack).getByRole('textbox', { name: /why/ }).fill('This could have waited for Cora.');
  await dialog(slack).getByRole('button', { name: 'Cancel' }).waitFor();
  await dialog(slack).locator('button[type=submit]').click();
  await dialog(slack).waitFor({ state: 'detached' });
  await expectFine(page, 'a thread');
  slack = await become(page, 'Ben');
  await told(slack, 'was not justified');
});
