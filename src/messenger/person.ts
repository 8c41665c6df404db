import { z } from 'zod';
import { MessengerError } from './errors.js';
import type { Person } from './messenger.js';

/**
 * A user as users.info gives it (docs.slack.dev, "User object"). Slack leaves out the flags of a deactivated user.
 * `is_email_confirmed` stands beside `profile`, not in it; the address is there only with the scope users:read.email.
 */
const User = z.object({
  id: z.string(),
  team_id: z.string(),
  name: z.string().optional(),
  real_name: z.string().optional(),
  deleted: z.boolean().optional(),
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

/** Throws a MessengerError when Slack's answer names no user. */
export function parsePerson(answer: unknown): Person {
  const { data: user, error } = User.safeParse(answer);
  if (user === undefined) {
    throw new MessengerError("users.info: Slack's answer describes no user.", {
      code: 'unexpected_answer',
      passing: false,
      cause: error,
    });
  }
  const { profile } = user;
  return {
    id: user.id,
    teamId: user.team_id,
    name: profile?.display_name || profile?.real_name || user.real_name || user.name || user.id,
    email: user.is_email_confirmed === true ? profile?.email || null : null,
    deactivated: user.deleted === true,
    bot: user.is_bot === true,
    guest: user.is_restricted === true || user.is_ultra_restricted === true,
  };
}
