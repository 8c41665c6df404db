/**
 * What is read from Slack's payloads, and how: nothing is believed that does not parse. Who acts is the `user.id` of a
 * payload whose signature or socket was verified, never a name, a button's value or a text. Which workspace they are in
 * is asked of Slack: in an Enterprise organisation `user.team_id` may be the organisation, or any workspace of it.
 */
import { z } from 'zod';
import type { Actor, ChangedInSlack, Clicked, Submission } from '../access/access.js';
import { ACTIONS, BLOCKS, BUTTON_VALUE, durationBlock, roleBlock } from '../surfaces/ids.js';
import type { Address } from './home.js';
import { unsealed } from './seal.js';

/** Of a person, a team, an organisation, an app, a group, a view. */
const SlackId = z.string().regex(/^[A-Z][A-Z0-9]{1,40}$/);
const Id = z.object({ id: SlackId });
const Trigger = z.string().max(200);
/** The longest that a select of ours holds, and room for what Slack adds. */
const Chosen = z.string().max(200);
/** As much as a person types; Slack's own limit of a text input. */
const Typed = z.string().max(3_000);

/** Channels, private ones, direct messages. What is none counts as not known. */
const Channel = z
  .string()
  .regex(/^[CGD][A-Z0-9]{1,30}$/)
  .nullable()
  .catch(null);

/** Left out, null or empty where there is none. */
const Optional = SlackId.or(z.literal('')).nullish();

const Command = z.object({
  command: z.string(),
  user_id: SlackId,
  team_id: SlackId,
  enterprise_id: Optional,
  api_app_id: SlackId,
  channel_id: Channel,
  text: Typed.default(''),
  trigger_id: Trigger,
});

const Interactive = z.object({
  api_app_id: SlackId,
  user: Id,
  trigger_id: Trigger.nullish(),
  // In an Enterprise organisation `team` may be null: then `enterprise` stands for it.
  team: Id.extend({ enterprise_id: Optional }).nullish(),
  enterprise: Id.nullish(),
  view: z.object({ app_installed_team_id: Optional }).nullish(),
});

const Event = z.object({
  team_id: SlackId,
  enterprise_id: Optional,
  api_app_id: SlackId,
  event: z.object({
    user: z.union([SlackId, Id]).nullish(),
    subteam: Id.nullish(),
    subteam_id: SlackId.nullish(),
  }),
});

const Element = z.object({
  value: Typed.nullish(),
  selected_option: z.object({ value: Chosen }).nullish(),
});

/** Only inputs need an id: an error is shown beside it. What Slack says of other blocks is its own affair. */
const Blocks = z.array(
  z
    .object({ type: z.string(), block_id: z.string().optional() })
    .refine(({ type, block_id }) => type !== 'input' || block_id !== undefined),
);

const View = z.object({
  id: SlackId,
  hash: z.string().max(200),
  // Slack's own limit.
  private_metadata: z.string().max(3_000).default(''),
  blocks: Blocks,
  state: z.object({ values: z.record(z.string(), z.record(z.string(), Element)) }),
});

type View = z.infer<typeof View>;

const Click = z.object({
  container: z.object({ type: z.literal('message'), channel_id: z.string(), message_ts: z.string() }),
  actions: z.tuple([z.object({ value: z.string().regex(BUTTON_VALUE) })]),
});

const Choice = z.object({ view: View, actions: z.tuple([Element]) });

const Suggestion = z.object({ value: Chosen, view: View });

/** What the form was drawn for: it comes back as we wrote it, in a payload that Slack signed, under our own seal. */
const Metadata = z.object({ v: z.literal(1), target: z.string().nullable(), channel: Channel });

type Metadata = z.infer<typeof Metadata>;

export interface Sender {
  readonly actor: Actor;
  readonly address: Address;
  /** Another one for each time that something is clicked, chosen or sent; null where Slack gives none. */
  readonly triggerId: string | null;
}

/** Who sent the payload, and for which app; null when it doesn't say. */
export function parseSender(body: unknown): Sender | null {
  const command = Command.safeParse(body).data;
  if (command !== undefined) {
    const { user_id: userId, trigger_id: triggerId } = command;
    return { actor: { userId }, address: directAddress(command), triggerId };
  }
  const interactive = Interactive.safeParse(body).data;
  if (interactive === undefined) return null;
  const { user, view, team, enterprise } = interactive;
  return {
    actor: { userId: user.id },
    address: {
      installedIn: view?.app_installed_team_id || null,
      teamId: team?.id ?? null,
      enterpriseId: enterprise?.id || team?.enterprise_id || null,
      appId: interactive.api_app_id,
    },
    triggerId: interactive.trigger_id ?? null,
  };
}

/** For which workspace and app an event is; null when it doesn't say. */
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

/** Of whom or what an event tells that it changed. */
export function parseChange(body: unknown): ChangedInSlack | null {
  const { user, subteam, subteam_id } = Event.safeParse(body).data?.event ?? {};
  const group = subteam?.id ?? subteam_id;
  if (group) return { group };
  const person = typeof user === 'string' ? user : user?.id;
  return person === undefined ? null : { person };
}

