/**
 * Answers a payload that goes no further. Invariant: the person reads why. Slack shows an empty acknowledgement of a form as
 * success, and of a click not at all.
 */
import type { AnyMiddlewareArgs, SlackOptionsMiddlewareArgs } from '@slack/bolt';
import { type TurnedAway, turnedAway } from '../surfaces/answers/turned-away.js';
import { reasonOption } from '../surfaces/forms/request-form.js';
import { BLOCKS } from '../surfaces/kit/ids.js';
import { acknowledge, answerClick, type Deps, tellPrivately } from './answer.js';
import { clickedIn } from './payloads/clicks.js';
import { parseRefused } from './payloads/refused.js';

/** Never throws. */
export async function turnAway(args: AnyMiddlewareArgs, why: TurnedAway, deps: Deps): Promise<void> {
  const { logger } = deps;
  const text = turnedAway(why, deps.command);
  if ('options' in args && !isSearch(args)) return acknowledge(() => args.ack({ options: [] }), logger);
  if (isSearch(args)) return acknowledge(() => args.ack({ options: [reasonOption(text)] }), logger);
  if ('command' in args) {
    return acknowledge(() => args.ack({ response_type: 'ephemeral', text }), logger);
  }
  const { isSubmission, userId, inputs } = parseRefused(args.body);
  if ('view' in args && isSubmission) {
    const errors = besideInputs({ [BLOCKS.target]: text }, inputs);
    return acknowledge(() => args.ack({ response_action: 'errors', errors }), logger);
  }
  const { ack } = args;
  if (ack !== undefined) await acknowledge(() => ack(), logger);
  if (!('shortcut' in args) && (!('action' in args) || isLink(args.action))) return;
  const respond = 'respond' in args ? args.respond : undefined;
  // Nothing is shown on the Home of who isn't ours.
  const isOurs = why === 'malformed_payload' || why === 'unknown';
  if (isOurs && userId !== null && clickedIn(args.body) === null) {
    return answerClick({ text }, { userId }, null, { ...deps, respond });
  }
  if (respond !== undefined || userId !== null) await tellPrivately(text, { ...deps, userId, respond });
}

/** In a select of a form; other searches belong to older parts of Slack that our app doesn't use. */
function isSearch(args: AnyMiddlewareArgs): args is SlackOptionsMiddlewareArgs<'block_suggestion'> {
  return 'options' in args && args.body.type === 'block_suggestion';
}

/** Slack also reports a click on a link, which needs no answer. */
function isLink(action: unknown): boolean {
  return typeof action === 'object' && action !== null && 'url' in action;
}

/**
 * Slack shows a meaningless error when a key names no input block of the submitted view. So an error goes beside the input of
 * the same name (the role's block is named after the target that it was drawn for), else beside the first. Without inputs it
 * keeps its key: an error that Slack can't place still keeps the form open.
 */
export function besideInputs(
  errors: Record<string, string>,
  inputs: readonly string[],
): Record<string, string> {
  const placed: Record<string, string> = {};
  for (const [key, text] of Object.entries(errors)) {
    const name = key.split(':', 1)[0];
    const isSame = (id: string) => id.split(':', 1)[0] === name;
    const input = (inputs.includes(key) ? key : inputs.find(isSame)) ?? inputs[0] ?? key;
    placed[input] = placed[input] === undefined ? text : `${placed[input]} ${text}`;
  }
  return placed;
}
