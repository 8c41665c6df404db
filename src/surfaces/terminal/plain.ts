/** A request in plain text, for a terminal and for files: what Slack's messages say of it with mentions and zones. */
import { sayDuration } from '../../domain/duration.js';
import type { Principal } from '../../domain/policy/policy.js';
import { type AccessRequest, ruleOf } from '../../domain/request/request.js';
import { oneLine, plainName } from '../kit/text.js';
import { firstOf } from '../kit/words.js';
import { RULE_WORDS } from '../request/rule-words.js';

/** Room for any Postgres name and Slack id, and for a sentence that a server or a person wrote. */
const MAX_NAME = 150;
const MAX_WORDS = 500;
/** People who are listed; the rest is counted. */
const MAX_LISTED = 10;

/** A name, or an id, that somebody else chose. */
export function name(text: string): string {
  return plainName(text, MAX_NAME);
}

/** A sentence that somebody else wrote. */
export function words(text: string): string {
  return oneLine(text, MAX_WORDS);
}

/** `2026-11-21T03:11:09Z`. */
export function time(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The group that made them an approver, as what follows their id; nothing for anyone whom the policy names. */
export function through(via: string | null): string {
  return via === null || via === 'named' ? '' : ` through ${name(via)}`;
}

/** `@dba, U0BEN and 3 more`. */
export function people(principals: readonly Principal[]): string {
  if (principals.length === 0) return 'nobody';
  const names = principals.map((one) => (one.name === null ? name(one.id) : `@${name(one.name)}`));
  return firstOf(names, MAX_LISTED);
}

/** Who approved it, as what follows "approved by"; null while nobody did. */
export function approver(request: AccessRequest): string | null {
  const { decidedAt, decidedBy, decidedVia, state } = request;
  if (decidedAt === null || state === 'denied') return null;
  const rule = ruleOf(request);
  const by = rule === null ? name(decidedBy ?? 'somebody') : RULE_WORDS[rule].by;
  return by + through(decidedVia);
}

/** Why access ends or ended, as the end of a sentence. */
export function whyEnded({ why, endedBy, trouble, terms }: AccessRequest): string {
  switch (why) {
    case 'relinquished':
      return `relinquished by ${name(endedBy ?? 'its holder')}`;
    case 'ended':
      return endedBy === null
        ? "ended by Hallpass: the holder's Slack account was deactivated or is no longer a full member's"
        : `ended by ${name(endedBy)}`;
    case 'removed':
      return 'removed by someone else, outside Hallpass';
    case 'failed':
      return 'it could not be granted';
    case 'lost':
      return 'the server lost it, in a failover or a restore';
    case 'replaced':
      return `its server was replaced, by word of ${words(trouble ?? 'an operator')}`;
    case 'written_off':
      return `written off without proof, by word of ${words(trouble ?? 'an operator')}`;
    case 'idle':
      return `not used${terms?.idleMs == null ? '' : ` for ${sayDuration(terms.idleMs)}`}`;
    case 'expired':
    case null:
      return 'its time was up';
  }
}