export function parseCommand(
  body: unknown,
): { readonly typed: string; readonly channel: string | null; readonly triggerId: string } | null {
  const command = Command.safeParse(body).data;
  if (command === undefined) return null;
  return { typed: asTyped(command.text).trim(), channel: command.channel_id, triggerId: command.trigger_id };
}

const TYPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack escapes three characters in the text of a command, and in no other that people type. */
function asTyped(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (escaped) => TYPED[escaped] ?? escaped);
}

/** A click on a button of a message. */
export function parseClick(body: unknown): { readonly requestId: string; readonly clicked: Clicked } | null {
  const click = Click.safeParse(body).data;
  if (click === undefined) return null;
  return {
    requestId: click.actions[0].value,
    clicked: { channel: click.container.channel_id, ts: click.container.message_ts },
  };
}

function valueIn(view: View, blockId: string, actionId: string): string | null {
  const element = view.state.values[blockId]?.[actionId];
  return element?.selected_option?.value ?? element?.value ?? null;
}

function metadataOf(view: View): Partial<Metadata> {
  try {
    return Metadata.safeParse(JSON.parse(unsealed(view.private_metadata))).data ?? {};
  } catch {
    return {};
  }
}

/** Where the command was typed that opened the modal. */
function channelOf(view: View): string | null {
  return metadataOf(view).channel ?? null;
}

/** The target that the modal is filled for; before it was filled, the one that is chosen in it. */
function targetOf(view: View): string | null {
  return metadataOf(view).target ?? valueIn(view, BLOCKS.target, ACTIONS.target);
}

/**
 * A choice made in a select of the modal. `target` is null while none is chosen, or when another one was chosen than
 * the modal is filled for: then it is about to be filled again.
 */
export function parseChoice(body: unknown): {
  readonly chosen: string;
  readonly target: string | null;
  readonly channel: string | null;
  readonly view: { readonly id: string; readonly hash: string };
} | null {
  const choice = Choice.safeParse(body).data;
  const chosen = choice?.actions[0].selected_option?.value;
  if (choice === undefined || chosen === undefined) return null;
  const { id, hash } = choice.view;
  const filledFor = targetOf(choice.view);
  const selected = valueIn(choice.view, BLOCKS.target, ACTIONS.target);
  const target = selected === null || selected === filledFor ? filledFor : null;
  return { chosen, target, channel: channelOf(choice.view), view: { id, hash } };
}

/** What was typed into a select of the modal. */
export function parseSuggestion(
  body: unknown,
): { readonly query: string; readonly target: string | null; readonly channel: string | null } | null {
  const suggestion = Suggestion.safeParse(body).data;
  if (suggestion === undefined) return null;
  const { value, view } = suggestion;
  return { query: value, target: targetOf(view), channel: channelOf(view) };
}

/** The submitted modal, and the block ids beside which Slack can show an error. */
export function parseSubmission(
  body: unknown,
): { readonly submission: Submission; readonly inputs: readonly string[] } | null {
  const view = z.object({ view: View }).safeParse(body).data?.view;
  if (view === undefined) return null;
  const target = valueIn(view, BLOCKS.target, ACTIONS.target);
  // A block is named after what it was drawn for: a role chosen for another target, or a duration for another role,
  // is no choice.
  const role = valueIn(view, roleBlock(target), ACTIONS.role) ?? valueIn(view, roleBlock(null), ACTIONS.role);
  const duration =
    valueIn(view, durationBlock(role), ACTIONS.duration) ??
    valueIn(view, durationBlock(null), ACTIONS.duration);
  return {
    submission: {
      viewId: view.id,
      channel: channelOf(view),
      target,
      role,
      duration,
      otherDuration: valueIn(view, BLOCKS.otherDuration, ACTIONS.otherDuration),
      reason: valueIn(view, BLOCKS.reason, ACTIONS.reason),
    },
    inputs: inputsOf(view.blocks),
  };
}

function inputsOf(blocks: z.infer<typeof Blocks>): readonly string[] {
  return blocks.flatMap(({ type, block_id }) =>
    type === 'input' && block_id !== undefined ? [block_id] : [],
  );
}

const Refused = z.object({
  type: z.string().nullish().catch(null),
  user: Id.nullish().catch(null),
  user_id: SlackId.nullish().catch(null),
  view: z
    .object({ blocks: z.array(z.unknown()) })
    .nullish()
    .catch(null),
});

const Input = z.object({ type: z.literal('input'), block_id: z.string() });

/** Where somebody can be told that their payload is refused, as much of it as can be read; nothing of it is trusted. */
export function parseRefused(body: unknown): {
  readonly isSubmission: boolean;
  readonly userId: string | null;
  readonly inputs: readonly string[];
} {
  const { type, user, user_id, view } = Refused.safeParse(body).data ?? {};
  return {
    isSubmission: type === 'view_submission',
    userId: user?.id ?? user_id ?? null,
    inputs: (view?.blocks ?? []).flatMap((block) => Input.safeParse(block).data?.block_id ?? []),
  };
}
