import type { App } from '@slack/bolt';
import { emergencyRefused } from '../../surfaces/forms/emergency-forms.js';
import { VIEWS } from '../../surfaces/kit/ids.js';
import type { Deps } from '../answer.js';
import { parsePausing } from '../payloads/home.js';
import { parseConfirmed, parseDenial, parseJudgement } from '../payloads/other-forms.js';
import { parseSubmission } from '../payloads/request-form.js';
import { registerForm } from './form.js';

const SLOW = 'This takes longer than usual. Send it again in a moment:';
/** Safe to say, because a second submission of one form is the same request. */
const REQUESTED_ONCE = `${SLOW} nothing is requested twice.`;

/** The submitted forms. */
export function registerViews(app: App, deps: Deps): void {
  const { access } = deps;
  registerForm(app, deps, {
    callbackId: VIEWS.request,
    parse: parseSubmission,
    take: (actor, submission) => access.submit(actor, submission),
    tooSlow: REQUESTED_ONCE,
  });
  registerForm(app, deps, {
    callbackId: VIEWS.emergency,
    parse: parseConfirmed,
    take: (actor, submission) => access.submit(actor, submission),
    tooSlow: REQUESTED_ONCE,
    refusal: emergencyRefused,
    closesAll: true,
  });
  registerForm(app, deps, {
    callbackId: VIEWS.deny,
    parse: parseDenial,
    take: (actor, denial) => access.deny(actor, denial),
    tooSlow: `${SLOW} it is denied once.`,
  });
  registerForm(app, deps, {
    callbackId: VIEWS.judge,
    parse: parseJudgement,
    take: (actor, judgement) => access.judge(actor, judgement),
    tooSlow: `${SLOW} your answer counts once.`,
  });
  registerForm(app, deps, {
    callbackId: VIEWS.pause,
    parse: parsePausing,
    take: (actor, pausing) => access.pause(actor, pausing),
    tooSlow: `${SLOW} it is paused once.`,
  });
}
