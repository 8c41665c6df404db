/**
 * Who sends a payload, and for which workspace. The actor is the `user.id` of a payload whose signature or socket was
 * verified, never a name, a button's value or a text. Their workspace is asked of Slack: in an Enterprise organization
 * `user.team_id` may be the organization, or any of its workspaces.
 */
import { z } from 'zod';
import type { Actor } from '../../access/access.js';
import type { Address } from '../workspace.js';
import { Command } from './commands.js';
import { Event } from './events.js';
import { Id, Optional, SlackId, Trigger } from './parts.js';

/** Of all interactions only a shortcut doesn't name the app. */
const SHORTCUT_TYPES: ReadonlySet<unknown> = new Set(['shortcut', 'message_action']);

const Interactive = z.object({
  type: z.string().nullish(),
  api_app_id: SlackId.nullish(),
  user: Id,
  trigger_id: Trigger.nullish(),
  // In an Enterprise organization `team` may be null: then `enterprise` stands for it.
  team: Id.extend({ enterprise_id: Optional }).nullish(),
  enterprise: Id.nullish(),
  view: z.object({ app_installed_team_id: Optional }).nullish(),
});

export interface Sender {
  readonly actor: Actor;
  readonly address: Address;
  /** Differs for each click, choice or submission; null where Slack gives none. */
  readonly triggerId: string | null;
}

/** Null when the payload doesn't say. */
export function parseSender(body: unknown): Sender | null {
  const command = Command.safeParse(body).data;
  if (command !== undefined) {
    const { user_id: userId, trigger_id: triggerId } = command;
    return { actor: { userId }, address: directAddress(command), triggerId };
  }
  const interactive = Interactive.safeParse(body).data;
  if (interactive === undefined) return null;
  const { user, view, team, enterprise, api_app_id: appId = null } = interactive;
  if (appId === null && !SHORTCUT_TYPES.has(interactive.type)) return null;
  return {
    actor: { userId: user.id },
    address: {
      installedIn: view?.app_installed_team_id || null,
      teamId: team?.id ?? null,
      enterpriseId: enterprise?.id || team?.enterprise_id || null,
      appId,
    },
    triggerId: interactive.trigger_id ?? null,
  };
}

/** The workspace and app that an event is for; null when it doesn't say. */
export function parseAddress(body: unknown): Address | null {
  const event = Event.safeParse(body).data;
  return event === undefined ? null : directAddress(event);
}

function directAddress({
  team_id,
  enterprise_id,
  api_app_id,
}: z.infer<typeof Event | typeof Command>): Address {
  return {
    installedIn: null,
    teamId: team_id,
    enterpriseId: enterprise_id || null,
    appId: api_app_id,
  };
}
