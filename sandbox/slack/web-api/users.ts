/** https://docs.slack.dev/reference/methods#users */
import { z } from 'zod';
import type { JsonObject } from '../json.js';
import type { Person } from '../world/workspace.js';
import type { World } from '../world/world.js';
import { ApiError, type Method, method } from './method.js';

export const users: Readonly<Record<string, Method>> = {
  'users.info': method({
    scopes: ['users:read'],
    args: z.object({ user: z.string() }),
    run: (world, args) => {
      const person = world.workspace.person(args.user);
      if (!person) throw new ApiError('user_not_found');
      return { user: userObject(world, person) };
    },
  }),

  'users.lookupByEmail': method({
    scopes: ['users:read', 'users:read.email'],
    args: z.object({ email: z.string() }),
    run: (world, args) => {
      const wanted = args.email.toLowerCase();
      const person = world.workspace.people.find(
        ({ email, deactivated, teamId }) =>
          email?.toLowerCase() === wanted && !deactivated && teamId === world.app.teamId,
      );
      if (!person) throw new ApiError('users_not_found');
      return { user: userObject(world, person) };
    },
  }),
};

/** Slack says less of a deactivated account: nothing of its zone or of its being a guest. */
export function userObject({ workspace, app }: World, person: Person): JsonObject {
  const email =
    person.email !== null && workspace.scopes.has('users:read.email') ? { email: person.email } : {};
  const own = person.id === workspace.botUserId ? { api_app_id: app.appId, bot_id: app.botId } : {};
  const alive: JsonObject = {
    tz: person.tz,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.guest !== 'no',
    is_ultra_restricted: person.guest === 'single_channel',
    is_email_confirmed: person.emailConfirmed,
  };
  const { grid } = workspace;
  const enterprise: JsonObject =
    grid === null
      ? {}
      : {
          enterprise_user: {
            id: person.id,
            enterprise_id: grid.enterpriseId,
            enterprise_name: 'Organization',
            is_admin: false,
            is_owner: false,
            teams: person.teams,
          },
        };
  return {
    id: person.id,
    ...(grid?.peopleWithoutTeam ? {} : { team_id: person.teamId }),
    ...enterprise,
    name: person.name,
    real_name: person.realName,
    deleted: person.deactivated,
    is_bot: person.bot,
    is_app_user: false,
    updated: 1_700_000_000,
    profile: { real_name: person.realName, display_name: person.name, team: person.teamId, ...email, ...own },
    ...(person.deactivated ? {} : alive),
    ...(person.teamId === app.teamId ? {} : { is_stranger: true }),
  };
}
