/** Slack's ids, and the names that the file gives to users and user groups. */
import type { Principal } from '../../domain/policy/policy.js';
import { suggest } from '../yaml/did-you-mean.js';
import { oneOrMore, pattern, quote, scalar, Wrong, wrongName } from '../yaml/fields.js';

/**
 * Slack's ids: users, user groups, channels (old private ones begin with G). An id without a digit has at least nine
 * characters, so that a group may be called SRE.
 */
const SLACK_USER = /^[UW](?=.*\d|.{8})[A-Z0-9]{3,}$/;
const SLACK_PRINCIPAL = /^[UWS](?=.*\d|.{8})[A-Z0-9]{3,}$/;
const SLACK_CHANNEL = /^[CG](?=.*\d|.{8})[A-Z0-9]{3,}$/;

export const channel = pattern(SLACK_CHANNEL, 'the id of a Slack channel (C…)');

export const groupMembers = oneOrMore(
  pattern(SLACK_PRINCIPAL, 'the id of a Slack user (U…, W…) or user group (S…)'),
);

/** Why a group can't be called this; null when it can. */
export function wrongGroupName(key: string): string | null {
  return SLACK_PRINCIPAL.test(key)
    ? 'a group must not be called like a Slack id; use lower case'
    : wrongName(key);
}

export function wrongUserId(key: string): string | null {
  return SLACK_USER.test(key) ? null : `${JSON.stringify(key)} is not the id of a Slack user (U…, W…)`;
}

/** A place that names people, by the file's groups or by Slack's ids. */
export function principalsOf(groups: ReadonlyMap<string, readonly Principal[]>) {
  const names = [...groups.keys()];
  return oneOrMore(
    scalar('the name of a group or a Slack id', (text): readonly Principal[] | Wrong => {
      const group = groups.get(text.text);
      if (group !== undefined) return group;
      if (SLACK_PRINCIPAL.test(text.text)) return [{ id: text.text, name: null }];
      const known = suggest(text.text, names, 'groups');
      return new Wrong(`${quote(text)} is neither a group nor a Slack id${known}`);
    }),
  ).transform(eachOnce);
}

/** A principal named through a group and by id counts once, by the group's name. */
function eachOnce(lists: readonly (readonly Principal[])[]): readonly Principal[] {
  const known = new Map<string, Principal>();
  for (const principal of lists.flat()) {
    if ((known.get(principal.id)?.name ?? null) === null) known.set(principal.id, principal);
  }
  return [...known.values()];
}
