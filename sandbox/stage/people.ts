/** What people do with Hallpass in Slack, and what they see of a request. */
import { type Actor, type SeenMessage, type SeenView, type Slack, wordsOf } from '../slack/index.js';
import { CAST, CHANNELS } from './cast.js';

export type Name = keyof typeof CAST;

export interface Wish {
  /** Default: shop. */
  readonly target?: string;
  readonly role: string;
  /** As the menu says it: "1 hour". */
  readonly duration?: string;
  /** Typed beside the menu. */
  readonly otherDuration?: string;
  readonly reason?: string;
}

/** Opens the form and fills it in. */
export function fillForm(slack: Slack, name: Name, wish: Wish): Promise<void> {
  return fillFormAs(slack, slack.as(CAST[name]), wish);
}

/** As `fillForm`, for somebody who is not in the cast. @param patienceMs how long they wait for what a form shows next */
export async function fillFormAs(
  slack: Slack,
  person: Actor,
  wish: Wish,
  patienceMs?: number,
): Promise<void> {
  const target = wish.target ?? 'shop';
  const before = person.openedView()?.id;
  succeeded(await person.command('/request'));
  await slack.waitFor(() => {
    const view = person.openedView();
    return view !== undefined && view.id !== before;
  }, patienceMs);
  succeeded(await person.choose('Postgres instance', target));
  await slack.waitFor(() => hasBlock(person, `role:${target}`), patienceMs);
  succeeded(await person.choose('Role', wish.role));
  await slack.waitFor(() => hasBlock(person, `duration:${wish.role}`), patienceMs);
  if (wish.duration !== undefined) succeeded(await person.choose('For how long?', wish.duration));
  if (wish.otherDuration !== undefined) succeeded(await person.fill('Another duration', wish.otherDuration));
  succeeded(await person.fill('Reason', wish.reason ?? 'ticket 812'));
}

/** Fills in the form and sends it. @returns the errors beside the fields; null when it was taken. */
export function submitRequest(
  slack: Slack,
  name: Name,
  wish: Wish,
): Promise<Readonly<Record<string, string>> | null> {
  return submitAs(slack, slack.as(CAST[name]), wish);
}

/** As `submitRequest`, for somebody who is not in the cast. */
export async function submitAs(
  slack: Slack,
  person: Actor,
  wish: Wish,
): Promise<Readonly<Record<string, string>> | null> {
  await fillFormAs(slack, person, wish);
  const sent = await person.submit();
  if (sent.outcome === 'errors') {
    const { errors } = sent;
    await person.closeView();
    return errors;
  }
  if (sent.outcome !== 'closed') throw new Error(`the form: ${JSON.stringify(sent)}`);
  return null;
}

/** Asks, and waits for the message that says so. @returns the request's id, "R-1042" */
export async function request(slack: Slack, name: Name, wish: Wish): Promise<string> {
  const known = new Set(idsIn(slack, name));
  const errors = await submitRequest(slack, name, wish);
  if (errors !== null) throw new Error(`the form was refused: ${JSON.stringify(errors)}`);
  return slack.waitFor(() => idsIn(slack, name).find((id) => !known.has(id)));
}

function idsIn(slack: Slack, name: Name): string[] {
  return messagesOf(slack, name).flatMap((message) => all(message).match(/R-\d+/g) ?? []);
}

/** The direct messages of Hallpass to this person, the oldest first. */
export function messagesOf(slack: Slack, name: Name): readonly SeenMessage[] {
  return slack.as(CAST[name]).messages('dm');
}

/** Everything that a message says: what a push notification shows, and its blocks. */
export function all(message: SeenMessage): string {
  return `${message.text}\n${wordsOf(message.blocks)}`;
}

/** Waits for the card of a request to say this, and answers it as `name` sees it. */
export function card(slack: Slack, id: string, says: RegExp, name: Name = 'cora'): Promise<SeenMessage> {
  return slack.waitFor(
    () => cardNow(slack, id, says, name),
    undefined,
    () => `${id}’s card should say ${says}. It says: ${saysNow(cardNow(slack, id, /./, name))}`,
  );
}

