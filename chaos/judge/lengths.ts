/** Of how long grants last, by the audit trail: never longer than was approved, and extended within the limits. */
import { CAST } from '../../sandbox/stage/cast.js';
import type { LedgerEvent } from '../ledger.js';
import { milliseconds, type RunPolicy } from '../policies.js';
import type { Verdict } from '../report.js';
import { approversIn, isEnough } from './approvals.js';
import { APPROVED, dataOf, type Life } from './trail.js';

/** The trail's times are in microseconds, those of a grant in milliseconds. */
const ROUNDING_MS = 2;

export function judgeLengths(lives: readonly Life[]): readonly Verdict[] {
  const all = lives.map(lengthsOf);
  return [
    {
      what: 'granted for no longer than was approved',
      checked: all.reduce((sum, { grants }) => sum + grants, 0),
      breaches: all.flatMap(({ tooLong }) => tooLong),
    },
    {
      what: 'extended by those who may, within the limits',
      checked: all.reduce((sum, { extensions }) => sum + extensions, 0),
      breaches: all.flatMap(({ wronglyExtended }) => wronglyExtended),
    },
  ];
}

function lengthsOf({ request, policy, events }: Life) {
  const tooLong: string[] = [];
  const wronglyExtended: string[] = [];
  const say = ({ kind, at, data }: LedgerEvent, why: string) =>
    `${request.id}: ${kind} at ${new Date(at).toISOString()}, ${why}: ${JSON.stringify(data).slice(0, 300)}`;
  let [approvedMs, leastMs, granted, grants, extensions, inForce] = [0, request.wishedMs, 0, 0, 0, 0];
  /** Who approved the extension that is asked for. */
  let asked: LedgerEvent[] = [];
  for (const event of events) {
    const { durationMs = 0, expiresAt = 0, rule } = dataOf(event);
    const leftMs = expiresAt - event.at - ROUNDING_MS;
    if (event.kind in APPROVED || event.kind === 'approved_partly') {
      approvedMs = durationMs;
      if (durationMs > leastMs) tooLong.push(say(event, `and ${leastMs} ms were asked for or approved`));
      leastMs = durationMs;
    }
    if (event.kind === 'granted') {
      [granted, grants] = [event.at, grants + 1];
      if (leftMs > approvedMs) tooLong.push(say(event, `and ${approvedMs} ms were approved`));
    }
    if (event.kind === 'extension_refused') inForce -= 1;
    if (event.kind === 'extension_denied') asked = [];
    if (event.kind === 'extension_approved_partly') asked.push(event);
    if (event.kind !== 'extended' && event.kind !== 'extended_by_rule') continue;
    [extensions, inForce] = [extensions + 1, inForce + 1];
    const lengthMs = expiresAt - granted - ROUNDING_MS;
    const people = approversIn(
      [...asked, event],
      ['extension_approved_partly', 'extended'],
      request.requester,
    );
    asked = [];
    const { extend } = policy;
    const isWrong = [
      leftMs > request.wishedMs && 'by more than was asked for',
      extend !== undefined && inForce > extend.times && 'more often than allowed',
      extend?.total !== undefined && lengthMs > milliseconds(extend.total) && 'beyond the total',
      event.kind === 'extended' && !isEnough(policy, lengthMs, people) && `by ${people.join(', ')} alone`,
      event.kind === 'extended_by_rule' &&
        !mayRuleExtend(policy, rule, request.requester, lengthMs) &&
        `for ${lengthMs} ms in all, by a rule`,
    ].filter((why) => why !== false);
    wronglyExtended.push(...isWrong.map((why) => say(event, why)));
  }
  return { tooLong, wronglyExtended, grants, extensions };
}

function mayRuleExtend(
  { on_call, automatic }: RunPolicy,
  rule: string | undefined,
  requester: string,
  lengthMs: number,
): boolean {
  if (rule === 'on_call') {
    return on_call !== undefined && requester === CAST.dan && lengthMs <= milliseconds(on_call.max);
  }
  return rule === 'automatic' && automatic !== undefined && lengthMs <= milliseconds(automatic.max);
}
