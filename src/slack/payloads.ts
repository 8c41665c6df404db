/**
 * Parses Slack's payloads; what doesn't parse is not believed. The actor is the `user.id` of a payload whose signature or
 * socket was verified, never a name, a button's value or a text. Their workspace is asked of Slack: in an Enterprise
 * organization `user.team_id` may be the organization, or any of its workspaces.
 */
import { z } from 'zod';
import type { Actor, ChangedInSlack, Clicked, Denial, Submission } from '../access/access.js';
import {
  ACTIONS,
  BLOCKS,
  BUTTON_VALUE,
  durationBlock,
  emergencyBlock,
  REQUEST_NAME,
  roleBlock,
} from '../surfaces/kit/ids.js';
import { parseApproveFor } from '../surfaces/request/approve-for.js';
import { unsealed } from './seal.js';
import type { Address } from './workspace.js';

/** Of a person, a team, an organization, an app, a group, a view. */
const SlackId = z.string().regex(/^[A-Z][A-Z0-9]{1,40}$/);
const Id = z.object({ id: SlackId });
const Trigger = z.string().max(200);
/** The longest value of our selects, with room for what Slack adds. */
const Chosen = z.string().max(200);
/** As much as a person types; Slack's own limit of a text input. */
const Typed = z.string().max(3_000);

/** Channels, private ones, direct messages. Anything else counts as unknown. */
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
  // In an Enterprise organization `team` may be null: then `enterprise` stands for it.
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
  selected_options: z
    .array(z.object({ value: Chosen }))
    .max(10)
    .nullish(),
});

/** Only inputs need an id, beside which an error is shown. */
const Blocks = z.array(
  z
    .object({ type: z.string(), block_id: z.string().optional() })
    .refine(({ type, block_id }) => type !== 'input' || block_id !== undefined),
);

export const View = z.object({
  id: SlackId,
  hash: z.string().max(200),
  // Slack's own limit.
  private_metadata: z.string().max(3_000).default(''),
  blocks: Blocks,
  state: z.object({ values: z.record(z.string(), z.record(z.string(), Element)) }),
});

export type View = z.infer<typeof View>;

/** What was clicked: a message, or App Home. */
const Container = z.union([
  z
    .object({
      container: z.object({ type: z.literal('message'), channel_id: z.string(), message_ts: z.string() }),
    })
    .transform(({ container }): Clicked => ({ channel: container.channel_id, ts: container.message_ts })),
  z
    .object({ container: z.object({ type: z.literal('view') }), view: z.object({ type: z.literal('home') }) })
    .transform((): Clicked => null),
]);

const Click = z.object({
  actions: z.tuple([z.object({ value: z.string().regex(BUTTON_VALUE) })]),
});

const Approval = z.object({
  actions: z.tuple([z.object({ selected_option: z.object({ value: Chosen }) })]),
});

const Choice = z.object({ view: View, actions: z.tuple([Element]) });

const Suggestion = z.object({ value: Chosen, view: View });

/** What the form was drawn for: it comes back as we wrote it, signed by Slack and under our own seal. */
const Metadata = z.object({ v: z.literal(1), target: z.string().nullable(), channel: Channel });

type Metadata = z.infer<typeof Metadata>;

