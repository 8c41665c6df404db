/** Using the elements of a message: its buttons and its menus. */

import { action, messageAction } from '../delivery/payloads.js';
import { Impossible } from '../impossible.js';
import type { JsonObject } from '../json.js';
import type { Message } from '../world/messages.js';
import type { Person } from '../world/workspace.js';
import type { World } from '../world/world.js';
import { chosen, ownOptions, pick } from './choose.js';
import type { Found } from './find.js';
import { acknowledge, type Done } from './form.js';
import { interact } from './outcome.js';

/** Tells the app that an element of a message was used. */
export function tellOfMessage(
  world: World,
  person: Person,
  message: Message,
  { block, element }: Found,
  done: Parameters<typeof action>[3],
): Promise<Done> {
  const used: JsonObject = action(world, block.block_id, element, done);
  const payload = messageAction(world, person, message, used);
  const seen = 'A warning sign beside the button.';
  return interact(world, { kind: 'interactive', payload, seen }, acknowledge);
}

/** Chooses one of the options that a menu of the message holds. */
export function chooseInMessage(
  world: World,
  person: Person,
  message: Message,
  found: Found,
  wanted: string,
): Promise<Done> {
  const { element } = found;
  const offered = ownOptions(element) ?? [];
  const option = pick(offered, wanted);
  if (option === undefined) {
    const there = offered.map(({ text }) => text.text).join(', ');
    throw new Impossible(`${element.action_id} does not offer ${wanted}, but: ${there || 'nothing'}.`);
  }
  const done = element.type === 'overflow' ? { selected_option: option } : chosen(element, [option]);
  return tellOfMessage(world, person, message, found, done);
}
