/** What Slack's payloads are made of, as far as it is believed. */
import { z } from 'zod';

/** Of a person, a team, an organization, an app, a group, a view. */
export const SlackId = z.string().regex(/^[A-Z][A-Z0-9]{1,40}$/);
export const Id = z.object({ id: SlackId });
export const Trigger = z.string().max(200);
/** The longest value of our selects, with room for what Slack adds. */
export const Chosen = z.string().max(200);
/** As much as a person types; Slack's own limit of a text input. */
export const Typed = z.string().max(3_000);

/** Channels, private ones, direct messages. Anything else counts as unknown. */
export const Channel = z
  .string()
  .regex(/^[CGD][A-Z0-9]{1,30}$/)
  .nullable()
  .catch(null);

/** Left out, null or empty where there is none. */
export const Optional = SlackId.or(z.literal('')).nullish();
