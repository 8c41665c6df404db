/** What is said of it afterwards: of an emergency, by its reviewers; of what was left behind, by the target. */
import { askedAgain, isReviewDue } from '../../policy/emergency.js';
import type { AccessRequest } from '../request.js';
import { type EventOf, type Outcome, to } from './made.js';

export function judged(request: AccessRequest, event: EventOf<'judged'>): Outcome {
  const { emergency } = request;
  if (emergency === null || !isReviewDue(request)) return 'stale';
  const { by, via, verdict, words } = event;
  const judged = { ...emergency, verdict, by, words };
  return to({ emergency: judged, judgeAt: null }, 'judged', by, { via, verdict, words });
}

export function judgeAsked(request: AccessRequest, now: Date): Outcome {
  const { emergency, judgeAt } = request;
  if (emergency === null || judgeAt === null || judgeAt > now) return 'stale';
  const asked = emergency.asked + 1;
  return to({ emergency: { ...emergency, asked }, judgeAt: askedAgain(asked, now) }, 'judge_asked', null, {
    asked,
  });
}

export function reviewed(request: AccessRequest, event: EventOf<'reviewed'>): Outcome {
  if (request.reviewAt === null) return 'stale';
  return to({ reviewAt: null }, 'reviewed', null, { ...event.result });
}
