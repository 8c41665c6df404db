/** The story on a desktop: two people beside each other, the database, and the guide that watches. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, it } from 'vitest';
import { ask, become, card, click, message, openPanel, openRoom, runSnippet, slackOf, told } from './acts.js';
import { demo } from './demo.js';
import { expectFine } from './looks.js';

const opened = demo();
let page: Page;
let ana: Locator;
let cora: Locator;
let database: Locator;

beforeAll(async () => {
  page = await opened.openPage();
});

/** What a step of the guide says, when it is done. */
async function done(step: RegExp): Promise<void> {
  await openPanel(page, 'Guide');
  await page.getByRole('heading', { name: step }).filter({ hasText: '(Done)' }).waitFor();
}

it('puts two people beside each other: one asks, and the other’s phone buzzes', async () => {
  ana = slackOf(page, 'Ana');
  await page.getByRole('button', { name: 'Split view' }).click();
  await page.getByRole('menuitemradio', { name: 'Cora' }).click();
  cora = slackOf(page, 'Cora');
  await openRoom(cora, 'general');
  await ask(ana, { role: 'orders_read', duration: '15 minutes' });

  const toast = cora.getByRole('button', { name: /Cora’s phone.*orders_read/ });
  await toast.waitFor();
  await cora
    .getByRole('navigation')
    .getByRole('button', { name: /db-access.*1 unread/ })
    .waitFor();
  await toast.click();
  await message(cora, 'Waiting for approval', 'Ana asked for').waitFor();
  await expectFine(page, 'two people');
  await done(/Ana asks/);
});

it('shows her console refused, then rows once Cora approves', async () => {
  await become(page, 'Ana');
  database = await openPanel(page, 'Database');
  await runSnippet(database, 'Orders', 'permission denied for schema orders');
  await database.getByText('1 pending').waitFor();
  await expectFine(page, 'the database');
  await click(await card(cora, 'Waiting for approval'), 'Approve');
  await message(cora, 'Granted until').waitFor();
  await told(ana, 'You have orders_read');
  await runSnippet(database, 'Orders', '(5 rows)');
  await database.getByText('1 active').waitFor();
  await database.getByRole('row', { name: /orders_read ana hallpass/ }).waitFor();
  await done(/The database refuses/);
  await done(/Cora approves/);
  await done(/The database lets her/);
});

it('ends what reads on when Ana relinquishes it, and refuses her again', async () => {
  await openPanel(page, 'Database');
  await database.getByRole('button', { name: 'More …' }).click();
  await page.getByRole('menuitem', { name: 'Cursor' }).click();
  await database.getByText('(3 rows)').waitFor();
  await database.getByRole('status').filter({ hasText: 'in a transaction' }).waitFor();
  await click(await told(ana, 'You have orders_read'), 'Relinquish');
  await told(ana, 'Ended: relinquished by you', 'Confirmed gone');
  await openPanel(page, 'Database');
  await database.getByRole('alert').filter({ hasText: 'The server closed this session' }).waitFor();
  await runSnippet(database, 'Orders', 'permission denied for schema orders');
  await database.getByText('nothing open').waitFor();
  await done(/Time is up/);
});

it('revokes what was out while Hallpass was killed, and shows the receipt', async () => {
  await ask(ana, { role: 'orders_read', duration: '1 hour' });
  await click(await card(cora, 'Waiting for approval'), 'Approve');
  await message(cora, 'Granted until').waitFor();
  const faults = await openPanel(page, 'Faults');
  await click(faults, 'kill -9 Hallpass');
  const badge = page.getByRole('banner').getByRole('status');
  await badge.filter({ hasText: 'Hallpass is gone' }).waitFor();
  await click(faults, '+1 hour');
  await faults.getByText('The clock is turned forward by 1 hour').waitFor();
  await click(faults, 'Start Hallpass');
  await badge.filter({ hasText: 'Hallpass runs' }).waitFor();
  await told(ana, 'Ended: its time was up', 'Confirmed gone');
  await done(/kill -9/);
  await page.getByRole('status').filter({ hasText: 'Receipt' }).getByText('pg_auth_members').waitFor();
  await page.getByText('6 of 6 done').waitFor();
  await expectFine(page, 'the guide');
});
