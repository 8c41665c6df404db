/** Private answers to a reviewer: in mrkdwn after a click, in plain text beside the input of their form. */
import type { Principal } from '../../domain/policy/policy.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { escapeMrkdwn, mentions, plainName, who } from '../kit/text.js';
import { afterUnsaid, type Unsaid } from '../kit/unsaid.js';
import { firstOf } from '../kit/words.js';

const MAX_NAME = 150;
const MAX_LISTED = 10;

/** The same, for a message and for a form. */
export interface Said {
  readonly text: string;
  readonly plain: string;
}

function named(principals: readonly Principal[]): string {
  return firstOf(
    principals.map(({ id, name }) => plainName(name ?? id, MAX_NAME)),
    MAX_LISTED,
  );
}

export const wordsMissing = (most: number): string =>
  `Say why, in one sentence of at most ${most} characters.`;
export const unknown = (): string => 'Hallpass has no such emergency. Nothing was changed.';

export function notReviewer({ id }: AccessRequest, reviewers: readonly Principal[]): Said {
  const start = `You can't review ${requestName(id)}. These can: `;
  return { text: start + mentions(reviewers), plain: start + named(reviewers) };
}

/** They used it, or it counts as theirs: the same login, the same mailbox. */
export function ownEmergency({ id }: AccessRequest, reviewers: readonly Principal[]): Said {
  const start = `${requestName(id)} counts as your own emergency, so somebody else has to review it. These can: `;
  return { text: start + mentions(reviewers), plain: start + named(reviewers) };
}

export function reviewersUnread(groups: readonly Principal[], unsaid: Unsaid | null): Said {
  const say = (who: string, then: string) =>
    `Slack did not say who is in ${who}, so Hallpass can’t tell whether you may review this. ${then}`;
  const then = afterUnsaid('Nothing was changed', unsaid);
  return { text: say(mentions(groups), escapeMrkdwn(then)), plain: say(named(groups), then) };
}

/** Somebody was quicker, or there is nothing to review. */
export function judgedAlready({ id, emergency, grantedAt }: AccessRequest, reader: string): Said {
  const { by = null, verdict = 'due' } = emergency ?? {};
  const name = requestName(id);
  if (by === null) {
    const text = `Nothing was granted under ${name}${grantedAt === null ? ' yet' : ''}, so there is nothing to review.`;
    return { text, plain: text };
  }
  const found = verdict === 'justified' ? 'justified' : 'not justified';
  const say = (someone: string) =>
    `${name} was already reviewed: ${found}, says ${someone}. The first answer counts, and nothing was changed.`;
  return { text: say(who(by, reader)), plain: say(by === reader ? 'you' : 'another reviewer') };
}
