import { subteamMembersChanged, userChange } from '../delivery/payloads.js';
import type { Acknowledged } from '../delivery/transport.js';
import { userObject } from '../web-api/users.js';
import type { World } from './world.js';

/**
 * Tells the app that a person or a user group changed, as they stand now. Not by itself at each change: an event may
 * be late or lost, and a test says which it wants.
 */
export function announce(world: World, id: string): Promise<Acknowledged> {
  const person = world.workspace.person(id);
  return world.delivery.sendEvent(
    person ? userChange(world, userObject(world, person)) : subteamMembersChanged(world, id),
  );
}
