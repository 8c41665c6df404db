/** The sandbox's state as JSON: the workspace for everybody, the screen for each person. */
import { Actor } from '../actor.js';
import type { Json } from '../json.js';
import type { World } from '../world/world.js';
import { toJson } from './verb.js';

export function stateOf(world: World): Json {
  const { url, app, workspace, sockets, journal } = world;
  return toJson({
    url,
    apiUrl: `${url}/api/`,
    app,
    people: workspace.people,
    channels: workspace.channels,
    groups: workspace.groups,
    scopes: [...workspace.scopes],
    commands: [...workspace.commands],
    connections: sockets.count,
    calls: journal.calls,
    deliveries: journal.deliveries,
    problems: journal.problems,
  });
}

/** What one person sees. Throws Impossible for an unknown person. */
export function screenOf(world: World, userId: string): Json {
  const actor = new Actor(world, userId);
  const channels = world.workspace.channels.filter((channel) => world.workspace.canSee(userId, channel));
  return toJson({
    view: actor.openedView() ?? null,
    home: actor.home() ?? null,
    messages: Object.fromEntries(channels.map(({ id }) => [id, actor.messages(id)])),
    notifications: actor.notifications(),
  });
}
