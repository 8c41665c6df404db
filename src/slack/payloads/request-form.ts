/** The form in which access is requested: choices while it is filled in, and what is sent. */
import { z } from 'zod';
import type { Submission } from '../../access/access.js';
import { ACTIONS, BLOCKS, durationBlock, emergencyBlock, roleBlock } from '../../surfaces/kit/ids.js';
import { Channel, Chosen } from './parts.js';
import { Element, formOf, keptIn, View, valueIn, viewOf } from './view.js';

const Choice = z.object({ view: View, actions: z.tuple([Element]) });

const Suggestion = z.object({ value: Chosen, view: View });

/** What the form was drawn for: it comes back as we wrote it, signed by Slack and under our own seal. */
const Metadata = z.object({ v: z.literal(1), target: z.string().nullable(), channel: Channel });

type Metadata = z.infer<typeof Metadata>;

function metadataOf(view: View): Partial<Metadata> {
  return Metadata.safeParse(keptIn(view)).data ?? {};
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
  const view = viewOf(body);
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

function isTicked(view: View, role: string | null): boolean {
  const box = role === null ? undefined : view.state.values[emergencyBlock(role)]?.[ACTIONS.emergency];
  return (box?.selected_options ?? []).length > 0;
}
