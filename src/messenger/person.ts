import { z } from 'zod';
import { MessengerError } from './errors.js';
import type { Person } from './messenger.js';

/**
 * A user as users.info gives it (docs.slack.dev, "User object"). Slack leaves out the flags of a deactivated user.
 * `is_email_confirmed` stands beside `profile`, not in it; the address is there only with the scope users:read.email.
 */
const User = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  enterprise_user: z.object({ teams: z.array(z.string()).nullish() }).nullish(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  deleted: z.boolean().optional(),
  tz: z.string().nullish().catch(null),
  is_bot: z.boolean().optional(),
  is_restricted: z.boolean().optional(),
  is_ultra_restricted: z.boolean().optional(),
  is_email_confirmed: z.boolean().optional(),
  profile: z
    .object({
      display_name: z.string().optional(),
      real_name: z.string().optional(),
      email: z.string().nullish(),
    })
    .optional(),
});

/**
 * @param home the workspace that is ours; `emailUnread` as in Person.
 * Throws a MessengerError when Slack's answer names no user.
 */
export function parsePerson(
  answer: unknown,
  { home, emailUnread }: { readonly home: string; readonly emailUnread: string | null },
): Person {
  const { data: user, error } = User.safeParse(answer);
  // Only these are reliable: the team ids of a payload name the organization, or any of its workspaces.
  const teams = [user?.team_id, ...(user?.enterprise_user?.teams ?? [])].filter((team) => team != null);
  // Slack says less of a deactivated account; its workspace no longer matters.
  if (user === undefined || (teams.length === 0 && user.deleted !== true)) {
    const says = user === undefined ? 'describes no user' : 'does not say in which workspace the user is';
    throw new MessengerError(`users.info: Slack's answer ${says}.`, {
      code: 'unexpected_answer',
      passing: false,
      cause: error,
    });
  }
  const { profile } = user;
  return {
    id: user.id,
    member: teams.includes(home),
    name: profile?.display_name || profile?.real_name || user.real_name || user.name || user.id,
    email: user.is_email_confirmed === true ? profile?.email || null : null,
    emailUnread,
    deactivated: user.deleted === true,
    bot: user.is_bot === true,
    tz: user.tz ?? null,
    guest: user.is_restricted === true || user.is_ultra_restricted === true,
  };
}
