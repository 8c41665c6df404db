/** Of emergencies: each is loud, each is reviewed or asked about, and nobody reviews their own. */
import type { PagerDuty } from '../../sandbox/pagerduty/pagerduty.js';
import type { Slack } from '../../sandbox/slack/index.js';
import { CAST, CHANNELS } from '../../sandbox/stage/cast.js';
import { all } from '../../sandbox/stage/people.js';
import { isIn } from '../policies.js';
import type { Verdict } from '../report.js';
import type { Life } from './trail.js';

export function judgeEmergencies(
  { slack, pagerduty }: { readonly slack: Slack; readonly pagerduty: PagerDuty },
  lives: readonly Life[],
): readonly Verdict[] {
  const used = lives.filter(({ events }) => events.some(({ kind }) => kind === 'approved_in_emergency'));
  const said = (channel: string, reader: string) => slack.as(reader).messages(channel).map(all);
  const operators = said(CHANNELS.operators, CAST.olga);
  const cards = said(CHANNELS.access, CAST.eve);
  const about = (messages: readonly string[], id: string, says: RegExp) =>
    messages.some((text) => new RegExp(`\\b${id}\\b`).test(text) && says.test(text));
  const keyOf = (id: string) => `/emergency/${id.slice('R-'.length)}`;
  const isPaged = (id: string) => pagerduty.incidents.some(({ dedupKey }) => dedupKey.endsWith(keyOf(id)));
  /** A page that PagerDuty had not taken when somebody reviewed the emergency is resolved without having been opened. */
  const isOver = (id: string, events: Life['events']) =>
    events.some(({ kind }) => kind === 'judged') &&
    pagerduty.calls.some(({ body }) => body.includes(`${keyOf(id)}"`));
  return [
    {
      what: 'each emergency told to operators, and paged',
      checked: used.length,
      breaches: used.flatMap(({ request: { id }, events }) => [
        ...(about(operators, id, /broke the glass/) ? [] : [`${id}: operators read nothing of it`]),
        ...(isPaged(id) || isOver(id, events) ? [] : [`${id}: nobody was paged`]),
      ]),
    },
    {
      what: 'each emergency reviewed, or asked about',
      checked: used.length,
      breaches: used.flatMap(({ request: { id, granted }, events }) => {
        const isJudged = events.some(({ kind }) => kind === 'judged');
        const isAsked = isJudged || events.some(({ kind }) => kind === 'judge_asked');
        // A question that was answered before it could be posted isn't posted; the card has the answer.
        const isRead = about(cards, id, isJudged ? /justified\*, says/i : /emergency access justified\?/);
        if (granted === null || (isAsked && isRead)) return [];
        return [`${id}: ${isAsked ? 'reviewers read nothing of it' : 'no reviewer was asked'}`];
      }),
    },
    {
      what: 'reviewed once, by a reviewer who did not use it',
      checked: used.length,
      breaches: lives.flatMap(({ request, policy, events }) => {
        const by = events.flatMap(({ kind, actor }) => (kind === 'judged' ? [actor ?? 'Hallpass'] : []));
        const may = (userId: string) =>
          userId !== request.requester && isIn(policy.break_glass?.review ?? [], userId);
        return by.length <= 1 && by.every(may) ? [] : [`${request.id}: judged by ${by.join(', ')}`];
      }),
    },
  ];
}