/** The card as it stands; undefined when it does not say this. */
export function cardNow(
  slack: Slack,
  id: string,
  says: RegExp,
  name: Name = 'cora',
): SeenMessage | undefined {
  return slack
    .as(CAST[name])
    .messages(CHANNELS.access)
    .find((message) => !message.ephemeral && mentionsId(message, id) && says.test(all(message)));
}

/**
 * Waits for a direct message about a request that says this: a whole one, not the line that an older one shrinks to.
 * @param ms how long; by default as long as `waitFor`
 */
export function told(slack: Slack, name: Name, id: string, says: RegExp, ms?: number): Promise<SeenMessage> {
  return slack.waitFor(
    () =>
      messagesOf(slack, name).findLast(
        (message) => message.blocks.length > 1 && mentionsId(message, id) && says.test(all(message)),
      ),
    ms,
    () => `${name} should be told ${says} of ${id}. The newest: ${saysNow(messagesOf(slack, name).at(-1))}`,
  );
}

function saysNow(message: SeenMessage | undefined): string {
  return message === undefined ? 'nothing' : all(message);
}

/** Clicks, and waits for what is then said privately in the channel. */
export function clickAndHear(
  slack: Slack,
  name: Name,
  message: SeenMessage,
  button: string,
): Promise<string> {
  return clickAndHearAs(slack, slack.as(CAST[name]), message, button);
}

/** As `clickAndHear`, for somebody who is not in the cast. */
export async function clickAndHearAs(
  slack: Slack,
  person: Actor,
  message: SeenMessage,
  button: string,
): Promise<string> {
  const heard = () => person.messages(message.channel).filter(({ ephemeral }) => ephemeral);
  const before = heard().length;
  succeeded(await person.click(message, button));
  return slack.waitFor(() => (heard().length > before ? heard().at(-1)?.text : undefined));
}

/** Clicks a button that needs no private answer. */
export async function click(slack: Slack, name: Name, message: SeenMessage, button: string): Promise<void> {
  succeeded(await slack.as(CAST[name]).click(message, button));
}

/** Clicks Deny, and sends the form that asks why. */
export async function deny(
  slack: Slack,
  name: Name,
  message: SeenMessage,
  reason?: string,
  button = 'Deny',
): Promise<void> {
  const person = slack.as(CAST[name]);
  await openDenial(slack, name, message, button);
  if (reason !== undefined) succeeded(await person.fill('Reason', reason));
  const sent = await person.submit();
  if (sent.outcome !== 'closed') throw new Error(`the form: ${JSON.stringify(sent)}`);
}

/** Clicks Deny, and waits for the form that asks why. */
export async function openDenial(
  slack: Slack,
  name: Name,
  message: SeenMessage,
  button = 'Deny',
): Promise<SeenView> {
  const person = slack.as(CAST[name]);
  const before = person.openedView()?.id;
  await click(slack, name, message, button);
  return slack.waitFor(() => {
    const view = person.openedView();
    return view?.id === before ? undefined : view;
  });
}

/** Chooses in the menu beside Approve. @param duration as the menu says it: "30 minutes" */
export async function approveFor(
  slack: Slack,
  name: Name,
  message: SeenMessage,
  duration: string,
): Promise<void> {
  const menu = 'request_approve_for';
  succeeded(await slack.as(CAST[name]).choose(menu, `Approve for ${duration}`, message));
}

function mentionsId(message: SeenMessage, id: string): boolean {
  return new RegExp(`\\b${id}\\b`).test(all(message));
}

function hasBlock(person: Actor, blockId: string): boolean {
  return person.openedView()?.blocks.some((block) => block.block_id === blockId) === true;
}

function succeeded(done: { readonly outcome: string }): void {
  if (done.outcome !== 'ok') throw new Error(`Slack shows a failure: ${JSON.stringify(done)}`);
}
