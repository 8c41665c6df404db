/** https://docs.slack.dev/reference/methods#usergroups */
import { z } from 'zod';
import type { World } from '../world/world.js';
import { ApiError, flag, type Method, method } from './method.js';

export const usergroups: Readonly<Record<string, Method>> = {
  'usergroups.list': method({
    scopes: ['usergroups:read'],
    args: z.object({
      include_users: flag.optional(),
      include_disabled: flag.optional(),
      include_count: flag.optional(),
    }),
    run: (world, args) => {
      checkPlan(world);
      const groups = world.workspace.groups.filter(({ disabled }) => args.include_disabled || !disabled);
      return {
        usergroups: groups.map(({ id, handle, name, members, disabled, updatedBy, updatedAt }) => ({
          id,
          team_id: world.app.teamId,
          is_usergroup: true,
          is_subteam: true,
          name,
          handle,
          description: '',
          is_external: false,
          date_create: 1_700_000_000,
          date_update: updatedAt,
          date_delete: disabled ? 1_700_000_000 : 0,
          auto_type: null,
          auto_provision: false,
          created_by: 'U0ADMIN000',
          updated_by: updatedBy,
          prefs: { channels: [], groups: [] },
          ...(args.include_users ? { users: members } : {}),
          ...(args.include_count ? { user_count: members.length } : {}),
        })),
      };
    },
  }),

  'usergroups.users.list': method({
    scopes: ['usergroups:read'],
    args: z.object({ usergroup: z.string(), include_disabled: flag.optional() }),
    run: (world, args) => {
      checkPlan(world);
      const group = world.workspace.group(args.usergroup);
      if (!group || (group.disabled && !args.include_disabled)) throw new ApiError('no_such_subteam');
      return { users: group.members };
    },
  }),
};

function checkPlan({ workspace }: World): void {
  if (!workspace.paidPlan) throw new ApiError('plan_upgrade_required');
}
