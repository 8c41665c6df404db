/** The story once more, for the pictures of docs/images: `npm run docs:images` puts them there. */
import { mkdir } from 'node:fs/promises';
import type { Locator, Page } from 'playwright-core';
import { it } from 'vitest';
import {
  ask,
  become,
  card,
  click,
  dialog,
  fillForm,
  message,
  openPanel,
  openTab,
  runSnippet,
  slackOf,
  told,
  write,
} from './acts.js';
import { demo } from './demo.js';
import { Film, IMAGES, picture } from './film.js';

const SIZE = { width: 1280, height: 760 };
/** For two windows and a panel, and for a form from its top to its end. */
const LARGE = { width: 1400, height: 900 };

const opened = demo();

async function beside(page: Page) {
  await page.getByRole('button', { name: 'Split view' }).click();
  await page.getByRole('menuitemradio', { name: 'Cora' }).click();
  return { ana: await become(page, 'Ana'), cora: slackOf(page, 'Cora') };
}
const inBoth = async (page: Page, name: string) => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await picture(page, colorScheme === 'light' ? name : `${name}-${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
};

async function dismissAll(slack: Locator) {
  const toasts = slack.getByRole('button', { name: 'Dismiss notification' });
  while ((await toasts.count()) > 0) await toasts.first().click();
}

it('films it: ask, approve, rows, revoked', async () => {
  await mkdir(IMAGES, { recursive: true });
  const page = await opened.openPage({ viewport: LARGE, deviceScaleFactor: 2, reducedMotion: 'reduce' });
  const film = new Film(page);
  const { ana, cora } = await beside(page);
  const database = await openPanel(page, 'Database');
  await page.getByRole('checkbox', { name: 'Keep ana' }).check();
  const orders = database.getByRole('button', { name: 'Orders', exact: true });
  await film.click(orders);
  await database.getByText('permission denied for schema orders').waitFor();
  await film.hold(1_300);
  await ana.getByRole('textbox', { name: 'Message #db-access' }).fill('/request');
  await film.hold(700);
  await write(ana, '/request');
  await dialog(ana).waitFor();
  await fillForm(ana, { role: 'orders_read', duration: '15 minutes' });
  await film.hold(1_300);
  await film.click(dialog(ana).getByRole('button', { name: 'Send request' }));
  await dialog(ana).waitFor({ state: 'detached' });
  const asked = await card(cora, 'Waiting for approval');
  await database.getByText('1 pending').waitFor();
  await film.hold(1_200);
  await film.click(asked.getByRole('button', { name: 'Approve' }));
  await message(cora, 'Granted until').waitFor();
  await database.getByText('1 active').waitFor();
  const granted = await told(ana, 'You have orders_read');
  await dismissAll(ana);
  await film.hold(900);
  await film.click(orders);
  await database.getByText('(5 rows)').waitFor();
  await film.hold(1_600);
  await film.click(granted.getByRole('button', { name: 'Relinquish' }));
  await message(ana, 'Ended: relinquished by you', 'Confirmed gone').waitFor();
  await message(cora, 'Ended: relinquished by', 'Confirmed gone').waitFor();
  await dismissAll(ana);
  await film.hold(900);
  await film.click(orders);
  await database.getByText('permission denied for schema orders').nth(1).waitFor();
  await film.hold(2_000);
  await film.save('demo');
  await page.context().close();
});

it('pictures each part', async () => {
  const page = await opened.openPage({ viewport: LARGE, deviceScaleFactor: 2, reducedMotion: 'reduce' });
  const { ana, cora } = await beside(page);
  await write(ana, '/request');
  await dialog(ana).waitFor();
  await fillForm(ana, {
    role: 'orders_write',
    duration: '1 hour',
    reason: 'Ticket 812: an order is stuck',
  });
  await picture(page, 'form', dialog(ana));
  await dialog(ana).getByRole('button', { name: 'Send request' }).click();
  await card(cora, 'Waiting for approval', 'orders_write');
  await openPanel(page, 'Guide');
  await inBoth(page, 'card');
  await click(await card(cora, 'Waiting for approval', 'orders_write'), 'Approve');
  await message(cora, 'Granted until').waitFor();
  await page.getByRole('button', { name: 'End the split view' }).click();
  await page.setViewportSize(SIZE);
  await become(page, 'Ana');
  const database = await openPanel(page, 'Database');
  await runSnippet(database, 'Update', 'UPDATE 3');
  await runSnippet(database, 'Orders', '(5 rows)');
  await openTab(ana, 'Messages');
  await inBoth(page, 'database');
  const dan = await become(page, 'Dan');
  await ask(dan, { role: 'orders_write', duration: '1 hour', reason: 'Pager: orders are stuck' });
  await told(dan, 'You have orders_write');
  const olga = await become(page, 'Olga');
  await openTab(olga, 'Home');
  await olga.getByText('Everything granted').waitFor();
  await openPanel(page, 'Faults');
  await page.getByRole('button', { name: 'kill -9 Hallpass' }).click();
  await page.getByText('Still out').waitFor();
  await inBoth(page, 'faults');
  await page.getByRole('button', { name: 'Start Hallpass' }).click();
  await page.getByText('It is ready').waitFor();
  await openPanel(page, 'Guide');
  await page.getByRole('button', { name: 'Side panel' }).click();
  await inBoth(page, 'home');
  await page.getByRole('button', { name: 'Side panel' }).click();
  await become(page, 'Ana');
  await picture(page, 'guide');
  await page.context().close();
});
