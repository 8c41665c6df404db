/** A request's life in words: what its card and its requester's own message both tell, each to its reader. */
import { sayDuration } from '../../domain/duration.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { lapsesAtTheEarliest } from '../../domain/request/escalation.js';
import {
  type AccessRequest,
  askedNow,
  type Extension,
  isInForce,
  RULE_NAMES,
  requestName,
  ruleOf,
  rulesOf,
  termsOf,
} from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import type { Paragraph, Quote } from '../kit/blocks.js';
import type { Scene } from '../kit/message.js';
import { code, inline, link, mention, mentions, ownWords, when, who } from '../kit/text.js';
import { approversOf, isPlain, progress } from './approvals.js';
import { roleLines } from './preview.js';
import { RULE_WORDS } from './rule-words.js';

/** Room for a target's name, its environment and other short texts of the configuration, escaped. */
const MAX_NAME = 150;

export interface Headline {
  readonly mark: string;
  readonly title: string;
}

/** The state in words that differ from state to state. `reader` is called "you"; null for a channel. */
export function headline(request: AccessRequest, reader: string | null): Headline {
  const rule = ruleOf(request);
  const byRule = rule === null ? '' : ` (${RULE_WORDS[rule].name})`;
  switch (request.state) {
    case 'pending':
      return { mark: 'hourglass_flowing_sand', title: 'Waiting for approval' };
    case 'granting':
      return request.trouble === null
        ? { mark: 'hourglass_flowing_sand', title: `Approved${byRule}, being granted` }
        : { mark: 'warning', title: `Approved${byRule}, not granted yet` };
    case 'active':
      return isInForce(request)
        ? { mark: 'unlock', title: `Granted${byRule}${until(request)}` }
        : { mark: 'warning', title: 'Time is up, being revoked, not yet confirmed' };
    case 'ending':
      return request.why === 'failed'
        ? { mark: 'warning', title: 'Not granted: checking that nothing was left behind' }
        : { mark: 'hourglass_flowing_sand', title: 'Being revoked, not yet confirmed' };
    case 'ended':
      return { mark: 'lock', title: endedTitle(request, reader) };
    case 'denied':
      return { mark: 'no_entry', title: `Denied by ${by(request.decidedBy, reader)}` };
    case 'withdrawn':
      return { mark: 'leftwards_arrow_with_hook', title: canceled(request, reader) };
    case 'lapsed':
      return { mark: 'zzz', title: `Lapsed: nobody decided in ${waited(request)}` };
    case 'failed':
      return { mark: 'x', title: 'Failed: nothing was granted' };
  }
}

function endedTitle(request: AccessRequest, reader: string | null): string {
  const why = whyEnded(request, reader);
  return request.why === 'ended' ? capital(why) : `Ended: ${why}`;
}

function canceled(request: AccessRequest, reader: string | null): string {
  if (request.why !== 'ended') return `Canceled by ${who(request.requester, reader)}`;
  const operator = operatorOf(request);
  return operator === null ? `Canceled, because ${accountLeft(request, reader)}` : `Canceled by ${operator}`;
}

/** The operator who used the command line; null when it was canceled or ended another way. */
function operatorOf({ endedBy, endedBecause }: AccessRequest): string | null {
  return endedBy === null || endedBecause === null ? null : `an operator (${inline(endedBy, MAX_NAME)})`;
}

function accountLeft({ requester }: AccessRequest, reader: string | null): string {
  const whose = requester === reader ? 'your Slack account' : `the Slack account of ${mention(requester)}`;
  return `${whose} was deactivated or is no longer a full member’s`;
}

/** Why access ends or ended, as the end of a sentence. */
export function whyEnded(request: AccessRequest, reader: string | null): string {
  const { why, endedBy } = request;
  switch (why) {
    case 'relinquished':
      return `relinquished by ${by(endedBy, reader)}`;
    case 'ended':
      return endedBy === null
        ? `ended, because ${accountLeft(request, reader)}`
        : `ended by ${operatorOf(request) ?? who(endedBy, reader)}`;
    // By somebody, by the server itself, or in what a restored ledger has forgotten: nobody here saw it.
    case 'removed':
      return 'gone from the server, and the ledger doesn’t say who revoked it';
    case 'failed':
      return 'it could not be granted';
    case 'lost':
      return 'the server lost it, in a failover or a restore';
    case 'replaced':
      return 'its server was replaced, and it is revoked on the new one';
    case 'written_off':
      return 'written off by an operator, without proof';
    case 'idle':
      return `not used${forSoLong(request)}`;
    case 'expired':
    case null:
      return 'its time was up';
  }
}

