/** Acting as a person of the workspace, and seeing what that person sees. */

import { findElement } from './act/find.js';
import {
  ask,
  choose,
  close,
  type Done,
  fill,
  openModal,
  pressEnter,
  type Submitted,
  submit,
  tell,
} from './act/form.js';
import { chooseInMessage, tellOfMessage } from './act/in-message.js';
import { type Failure, interact } from './act/outcome.js';
import { type SeenMessage, type SeenView, seenMessage, seenView } from './act/seen.js';
import { useShortcut } from './act/shortcut.js';
import { BadAck, isEmpty } from './delivery/acks.js';
import { appHomeOpened, globalShortcut, messageShortcut, slashCommand } from './delivery/payloads.js';
import { reply, respond } from './delivery/response-url.js';
import { Impossible } from './impossible.js';
import type { Block } from './validate/blocks.js';
import type { Option } from './validate/objects.js';
import { check } from './validate/report.js';
import type { Message, Notification } from './world/messages.js';
import type { OpenView } from './world/screens.js';
import { type Channel, GENERAL, type Person } from './world/workspace.js';
import type { World } from './world/world.js';

export type Commanded = { readonly outcome: 'ok'; readonly response: SeenMessage | null } | Failure;
export type Clicked = Done | { readonly outcome: 'not confirmed' };

/** Where an element stands; the modal on top unless said otherwise. */
export type Surface = 'modal' | 'home';

interface ClickOptions {
  readonly value?: string | undefined;
  readonly confirm?: boolean | undefined;
  readonly seen?: readonly Block[] | undefined;
}

const blocksOf = (surface: OpenView | Message): readonly Block[] =>
  'view' in surface ? surface.view.blocks : surface.blocks;

export class Actor {
  #world: World;
  #id: string;

  constructor(world: World, userId: string) {
    this.#world = world;
    this.#id = userId;
  }

  /** Types a slash command. In #general unless `where` (a channel's id or name, or `dm`) says otherwise. */
  async command(name: string, text = '', where?: string): Promise<Commanded> {
    const world = this.#world;
    const person = this.#person();
    if (!world.workspace.commands.has(name)) throw new Impossible(`${name} is not a valid command.`);
    const inGeneral = world.workspace.channel(GENERAL)?.members.includes(person.id) ? GENERAL : 'dm';
    const channel = this.#channel(where ?? inGeneral);
    const payload = slashCommand(world, person, { command: name, text, channel });
    const seen = `${name} failed because the app did not respond`;
    return interact(world, { kind: 'slash_commands', payload, seen }, (body): Commanded => {
      if (isEmpty(body)) return { outcome: 'ok', response: null };
      const answered = check(reply, body, []);
      if (!answered.ok) throw new BadAck(answered.messages.join('; '));
      const origin = { userId: person.id, channel: channel.id, messageTs: null, threadTs: null };
      const message = respond(world, origin, answered.value);
      return { outcome: 'ok', response: message && seenMessage(message) };
    });
  }

