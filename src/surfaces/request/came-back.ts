/**
 * A membership that has to go although no open request accounts for it: what its holder, the operators, and the messages
 * of the request that it belonged to say of it, while it is being revoked and afterwards.
 */
import { requestName } from '../../domain/request/request.js';
import type { Stray, StrayEnd } from '../../domain/request/stray.js';
import { compose, type Paragraph } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';
import { code, inline, mention, when } from '../kit/text.js';
import { firstOf, plural } from '../kit/words.js';
import type { Headline } from './state-words.js';

/** Room for a target's name, and names of prepared transactions in one message. */
const MAX_NAME = 150;
const MAX_SHOWN = 5;
/** As often a membership may come back before its request's messages leave the first times out. */
const MAX_TOLD = 3;

const UNKNOWN_CAUSE =
  'Hallpass doesn’t know how it came back. Usual causes: the server failed over to a standby that had missed the REVOKE, it was restored from a backup, or someone used Hallpass’s login by hand.';

/** For the operators' channel; edited when it is proved gone. */
export function strayForOperators(stray: Stray, targetName: string): Message {
  const { end } = stray;
  const place = inline(targetName, MAX_NAME);
  return compose({
    mark: end === null ? 'rotating_light' : 'lock',
    title:
      stray.request === null ? orphanTitle(end, place) : `${returned(stray, stray.request.id)} on ${place}`,
    paragraphs: [
      stray.request === null ? ofOrphan(stray) : ofRequest(stray, stray.request),
      ...cause(stray),
      ...waiting(stray),
      ...prepared(end),
    ],
    footer: footer(stray),
  });
}

function orphanTitle(end: StrayEnd | null, place: string): string {
  if (end === null) return `Revoking an unexplained membership on ${place}`;
  return end.outcome === 'wanted'
    ? `Membership on ${place} is explained now`
    : `Unexplained membership revoked on ${place}`;
}

/** For the one whose login it is. */
export function strayForHolder(stray: Stray, targetName: string): Message {
  const { end, request } = stray;
  const role = `${code(stray.role)} on ${inline(targetName, MAX_NAME)}`;
  const title =
    request === null
      ? `${end === null ? 'Hallpass is revoking' : 'Hallpass revoked'} a role of yours`
      : returned(stray, request.id);
  const why = request === null ? ofOwnLogin(stray, role) : ofRequest(stray, request);
  return compose({
    mark: end === null ? 'warning' : 'lock',
    title: end?.outcome === 'wanted' && request === null ? `You keep a role of yours` : title,
    paragraphs: [
      why,
      ...(request === null && end !== null ? [`${capital(whatCame(stray, end))}.`] : []),
      ...waiting(stray),
      ...prepared(end),
      ...(end?.outcome === 'wanted' ? [] : ['If you still need the role, ask for it again.']),
    ],
    footer: footer(stray),
  });
}

function ofOwnLogin(stray: Stray, role: string): string {
  const has = stray.end === null ? 'has' : 'had';
  const then = stray.end?.outcome === 'wanted' ? '' : `, so ${by(stray)} ${has} it revoked`;
  return `Your login ${code(stray.login)} ${has} ${role}, but no request here accounted for it${then}.`;
}

function returned(stray: Stray, id: number): string {
  const what = stray.kind === 'late' ? 'was granted late' : 'came back';
  const name = requestName(id);
  if (stray.end === null) return `${name} ${what} and is being revoked`;
  return stray.end.outcome === 'wanted' ? `${name} ${what}` : `${name} ${what} and was revoked`;
}

function ofRequest(stray: Stray, { endedAt }: NonNullable<Stray['request']>): string {
  const pair = `${code(stray.role)} of ${code(stray.login)}`;
  const over =
    endedAt === null ? 'when its request was already ending' : `after its request ended ${when(endedAt)}`;
  const since =
    stray.absentAt === null || stray.kind === 'late'
      ? ''
      : ` It was last seen gone ${when(stray.absentAt)}, and may have been usable since.`;
  const found =
    stray.kind === 'late'
      ? `The GRANT of ${pair} reached the server ${when(stray.foundAt)}, ${over}.`
      : `${pair} was on the server again ${when(stray.foundAt)}, ${over}.${since}`;
  return `${found} ${stray.end === null ? 'Hallpass is revoking it and ends the sessions that can still use it.' : `${capital(whatCame(stray, stray.end))}.`}`;
}