/** As `Metadata`, of the form that asks why a request is denied: on App Home there is no message. */
const DenialOf = z.object({
  v: z.literal(1),
  request: z.string().regex(REQUEST_NAME),
  channel: z.string().optional(),
  ts: z.string().optional(),
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

/** The person or group that an event says has changed. */
export function parseChange(body: unknown): ChangedInSlack | null {
  const { user, subteam, subteam_id } = Event.safeParse(body).data?.event ?? {};
  const group = subteam?.id ?? subteam_id;
  if (group) return { group };
  const person = typeof user === 'string' ? user : user?.id;
  return person === undefined ? null : { person };
}

export function parseCommand(body: unknown) {
  const command = Command.safeParse(body).data;
  if (command === undefined) return null;
  return { typed: asTyped(command.text).trim(), channel: command.channel_id, triggerId: command.trigger_id };
}

const TYPED: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Of the texts that people type, Slack escapes only a command's: three characters. */
function asTyped(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (escaped) => TYPED[escaped] ?? escaped);
}

/** A click on a button of a message, or of App Home. */
export function parseClick(body: unknown) {
  const click = Click.safeParse(body).data;
  const clicked = clickedIn(body);
  if (click === undefined || clicked === undefined) return null;
  return { requestId: click.actions[0].value, clicked };
}

/** A choice in the menu beside Approve. */
export function parseApproval(body: unknown) {
  const approval = Approval.safeParse(body).data;
  const chosen = parseApproveFor(approval?.actions[0].selected_option.value ?? '');
  const clicked = clickedIn(body);
  if (approval === undefined || chosen === null || clicked === undefined) return null;
  return { ...chosen, clicked };
}

/** What was clicked; undefined: neither a message nor App Home. */
export function clickedIn(body: unknown): Clicked | undefined {
  return Container.safeParse(body).data;
}

export function valueIn(view: View, blockId: string, actionId: string): string | null {
  const element = view.state.values[blockId]?.[actionId];
  return element?.selected_option?.value ?? element?.value ?? null;
}

function metadataOf(view: View): Partial<Metadata> {
  return Metadata.safeParse(keptIn(view)).data ?? {};
}

function keptIn(view: View): unknown {
  try {
    return JSON.parse(unsealed(view.private_metadata));
  } catch {
    return null;
  }
}

/** The channel in which the command that opened the modal was typed. */
function channelOf(view: View): string | null {
  return metadataOf(view).channel ?? null;
}

/** The target that the modal was filled for; before that, the one chosen in it. */
function targetOf(view: View): string | null {
  return metadataOf(view).target ?? valueIn(view, BLOCKS.target, ACTIONS.target);
}

/**
 * A choice made in a select of the modal. `target` is null while none is chosen, or when the choice differs from the target
 * that the modal was filled for: then it is about to be filled again.
 */
export function parseChoice(body: unknown) {
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
export function parseSuggestion(body: unknown) {
  const suggestion = Suggestion.safeParse(body).data;
  if (suggestion === undefined) return null;
  const { value, view } = suggestion;
  return { query: value, target: targetOf(view), channel: channelOf(view) };
}

/** The submitted modal, and the block ids beside which Slack can show an error. */
export function parseSubmission(body: unknown) {
  const view = z.object({ view: View }).safeParse(body).data?.view;
  if (view === undefined) return null;
  const target = valueIn(view, BLOCKS.target, ACTIONS.target);
  // A block is named after what it was drawn for: a role chosen for another target, or a duration for another role,
  // is no choice.
  const role = valueIn(view, roleBlock(target), ACTIONS.role) ?? valueIn(view, roleBlock(null), ACTIONS.role);
  const duration =
    valueIn(view, durationBlock(role), ACTIONS.duration) ??
    valueIn(view, durationBlock(null), ACTIONS.duration);
  const submission: Submission = {
    viewId: view.id,
    channel: channelOf(view),
    target,
    role,
    duration,
    otherDuration: valueIn(view, BLOCKS.otherDuration, ACTIONS.otherDuration),
    reason: valueIn(view, BLOCKS.reason, ACTIONS.reason),
    emergency: isTicked(view, role) ? 'asked' : null,
  };
  return { sent: submission, ...formOf(view) };
}

/** The submitted form that asks why a request is denied; otherwise as `parseSubmission`. */
export function parseDenial(body: unknown) {
  const view = z.object({ view: View }).safeParse(body).data?.view;
  const kept = view && DenialOf.safeParse(keptIn(view)).data;
  if (view === undefined || kept === undefined) return null;
  const { request: requestId, channel, ts } = kept;
  const reason = valueIn(view, BLOCKS.reason, ACTIONS.reason);
  const clicked = channel === undefined || ts === undefined ? null : { channel, ts };
  const denial: Denial = { requestId, clicked, reason };
  return { sent: denial, ...formOf(view) };
}

/** Of a submitted form: its id, and the block ids beside which Slack can show an error. */
export function formOf(view: View) {
  return { viewId: view.id, inputs: inputsOf(view.blocks) };
}

function isTicked(view: View, role: string | null): boolean {
  const box = role === null ? undefined : view.state.values[emergencyBlock(role)]?.[ACTIONS.emergency];
  return (box?.selected_options ?? []).length > 0;
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

/** Where to tell people that their payload is refused: as much as can be read; none of it is trusted. */
export function parseRefused(body: unknown) {
  const { type, user, user_id, view } = Refused.safeParse(body).data ?? {};
  return {
    isSubmission: type === 'view_submission',
    userId: user?.id ?? user_id ?? null,
    inputs: inputsOf(view?.blocks ?? []),
  };
}

function inputsOf(blocks: readonly unknown[]): readonly string[] {
  return blocks.flatMap((block) => Input.safeParse(block).data?.block_id ?? []);
}
