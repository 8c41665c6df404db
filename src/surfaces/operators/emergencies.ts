/** The messages that only an emergency has: its reviewers are asked, its operators are told. */
import type { Button } from '@slack/types';
import { isReviewDue } from '../../domain/policy/emergency.js';
import { type AccessRequest, canEnd, isInForce, requestName } from '../../domain/request/request.js';
import { button, compose, type Paragraph } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import type { Message, Scene } from '../kit/message.js';
import { line } from '../kit/shrunk.js';
import { code, inline, mention, mentions, plainName, when } from '../kit/text.js';
import { emergencyHeadline, verdictParagraphs } from '../request/emergency.js';
import { footer, headline, place, reasonParagraphs } from '../request/state-words.js';

export interface EmergencyScene extends Scene {
  /** PagerDuty is told, too. */
  readonly isPaged: boolean;
}

/** `judge`: in the thread of the card; `emergency` and `misused`: in the operators' channel. */
const EMERGENCY_KINDS = ['judge', 'emergency', 'misused'] as const;

/** @returns null for a message of another kind. */
export function emergencyMessage(
  { kind, key }: { readonly kind: string; readonly key: string },
  request: AccessRequest,
  scene: EmergencyScene,
): Message | null {
  switch (EMERGENCY_KINDS.find((known) => known === kind)) {
    case 'judge':
      return isNewest(key, request) ? question(request, scene) : line(request, scene, null);
    case 'emergency':
      return toOperators(request, scene);
    case 'misused':
      return misused(request, scene);
    case undefined:
      return null;
  }
}

/** Each time that reviewers are asked is a message; only the last one has the buttons. @param key `judge:3:1042` */
function isNewest(key: string, { emergency }: AccessRequest): boolean {
  return key.split(':')[1] === String(emergency?.asked);
}

function question(request: AccessRequest, scene: Scene): Message {
  const isDue = isReviewDue(request);
  const again = (request.emergency?.asked ?? 0) > 1 ? 'Still not reviewed: was' : 'Was';
  return compose({
    mark: isDue ? 'rotating_light' : 'white_check_mark',
    title: isDue ? `${again} this emergency access justified?` : `${requestName(request.id)} is reviewed`,
    paragraphs: [
      used(request, scene),
      ...reasonParagraphs(request, scene),
      ...(isDue ? asked(request, scene) : verdictParagraphs(request, scene, null)),
    ],
    buttons: isDue ? verdictButtons(request) : [],
    footer: footer(request),
  });
}

function asked(request: AccessRequest, { reviewers = [] }: Scene): readonly Paragraph[] {
  const { judgeAt } = request;
  const next = judgeAt === null ? '' : ` If no one does, Hallpass asks again ${when(judgeAt)}.`;
  return [
    `${mentions(reviewers)}: answer with one sentence. Any of you can, except ${mention(request.requester)}.${next}`,
    ...(isInForce(request) ? ['Neither answer ends the access. End access, on its card, does.'] : []),
  ];
}

/** What a reviewer answers; on the message that asks, and on their Home. */
export function verdictButtons(request: AccessRequest): readonly Button[] {
  const id = requestName(request.id);
  return [
    button(request, ACTIONS.justified, 'Justified', `Justified: ${id}`, { style: 'primary' }),
    button(request, ACTIONS.notJustified, 'Not justified', `Not justified: ${id}`, { style: 'danger' }),
  ];
}

/** Who used it, and from when to when. */
export function used(request: AccessRequest, scene: Pick<Scene, 'targetName' | 'environment'>): string {
  const { requester, role, login, grantedAt, endedAt, expiresAt } = request;
  const who = `${mention(requester)} used emergency access to ${code(role)} on ${place(scene)}, as ${code(login)}`;
  if (grantedAt === null) return `${who}.`;
  const end = endedAt ?? expiresAt;
  return `${who}, from ${when(grantedAt)}${end === null ? '' : ` to ${when(end)}`}.`;
}

function toOperators(request: AccessRequest, scene: EmergencyScene): Message {
  const shown = emergencyHeadline(request) ?? headline(request, null);
  const paged = scene.isPaged ? 'PagerDuty is told, too.' : 'Nobody is paged: Hallpass has no routing key.';
  return compose({
    mark: 'rotating_light',
    title: `${mention(request.requester)} broke the glass on ${inline(scene.targetName, 150)}`,
    paragraphs: [
      `${code(request.role)} for ${code(request.login)}, without approval. ${shown.title}.`,
      ...reasonParagraphs(request, scene),
      ...verdictParagraphs(request, scene, null),
      `${canEnd(request) ? `End access on its card ends it, and so does ${code(`hallpass end ${requestName(request.id)}`)}. ` : ''}${paged}`,
    ],
    footer: footer(request),
  });
}

function misused(request: AccessRequest, scene: Scene): Message {
  return compose({
    mark: 'warning',
    title: `Emergency access ${requestName(request.id)} was not justified`,
    paragraphs: [
      used(request, scene),
      ...verdictParagraphs(request, scene, null),
      ...(isInForce(request)
        ? [`It is still granted: ${code(`hallpass end ${requestName(request.id)}`)} ends it.`]
        : []),
    ],
    footer: footer(request),
  });
}

/** For PagerDuty, in plain text. */
export function emergencySummary({ id, role, login }: AccessRequest, targetName: string): string {
  return `Hallpass: emergency access to ${plainName(role, 63)} on ${plainName(targetName, 150)} for ${plainName(login, 63)} (${requestName(id)})`;
}