function ofOrphan(stray: Stray): string {
  const { role, login, end } = stray;
  const never = `${code(login)} ${end === null ? 'is' : 'was'} a member of ${code(role)}, granted by Hallpass’s own login, and this ledger never granted it.`;
  if (end === null) return `${never} It is being revoked ${because(stray)}, not yet confirmed.`;
  return end.outcome === 'wanted'
    ? `${capital(whatCame(stray, end))}.`
    : `${capital(whatCame(stray, end))}, ${because(stray)}. ${never}`;
}

/** What came of it, as a sentence without its end. */
function whatCame({ role, login, sessions }: Stray, { outcome, at, closed, wantedBy }: StrayEnd): string {
  if (outcome === 'wanted') {
    const newer = wantedBy === null ? 'a newer request' : requestName(wantedBy);
    return `nothing was revoked: ${code(role)} is ${newer}’s now, and ends with it`;
  }
  const ended =
    sessions === 'leave'
      ? 'left its sessions open, as the configuration says'
      : `ended ${plural(closed, 'session')}`;
  const gone =
    outcome === 'absent'
      ? `${code(role)} is gone from ${code(login)}; Hallpass ${ended}`
      : `revoked ${code(role)} from ${code(login)} and ${ended}`;
  return `${gone}, confirmed ${when(at)}`;
}

function because(stray: Stray): string {
  return stray.askedBy === null ? 'because of `orphans: revoke`' : `by ${mention(stray.askedBy)}`;
}

function by({ askedBy }: Stray): string {
  return askedBy === null ? 'the configuration (`orphans: revoke`)' : mention(askedBy);
}

function cause(stray: Stray): readonly Paragraph[] {
  if (stray.because !== null) return [{ label: 'Why it came back:', words: stray.because }];
  return stray.kind === 'leftover' ? [UNKNOWN_CAUSE] : [];
}

function waiting({ end, trouble }: Stray): readonly Paragraph[] {
  return end === null && trouble !== null ? [{ label: 'Not confirmed yet:', words: trouble }] : [];
}

function prepared(end: StrayEnd | null): readonly Paragraph[] {
  if (end === null || end.prepared.length === 0) return [];
  return [
    `Prepared transactions are left: ${firstOf(end.prepared.map(code), MAX_SHOWN)}. What was done in them takes effect when they are committed; a database administrator ends each with ROLLBACK PREPARED.`,
  ];
}

function footer({ request, target, role, login }: Stray): string {
  const name = request === null ? '' : `${requestName(request.id)} · `;
  return `${name}${code(target)} / ${code(role)} · login ${code(login)}`;
}

/** What the request's own messages say of the latest: "confirmed gone" is not true while it is there again. */
export function sinceItsEnd(strays: readonly Stray[]): readonly Paragraph[] {
  return strays.slice(-MAX_TOLD).flatMap((stray) => {
    const found =
      stray.kind === 'late'
        ? `Its GRANT arrived late, ${when(stray.foundAt)}`
        : `It came back on the server, found ${when(stray.foundAt)}`;
    const came = stray.end === null ? 'it is being revoked, not yet confirmed' : whatCame(stray, stray.end);
    return [`${found}: ${came}.`, ...waiting(stray)];
  });
}

/** Above the request's own, as long as it is usable again. */
export function headlineSinceEnd(strays: readonly Stray[]): Headline | null {
  const open = strays.find(({ end }) => end === null);
  if (open === undefined) return null;
  const what = open.kind === 'late' ? 'Granted late' : 'Usable again';
  return { mark: 'warning', title: `${what}, being revoked, not yet confirmed` };
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
