/** Using a shortcut: the app acknowledges it, and whatever comes of it comes later. */
import type { JsonObject } from '../json.js';
import type { World } from '../world/world.js';
import { acknowledge, type Done } from './form.js';
import { interact } from './outcome.js';

export function useShortcut(world: World, payload: JsonObject): Promise<Done> {
  const seen = 'Slack says that the shortcut did not work.';
  return interact(world, { kind: 'interactive', payload, seen }, acknowledge);
}