  /** Uses a shortcut from anywhere in Slack. */
  shortcut(callbackId: string): Promise<Done> {
    const [world, person] = [this.#world, this.#person()];
    this.#offers(callbackId, 'global');
    return useShortcut(world, globalShortcut(world, person, callbackId));
  }

  /** Uses a shortcut in the menu of a message, whoever wrote it. What only one person sees has no such menu. */
  messageShortcut(message: SeenMessage, callbackId: string): Promise<Done> {
    const [world, person] = [this.#world, this.#person()];
    this.#offers(callbackId, 'message');
    if (message.ephemeral) throw new Impossible('A message that only one person sees has no shortcuts.');
    return useShortcut(world, messageShortcut(world, person, this.#seen(message), callbackId));
  }

  #offers(callbackId: string, type: 'global' | 'message'): void {
    if (this.#world.workspace.shortcuts.get(callbackId) !== type) {
      throw new Impossible(`The app has no ${type} shortcut ${callbackId}.`);
    }
  }

  /** The modal on top of the screen. */
  openedView(): SeenView | undefined {
    const open = this.#world.screens.modal(this.#id);
    return open && seenView(open);
  }

  /** App Home as it stands. */
  home(): SeenView | undefined {
    const open = this.#world.screens.home(this.#id);
    return open && seenView(open);
  }

  /** Opens App Home: tells the app, and answers what stands there at once; the app may publish later. */
  openHome(tab: 'home' | 'messages' = 'home'): SeenView | undefined {
    const person = this.#person();
    // Retries take minutes and are nobody's business here; sendEvent does not reject.
    void this.#world.delivery.sendEvent(appHomeOpened(this.#world, person, tab));
    return this.home();
  }

  /** Types `query` into a select and answers what is offered. Throws Impossible when the app fails to offer. */
  async options(element: string, query = '', surface: Surface = 'modal'): Promise<readonly Option[]> {
    const open = this.#open(surface);
    const found = findElement(open.view.blocks, element);
    const offered = await ask(this.#world, this.#person(), open, found, query);
    if ('outcome' in offered) throw new Impossible(`No options: ${offered.outcome}. ${offered.seen}`);
    return offered;
  }

  /** Chooses options by their text or value; in a message, one. Throws Impossible for one that is not offered. */
  async choose(
    element: string,
    wanted: string | readonly string[],
    where: Surface | SeenMessage = 'modal',
    seen?: readonly Block[],
  ): Promise<Done> {
    const [world, person] = [this.#world, this.#person()];
    const list = typeof wanted === 'string' ? [wanted] : wanted;
    if (typeof where === 'string') return choose(world, person, this.#open(where), element, list);
    const [only, ...more] = list;
    if (only === undefined || more.length > 0) throw new Impossible('A menu of a message takes one option.');
    const message = this.#seen(where);
    return chooseInMessage(world, person, message, findElement(seen ?? message.blocks, element), only);
  }

  /** Types text; dates are `YYYY-MM-DD`, times `HH:mm`, date-times seconds since 1970, people and channels ids. */
  fill(element: string, text: string, surface: Surface = 'modal'): Promise<Done> {
    return fill(this.#world, this.#person(), this.#open(surface), element, text);
  }

  /** Presses Enter in a text field: the app is told where it asked to be. */
  pressEnter(element: string, surface: Surface = 'modal'): Promise<Done> {
    return pressEnter(this.#world, this.#person(), this.#open(surface), element);
  }

  submit(): Promise<Submitted> {
    return submit(this.#world, this.#person());
  }

  closeView(): Promise<Done> {
    return close(this.#world, this.#person());
  }

  /**
   * Clicks a button, by its label or action_id, as `where` shows it: a message that was read a while ago may offer
   * buttons that the app took away since. A confirmation dialog is accepted unless `confirm` is false.
   * @param how `seen`: the blocks as they stood there when the person looked, if not as they do what stands there by now
   */
  async click(
    where: Surface | SeenMessage,
    button: string,
    { value, confirm = true, seen }: ClickOptions = {},
  ): Promise<Clicked> {
    const world = this.#world;
    const person = this.#person();
    const surface = typeof where === 'string' ? this.#open(where) : this.#seen(where);
    const found = findElement(seen ?? blocksOf(surface), button, value);
    const { element } = found;
    if (element.type !== 'button') throw new Impossible(`${button} is no button.`);
    if (element.confirm && !confirm) return { outcome: 'not confirmed' };
    if ('view' in surface) return tell(world, person, surface, found, {});
    return tellOfMessage(world, person, surface, found, {});
  }

  /** What this person sees in a channel (its id or name, or `dm`: the app's direct messages), newest last. */
  messages(where: string): readonly SeenMessage[] {
    return this.#world.messages.seenBy(this.#id, this.#channel(where).id).map(seenMessage);
  }

  /** Every post, by whomever, that rang this person's phone. */
  notifications(): readonly Notification[] {
    return this.#world.messages.notifications(this.#id);
  }

  /** Writes a message of one's own, or a reply in the thread below the message `threadTs`. */
  say(where: string, text: string, threadTs: string | null = null): SeenMessage {
    const channel = this.#channel(where).id;
    if (threadTs !== null && !this.messages(channel).some(({ ts }) => ts === threadTs)) {
      throw new Impossible(`There is no message ${threadTs} to reply to.`);
    }
    const user = this.#person().id;
    return seenMessage(this.#world.messages.post({ channel, user, text, blocks: [], threadTs }));
  }

  #person(): Person {
    const person = this.#world.workspace.person(this.#id);
    if (!person || person.deactivated) throw new Impossible(`${this.#id} cannot log in.`);
    return person;
  }

  #channel(where: string): Channel {
    const { workspace } = this.#world;
    const channel =
      where === 'dm'
        ? workspace.directChannel(this.#id)
        : (workspace.channel(where) ?? workspace.channels.find(({ name }) => name === where));
    if (!channel || !workspace.canSee(this.#id, channel)) {
      throw new Impossible(`${this.#id} sees no channel ${where}.`);
    }
    return channel;
  }

  #open(surface: Surface): OpenView {
    if (surface === 'modal') return openModal(this.#world, this.#person());
    const home = this.#world.screens.home(this.#id);
    if (!home) throw new Impossible('App Home is empty.');
    return home;
  }

  /** The message as the person saw it. */
  #seen(message: SeenMessage): Message {
    this.#channel(message.channel);
    const { ephemeral, ...rest } = message;
    const now = this.#world.messages.find(message.channel, message.ts);
    if (now && now.onlyFor !== null && now.onlyFor !== this.#id) {
      throw new Impossible(`${this.#id} does not see that message.`);
    }
    return { ...rest, onlyFor: ephemeral ? this.#id : null, metadata: now?.metadata ?? null };
  }
}
