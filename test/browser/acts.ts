/** What people do on the page, by what they see: roles and labels. */
import type { Locator, Page } from 'playwright-core';
import { DESKTOP } from './demo.js';

export type Who = 'Ana' | 'Ben' | 'Dan' | 'Cora' | 'Eve' | 'Olga' | 'Sam';

/** Plays somebody, by the switch at the top. @returns their Slack */
export async function become(page: Page, who: Who): Promise<Locator> {
  if ((page.viewportSize()?.width ?? DESKTOP.width) >= 1180) {
    await page.getByRole('radiogroup', { name: 'You are' }).getByRole('radio', { name: who }).click();
  } else {
    await page.getByRole('button', { name: 'Play somebody else' }).click();
    await page.getByRole('menuitemradio', { name: who }).click();
  }
  return slackOf(page, who);
}

export function slackOf(page: Page, who: Who): Locator {
  return page.getByRole('region', { name: `Slack as ${who}` });
}

/** Opens a channel, or the app's own place, from the list at the left. */
export async function openRoom(slack: Locator, name: 'db-access' | 'general' | 'Hallpass'): Promise<void> {
  const back = slack.getByRole('button', { name: 'Back to channels' });
  await slack.getByRole('navigation').or(back).first().waitFor();
  if (await back.isVisible()) await back.click();
  await slack.getByRole('navigation').getByRole('button', { name }).click();
}

export async function openTab(slack: Locator, name: 'Home' | 'Messages'): Promise<void> {
  await openRoom(slack, 'Hallpass');
  await slack.getByRole('tab', { name }).click();
}

/** Writes where the person is, and presses Enter. */
export async function write(slack: Locator, text: string): Promise<void> {
  const box = slack.getByRole('textbox', { name: /^Message / });
  await box.fill(text);
  await box.press('Enter');
}

export interface Wish {
  readonly target?: 'Shop' | 'Vault';
  readonly role: string;
  /** As the menu says it. */
  readonly duration?: '5 seconds' | '15 minutes' | '1 hour' | '4 hours';
  readonly reason?: string;
}

export function dialog(slack: Locator): Locator {
  return slack.getByRole('dialog');
}

/** Opens the menu and takes the option that begins so. */
export async function pick(form: Locator, label: string, option: string): Promise<void> {
  const field = form.getByRole('combobox', { name: label });
  await field.click();
  await form.page().getByRole('option', { name: option }).first().click();
}

/** Choosing a role draws the form again, with the durations that it may be asked for. */
export async function untilDrawnForRole(form: Locator): Promise<void> {
  await form.getByText('Asked to decide').or(form.getByText('at once')).first().waitFor();
}

/** Fills in the form that is open. */
export async function fillForm(
  slack: Locator,
  { target = 'Shop', role, duration, reason }: Wish,
): Promise<void> {
  const form = dialog(slack);
  await pick(form, 'Postgres instance', target);
  await form.getByText(`on ${target}.`).waitFor();
  await pick(form, 'Role', role);
  await untilDrawnForRole(form);
  if (duration !== undefined) await pick(form, 'For how long?', duration);
  await form
    .getByRole('textbox', { name: 'Reason' })
    .fill(reason ?? 'Ticket 812: a customer is missing an order');
}

export async function send(slack: Locator, button = 'Send request'): Promise<void> {
  await dialog(slack).getByRole('button', { name: button, exact: true }).click();
  await dialog(slack).waitFor({ state: 'detached' });
}

/** Asks by /request, in the channel. */
export async function ask(slack: Locator, wish: Wish): Promise<void> {
  await openRoom(slack, 'db-access');
  await write(slack, '/request');
  await dialog(slack).waitFor();
  await fillForm(slack, wish);
  await send(slack);
}

/** The newest message that says all of this, where the person is. */
export function message(slack: Locator, ...says: readonly (string | RegExp)[]): Locator {
  return says
    .reduce<Locator>((found, hasText) => found.filter({ hasText }), slack.getByRole('article'))
    .last();
}

/** The newest card of db-access that says this, as the person sees it. */
export async function card(slack: Locator, ...says: readonly (string | RegExp)[]): Promise<Locator> {
  await openRoom(slack, 'db-access');
  const found = message(slack, ...says);
  await found.waitFor();
  return found;
}

/** The newest direct message of Hallpass that says this. */
export async function told(slack: Locator, ...says: readonly (string | RegExp)[]): Promise<Locator> {
  await openTab(slack, 'Messages');
  const found = message(slack, ...says);
  await found.waitFor();
  return found;
}

/** Clicks in a message or a Home. */
export async function click(within: Locator, button: string | RegExp): Promise<void> {
  await within.getByRole('button', { name: button }).first().click();
}

/** Shows one of the panels. @returns it */
export async function openPanel(page: Page, name: 'Guide' | 'Database' | 'Faults'): Promise<Locator> {
  const tab = page.getByRole('tab', { name, exact: true });
  if (await tab.isVisible()) await tab.click();
  else
    await page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('button', { name }).click();
  return page.getByRole('region', { name, exact: true });
}

/** On a phone: back to Slack. */
export async function openSlack(page: Page): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Parts of the page' })
    .getByRole('button', { name: 'Slack' })
    .click();
}

/** Runs one of the statements that the console offers, and waits for its answer. */
export async function runSnippet(database: Locator, label: string, answer: string | RegExp): Promise<void> {
  const log = database.getByRole('log', { name: 'What was run' });
  const before = await log.getByText(answer).count();
  await database
    .getByRole('group', { name: 'Try' })
    .getByRole('button', { name: label, exact: true })
    .click();
  await log.getByText(answer).nth(before).waitFor();
}
