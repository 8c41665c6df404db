import { z } from 'zod';
import type { ChangedInSlack } from '../../access/access.js';
import { Id, Optional, SlackId } from './parts.js';

export const Event = z.object({
  team_id: SlackId,
  enterprise_id: Optional,
  api_app_id: SlackId,
  event: z.object({
    user: z.union([SlackId, Id]).nullish(),
    subteam: Id.nullish(),
    subteam_id: SlackId.nullish(),
  }),
});

/** The person or group that an event says has changed. */
export function parseChange(body: unknown): ChangedInSlack | null {
  const { user, subteam, subteam_id } = Event.safeParse(body).data?.event ?? {};
  const group = subteam?.id ?? subteam_id;
  if (group) return { group };
  const person = typeof user === 'string' ? user : user?.id;
  return person === undefined ? null : { person };
}
