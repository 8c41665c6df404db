/** Of App Home at the end: it says what the ledger says, and no button there is for something that is over. */
import { type Slack, valuesOfButtons, wordsOf } from '../../sandbox/slack/index.js';
import type { LedgerRequest } from '../ledger.js';
import { APPROVERS, ENGINEERS } from '../people.js';
import type { Verdict } from '../report.js';

/** In which states a request may have this button. */
const FITS: Readonly<Record<string, readonly string[]>> = {
  Approve: ['pending'],
  Deny: ['pending'],
  'Approve extension': ['active'],
  'Deny extension': ['active'],
  'Cancel request': ['pending'],
  Relinquish: ['granting', 'active'],
  Extend: ['active'],
  'End access': ['granting', 'active'],
};
const HELD = ['granting', 'active', 'ending'];
/** Of a page. */
const SIZE = 5;

export function judgeHomes(slack: Slack, requests: readonly LedgerRequest[]): Verdict {
  const stateOf = new Map(requests.map(({ id, state }) => [id, state]));
  const breaches: string[] = [];
  const people = [...new Set<string>([...Object.values(ENGINEERS), ...APPROVERS])];
  let checked = 0;
  for (const person of people) {
    const home = slack.as(person).home();
    if (home === undefined) continue;
    checked += 1;
    for (const { label, value } of valuesOfButtons(home.blocks)) {
      const state = stateOf.get(value);
      if (FITS[label] !== undefined && (state === undefined || !FITS[label].includes(state))) {
        breaches.push(`${person} can click ${label} on ${value}, which is ${state}`);
      }
    }
    const [, held = ''] = /^(?:[\s\S]*\n)?What you hold[^\n]*\n([\s\S]*)$/.exec(wordsOf(home.blocks)) ?? [];
    const mine = requests.filter(({ requester, state }) => requester === person && HELD.includes(state));
    const shown = mine.filter(({ id }) => new RegExp(`^${id} · login `, 'm').test(held));
    if (shown.length < Math.min(mine.length, SIZE)) {
      breaches.push(`${person} holds ${mine.map(({ id }) => id).join(', ')}, and Home shows ${shown.length}`);
    }
    if (mine.length === 0 && !held.startsWith('Nothing at the moment.')) {
      breaches.push(`${person} holds nothing, and Home says: ${held.split('\n')[0]}`);
    }
  }
  return { what: 'each Home says what the ledger says', checked, breaches };
}
