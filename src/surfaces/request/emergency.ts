/** Emergency access, where a request is shown: that it is one, who looks at it, and what they say of it. */
import { isEmergency, isReviewDue } from '../../domain/policy/emergency.js';
import { unique } from '../../domain/policy/policy.js';
import { type AccessRequest, askedNow, isInForce } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import type { Paragraph } from '../kit/blocks.js';
import type { Scene } from '../kit/message.js';
import { mentions, when, who } from '../kit/text.js';
import type { Headline } from './state-words.js';

/** Instead of what is said of other requests until it is over; null when it says enough. */
export function emergencyHeadline(request: AccessRequest): Headline | null {
  if (!isEmergency(request)) return null;
  const { state, trouble, expiresAt } = request;
  if (state === 'granting') {
    const title = trouble === null ? 'Emergency access, being granted' : 'Emergency access, not granted yet';
    return { mark: 'rotating_light', title };
  }
  if (!isInForce(request) || expiresAt === null) return null;
  return { mark: 'rotating_light', title: `Emergency access until ${when(expiresAt)}` };
}

/** For its holder, when a reviewer has answered. */
export function judgedHeadline({ emergency }: AccessRequest): Headline {
  return emergency?.verdict === 'not_justified'
    ? { mark: 'warning', title: 'Your emergency access was not justified, says its reviewer' }
    : { mark: 'white_check_mark', title: 'Your emergency access was justified, says its reviewer' };
}

/** @param reader is called "you"; null for a channel. */
export function emergencyParagraphs(
  request: AccessRequest,
  { reviewers = [] }: Pick<Scene, 'reviewers'>,
  reader: string | null,
): readonly Paragraph[] {
  if (!isEmergency(request)) return [];
  return [
    ...(isFinal(request.state) || reader !== null
      ? []
      : [
          `*Nobody approved it.* Look at it now: ${mentions(unique([...reviewers, ...askedNow(request)]))}. End access if it looks wrong.`,
        ]),
    ...verdictParagraphs(request, { reviewers }, reader),
  ];
}

/** What its reviewers say, or that they have not said it. */
export function verdictParagraphs(
  request: AccessRequest,
  { reviewers = [] }: Pick<Scene, 'reviewers'>,
  reader: string | null,
): readonly Paragraph[] {
  const { emergency, state } = request;
  if (emergency === null || !isEmergency(request)) return [];
  if (emergency.by !== null) {
    const verdict = emergency.verdict === 'justified' ? 'Justified' : 'Not justified';
    return [
      `*${verdict}*, says ${who(emergency.by, reader)}.`,
      { label: 'Their words:', words: emergency.words ?? '' },
    ];
  }
  if (isReviewDue(request)) {
    return [
      `Review: ${mentions(reviewers)} will be asked whether it was justified, until one of them answers.`,
    ];
  }
  return isFinal(state) ? ['Nothing was granted, so nobody has to review it.'] : [];
}
