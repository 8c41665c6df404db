/** Every control of the panel of faults, and what comes of it; at the end ten thousand grants that end at once. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import {
  ask,
  become,
  card,
  click,
  message,
  openPanel,
  openRoom,
  openTab,
  runSnippet,
  told,
  type Wish,
  write,
} from './acts.js';
import { demo } from './demo.js';
import { expectFine } from './looks.js';

const opened = demo();
let page: Page;
let faults: Locator;
let slack: Locator;

beforeAll(async () => {
  page = await opened.openPage();
  faults = await openPanel(page, 'Faults');
});

const badge = (says: string) =>
  page.getByRole('banner').getByRole('status').filter({ hasText: says }).waitFor();
/** What is said of what was done last. */
const said = (what: string) => faults.getByRole('status').first().filter({ hasText: what }).waitFor();

async function choose(label: string, option: string): Promise<void> {
  await faults.getByRole('group', { name: label }).getByText(option, { exact: true }).click();
}

/** Ana asks, and Cora approves. */
async function approve(wish: Wish): Promise<void> {
  await ask(await become(page, 'Ana'), wish);
  slack = await become(page, 'Cora');
  await click(await card(slack, 'Waiting for approval', wish.role), 'Approve');
}

async function grant(role: string, duration: NonNullable<Wish['duration']>): Promise<void> {
  await approve({ role, duration });
  await message(slack, 'Granted until', role).waitFor();
}

it('kills Hallpass: nothing in Slack answers, and once it runs again everything does', async () => {
  await grant('orders_read', '1 hour');
  await click(faults, 'kill -9 Hallpass');
  await badge('Hallpass is gone');
  await said('Still out');
  await expectFine(page, 'without Hallpass');
  slack = await become(page, 'Ana');
  await openRoom(slack, 'db-access');
  await write(slack, '/request');
  await message(slack, 'Only visible to you', '/request').waitFor();
  await click(faults, 'Start Hallpass');
  await badge('Hallpass runs');
  await said('It is ready');
});

it('stops Shop while a grant on it is due: it is revoked when Shop is back', async () => {
  await click(faults, 'Flush the alarms');
  await said('The alarms are flushed');
  await click(faults, 'Stop Shop, a target');
  await said('It is down');
  await click(faults, '+1 hour');
  slack = await become(page, 'Cora');
  await card(slack, 'not yet confirmed', 'orders_read');
  await click(faults, 'Start Shop, a target');
  await said('Shop');
  await message(slack, 'Ended: its time was up', 'Confirmed gone').waitFor();
});

it('stops the guarded target: Shop goes on, and what is approved for it is granted when it is back', async () => {
  await ask(await become(page, 'Ana'), { target: 'Vault', role: 'vault_read', duration: '15 minutes' });
  slack = await become(page, 'Cora');
  const asked = await card(slack, 'Waiting for approval', 'vault_read');
  await click(faults, 'Stop Vault, a guarded target');
  await said('It is down');
  await click(asked, 'Approve');
  await message(slack, 'Approved', 'vault_read').waitFor();
  await grant('orders_read', '15 minutes');
  expect(await message(slack, 'vault_read').textContent()).not.toContain('Granted until');
  await click(faults, 'Start Vault, a guarded target');
  await said('It is up');
  await message(slack, 'Granted until', 'vault_read').waitFor();
});

it('stops the ledger: /request says so, a grant stays, and is revoked when the ledger is back', async () => {
  await grant('payments_read', '5 seconds');
  await click(faults, 'Stop The ledger’s server');
  await said('It is down');
  await click(faults, 'Flush the alarms');
  await faults.getByRole('alert').filter({ hasText: 'it keeps the alarms' }).waitFor();
  slack = await become(page, 'Ana');
  await openRoom(slack, 'db-access');
  await write(slack, '/request');
  await page
    .getByText(/can’t reach its (database|ledger)/)
    .first()
    .waitFor();
  if (await slack.getByRole('dialog').isVisible()) await click(slack.getByRole('dialog'), 'Close');
  const database = await openPanel(page, 'Database');
  await runSnippet(database, 'My roles', 'payments_read');
  await openPanel(page, 'Faults');
  await click(faults, 'Start The ledger’s server');
  await said('It is up');
  await told(slack, 'Ended: its time was up', 'payments_read', 'Confirmed gone');
});

const TROUBLES = [
  ['500', 'Slack answers 500'],
  ['5 s late', 'Slack answers 5 s late'],
  ['Loses answers', 'Slack takes messages and loses the answers'],
] as const;

it.each(TROUBLES)(
  'lets Slack fail (%s): a grant ends all the same, and its message comes, once',
  async (trouble, words) => {
    await grant('orders_write', '1 hour');
    slack = await become(page, 'Ana');
    await openTab(slack, 'Messages');
    const ended = () =>
      slack
        .getByRole('article')
        .filter({ hasText: 'Ended: its time was up' })
        .filter({ hasText: 'Confirmed gone' })
        .filter({ hasText: 'orders_write' });
    const before = await ended().count();
    await choose('How Slack answers', trouble);
    await said(words);
    await faults.getByText('in trouble').waitFor();
    await click(faults, '+1 hour');
    const database = await openPanel(page, 'Database');
    await database.getByText('nothing open').waitFor();
    await openPanel(page, 'Faults');
    await choose('How Slack answers', 'Works');
    await said('Slack works');
    await ended().nth(before).waitFor();
    // The note of its grant says the same, until it shrinks to a line.
    await expect.poll(() => ended().count(), { timeout: 30_000 }).toBe(before + 1);
  },
);

it('asks approvers while it can’t tell who is on call, and follows who is', async () => {
  await choose('Whether PagerDuty answers', 'Down');
  await said('PagerDuty is down');
  slack = await become(page, 'Dan');
  await ask(slack, { role: 'orders_write', duration: '15 minutes' });
  await card(slack, 'Waiting for approval', 'Not approved by on call');
  await choose('Whether PagerDuty answers', 'Works');
  await said('PagerDuty works');
  await click(faults, '+1 day');
  await told(slack, 'Lapsed');
  for (const who of ['Nobody', 'Ben', 'Dan']) {
    await choose('Who is on call', who);
    await said(`${who} is on call`);
  }
  await click(faults, '+10 minutes');
  await said('The clock is turned forward by 10 minutes');
});

it('makes everything work again by one button', async () => {
  await choose('How Slack answers', '500');
  await choose('Who is on call', 'Nobody');
  await click(faults, 'Stop Vault, a guarded target');
  await said('It is down');
  await click(faults, 'kill -9 Hallpass');
  await badge('Hallpass is gone');
  await click(faults, 'Make everything work again');
  await said('Everything works again');
  await badge('Hallpass runs');
  await expectFine(page, 'the faults');
});

it('plays the encore: Hallpass is killed when half are gone, is started, and gets to zero', async () => {
  await click(faults, 'Play the encore');
  await faults.getByRole('checkbox', { name: 'kill -9 when half are gone' }).click({ timeout: 120_000 });
  await click(faults, 'Start its Hallpass');
  await faults
    .getByRole('figure', { name: 'Hallpass' })
    .getByText('all gone after')
    .waitFor({ timeout: 120_000 });
  const left = await faults.getByLabel('One job a grant: memberships left').textContent();
  expect(Number(left?.replace(',', ''))).toBeGreaterThanOrEqual(0);
  await expectFine(page, 'the encore');
  await click(faults, 'End the encore');
  await faults.getByRole('button', { name: 'Play the encore' }).waitFor();
});
