/**
 * Asks for short grants, some of them in an emergency, gives some back, wants some for longer, takes some wishes back,
 * approves their own, and clicks what is no longer there.
 */
import type { Slack } from '../../sandbox/slack/index.js';
import { CHANNELS } from '../../sandbox/stage/cast.js';
import { tickEmergency } from '../../sandbox/stage/emergency.js';
import { fillFormAs } from '../../sandbox/stage/people.js';
import { isIn, policyOf } from '../policies.js';
import type { Random } from '../random.js';
import { Hand, OPENS_MS } from './hand.js';
import type { Screens } from './screens.js';

export interface Place {
  readonly target: string;
  readonly role: string;
}

/** One form that Slack took: the reason is the only one of its kind. */
export interface Submission {
  readonly reason: string;
  readonly userId: string;
}

const LONG = '15m';
/** Seconds. */
const SHORT = [3, 18] as const;
const FORM = 'request_submit';

export function createEngineer(
  slack: Slack,
  login: string,
  userId: string,
  places: readonly Place[],
  submitted: Submission[],
  screens: Screens,
  random: Random,
): () => Promise<void> {
  const person = slack.as(userId);
  const hand = new Hand(person, userId, screens, random);
  const burning = places.filter(({ target, role }) => {
    const { break_glass } = policyOf(target, role);
    return break_glass !== undefined && isIn(break_glass.who, userId);
  });
  let asked = 0;
  let last = random.pick(places);

  const askFor = (place: Place, isEmergency: boolean) =>
    screens.alone(userId, async () => {
      asked += 1;
      const reason = `${login} needs it, ${asked}`;
      const isLong = !isEmergency && random.chance(0.1);
      const otherDuration = isLong ? LONG : `${Math.round(random.between(...SHORT))}s`;
      try {
        await fillFormAs(slack, person, { ...place, otherDuration, reason }, OPENS_MS);
        if (isEmergency) await tickEmergency(person);
        if (person.openedView()?.callbackId !== FORM) throw new Error('another form came in the way');
        let sent = await person.submit();
        // It asks once more.
        if (sent.outcome === 'pushed') sent = await person.submit();
        if (sent.outcome === 'errors') {
          throw new Error(`the form was refused: ${Object.values(sent.errors).join('; ')}`);
        }
        const isTaken = sent.outcome === 'closed' || sent.outcome === 'cleared';
        if (!isTaken) throw new Error(`the form: ${JSON.stringify(sent)}`);
        submitted.push({ reason, userId });
      } finally {
        while (person.openedView() !== undefined) await person.closeView();
      }
    });

  return () => {
    const what = random.next();
    if (what < 0.2) return askFor(last, false);
    if (what < 0.5) {
      last = random.pick(places);
      return askFor(last, false);
    }
    if (what < 0.6) return burning.length === 0 ? hand.clickStale() : askFor(random.pick(burning), true);
    if (what < 0.67) return hand.clickOne('Relinquish', 'dm');
    if (what < 0.71) return hand.clickOne('Cancel request', 'dm');
    if (what < 0.88) return hand.clickOne('Extend', 'dm');
    if (what < 0.9) return hand.clickOne('End repeat', 'dm');
    if (what < 0.95) return hand.useHome();
    if (what < 0.97) return hand.clickOne('Approve', CHANNELS.access);
    return hand.clickStale();
  };
}