function forSoLong(request: AccessRequest): string {
  const { idleMs } = termsOf(request);
  return idleMs === null ? '' : ` for ${sayDuration(idleMs)}`;
}

/** Which sessions end with the grant, as a part of a sentence. Which they are before 16 only the server knows. */
export function endedSessions(request: AccessRequest): string {
  const { sessions, setRole } = termsOf(request);
  const login = code(request.login);
  return sessions === 'all' || setRole
    ? `every session of ${login} is ended`
    : `sessions of ${login} that can still use it are ended: those with an open transaction, and before Postgres 16 every one`;
}

/** The extension that its holder asks for, and what it needs. */
export function extensionAsked(request: AccessRequest, reader: string | null): readonly string[] {
  const { extensionAsk: ask, requester } = request;
  if (ask === null || !isInForce(request)) return [];
  const needs = isPlain(ask.rules) ? `Can decide: ${mentions(ask.asked)}` : progress(ask, reader);
  return [
    `:hourglass_flowing_sand: ${requester === reader ? 'You' : mention(requester)} asked ${when(ask.at)} to extend it by ${sayDuration(ask.forMs)}.\n${needs}`,
  ];
}
/** The target as people know it. */
export type Where = Pick<Scene, 'targetName' | 'environment'>;

/** What was asked for, and by whom. */
export function wish(request: AccessRequest, scene: Where, reader: string | null): string {
  const subject = request.requester === reader ? 'You' : mention(request.requester);
  return `${subject} asked for ${code(request.role)} on ${place(scene)} for ${sayDuration(request.wishedMs)}.`;
}

/** The target as people know it, with the mark of its environment. */
export function place({ targetName, environment }: Where): string {
  const name = inline(targetName, MAX_NAME);
  return environment === null ? name : `${name} (${inline(environment, MAX_NAME)})`;
}

/** What happened so far and isn't said by the headline, a sentence a line, oldest first; empty while nothing has. */
export function events(request: AccessRequest, reader: string | null): readonly string[] {
  const { state, decidedAt, grantedAt, endedAt } = request;
  return [
    ...(decidedAt === null ? [] : [decision(request, decidedAt, reader)]),
    ...(request.durationMs < request.wishedMs
      ? [`Asked for ${sayDuration(request.wishedMs)}, shortened to ${sayDuration(request.durationMs)}.`]
      : []),
    ...(grantedAt === null ? [] : [`Granted ${when(grantedAt)}${isInForce(request) ? '' : until(request)}.`]),
    ...(request.extension === null ? [] : [extended(request, request.extension, reader)]),
    ...(state === 'ending' && request.why !== 'failed' ? [`${capital(whyEnded(request, reader))}.`] : []),
    ...(endedAt === null || state === 'denied' ? [] : [outcome(request, endedAt)]),
  ];
}

function extended({ state }: AccessRequest, extension: Extension, reader: string | null): string {
  const rule = RULE_NAMES.find((name) => name === extension.by);
  const by = rule === undefined ? who(extension.by, reader) : RULE_WORDS[rule].by;
  const said = `Extended by ${by} ${when(extension.at)}`;
  if (extension.state === 'refused')
    return `${said}, which did not take effect: the previous end still applies.`;
  return extension.state === 'asked' && state === 'active' ? `${said}, not confirmed there yet.` : `${said}.`;
}

function decision(request: AccessRequest, decidedAt: Date, reader: string | null): string {
  const rule = ruleOf(request);
  if (rule !== null) {
    const { name, decided } = RULE_WORDS[rule];
    return decided(inline(request.decidedVia ?? name, MAX_NAME), when(decidedAt));
  }
  const { approvals } = request;
  if (request.state !== 'denied' && approvals.length > 1) {
    return `Approved by ${approversOf({ rules: rulesOf(request), approvals }, reader)} ${when(decidedAt)}.`;
  }
  // Who denied it, the headline says.
  if (request.state === 'denied') return `Decided ${when(decidedAt)}${through(request)}.`;
  return `Approved by ${by(request.decidedBy, reader)}${through(request)} ${when(decidedAt)}.`;
}

/** The group that made them an approver; nothing for who is named in the policy. */
function through(request: AccessRequest): string {
  const { decidedVia } = request;
  if (decidedVia === null || decidedVia === 'named') return '';
  const group = askedNow(request).find(({ id, name }) => id === decidedVia || name === decidedVia);
  return ` (${group?.name === null ? mention(group.id) : inline(decidedVia, MAX_NAME)})`;
}

/** What became of it, where the headline doesn't say it. */
function outcome(request: AccessRequest, endedAt: Date): string {
  const at = when(endedAt);
  // Without a place no GRANT was ever run.
  const isNothing = request.place === null && request.grantedAt === null && request.why !== 'written_off';
  if (isNothing && (request.state === 'failed' || request.state === 'ended'))
    return `Closed ${at}: nothing was ever granted on the server.`;
  switch (request.state) {
    case 'withdrawn':
      return `Canceled ${at}.`;
    case 'lapsed':
      return `Lapsed ${at}.`;
    case 'failed':
      return `Nothing of it is left on the server, confirmed ${at}.`;
    default:
      if (request.why === 'written_off') return `Written off ${at}: nobody has confirmed that it is gone.`;
      return request.why === 'removed' ? `Found removed ${at}.` : `Confirmed gone ${at}.`;
  }
}

/** What blocks or blocked it, labeled for this state. */
function trouble({ state, why, trouble: words }: AccessRequest): Quote | null {
  if (words === null) return null;
  if (state === 'failed' || why === 'failed') return { label: 'Why it was not granted:', words };
  if (why === 'written_off' || why === 'replaced') return { label: 'Operator:', words };
  return { label: state === 'granting' ? 'Hallpass keeps trying:' : 'Not confirmed yet:', words };
}

/** What happened so far, what blocks it, and why the on-call rule didn't approve. */
export function soFar(request: AccessRequest, reader: string | null): readonly Paragraph[] {
  const happened = events(request, reader);
  const blocked = trouble(request);
  return [
    ...(happened.length > 0 ? [happened.join('\n')] : []),
    ...(request.deniedBecause === null ? [] : [{ label: 'Why:', words: request.deniedBecause }]),
    ...(request.endedBecause === null
      ? []
      : [{ label: 'The operator’s reason:', words: request.endedBecause }]),
    ...(blocked === null ? [] : [blocked]),
    ...(request.onCallNote === null || request.state !== 'pending'
      ? []
      : [{ label: 'Not approved by on call:', words: request.onCallNote }]),
  ];
}

/** What the role is for, and what it can do; while that can still matter. */
export function roleParagraphs(
  { role, login, state }: AccessRequest,
  { about }: Scene,
  preview: PreviewResult | null,
): readonly string[] {
  if (isFinal(state)) return [];
  const lines = roleLines(role, login, preview);
  return [
    ...(about === null ? [] : [`What it is for: ${inline(about, MAX_NAME)}`]),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
  ];
}

/** The reason as it was typed, and what policy links in it. */
export function reasonParagraphs(
  { reason }: AccessRequest,
  { reasonLink }: Pick<Scene, 'reasonLink'>,
): readonly Paragraph[] {
  if (ownWords(reason, 1) === '') return ['No reason was given.'];
  return [
    { label: 'Reason:', words: reason },
    ...(reasonLink ? [`See ${link(reasonLink.url, reasonLink.text)}.`] : []),
  ];
}

/** The one line that says which request this is, on which server, for which login, asked when. */
export function footer({ id, target, role, login, createdAt }: AccessRequest): string {
  return `${requestName(id)} · ${code(target)} / ${code(role)} · login ${code(login)} · asked ${when(createdAt)}`;
}

/** How long it could have been decided. */
export function waited(request: AccessRequest): string {
  return sayDuration(lapsesAtTheEarliest(request).getTime() - request.createdAt.getTime());
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function until({ expiresAt }: AccessRequest): string {
  return expiresAt === null ? '' : ` until ${when(expiresAt)}`;
}

function by(id: string | null, reader: string | null): string {
  return id === null ? 'somebody' : who(id, reader);
}
