/**
 * Of who approved what, by the audit trail: counted by trying every assignment of people to the rules of the run's own
 * table, from who clicked, and not from what Hallpass made of it.
 */
import { CAST } from '../../sandbox/stage/cast.js';
import { canMeet } from '../../test/domain/random-approvals.js';
import type { LedgerEvent } from '../ledger.js';
import { isIn, milliseconds, type RunPolicy, rulesOf, type Team } from '../policies.js';
import type { Verdict } from '../report.js';
import { APPROVED, dataOf, type Life } from './trail.js';

/** Between asking a rule and writing what it said, another may end it; milliseconds. */
const MEANWHILE_MS = 5_000;

export function judgeApprovals(lives: readonly Life[]): readonly Verdict[] {
  const approvals = lives.flatMap((life) =>
    life.events.flatMap((event, at) => (event.kind in APPROVED ? [{ life, event, at }] : [])),
  );
  const verdict = (what: string, checked: number, breaches: readonly string[]) => ({
    what,
    checked,
    breaches,
  });
  return [
    verdict(
      'approved by enough people, each counted once',
      approvals.filter(({ event }) => event.kind === 'approved').length,
      approvals.flatMap(({ life, event, at }) => (event.kind === 'approved' ? byPeople(life, at) : [])),
    ),
    verdict(
      'approved by a rule that allows it',
      approvals.filter(({ event }) => event.kind !== 'approved').length,
      approvals.flatMap(({ life, event }) => byRule(life, event, lives)),
    ),
    verdict(
      'granted only what was approved once',
      lives.length,
      lives.flatMap(({ request, events }) => {
        const [granted, approved] = [
          events.filter(({ kind }) => kind === 'granted' || kind === 'grant_intended'),
          events.filter(({ kind }) => kind in APPROVED),
        ];
        const isRight =
          approved.length <= 1 && granted.every(({ id }) => approved.some((one) => one.id < id));
        return isRight ? [] : [`${request.id}: ${events.map(({ kind }) => kind).join(', ')}`];
      }),
    ),
    verdict(
      'decided only by those who may',
      lives.length,
      lives.flatMap(({ request, policy, events }) =>
        events.flatMap(({ kind, actor }, at) => {
          if (!DECISIONS.has(kind) || actor === null) return [];
          const [may, name] = [mayDecide(policy, escalated(policy, events.slice(0, at))), request.requester];
          return may(actor) && actor !== name ? [] : [`${request.id}: ${kind} by ${actor}`];
        }),
      ),
    ),
  ];
}

const DECISIONS: ReadonlySet<string> = new Set([
  ...['approved', 'approved_partly', 'denied'],
  ...['extended', 'extension_approved_partly', 'extension_denied'],
]);

/** Whom the steps told so far ask as well. */
function escalated({ escalate = [] }: RunPolicy, before: readonly LedgerEvent[]): readonly Team[] {
  const told = before.filter(({ kind }) => kind === 'step_told').length;
  return escalate.slice(0, told).flatMap(({ to = [] }) => to);
}

function mayDecide(policy: RunPolicy, also: readonly Team[]): (userId: string) => boolean {
  const teams = [...rulesOf(policy, Number.POSITIVE_INFINITY).flatMap(({ from }) => from), ...also];
  return (userId) => isIn(teams, userId);
}

/** Are these people enough for a grant so long? */
export function isEnough(
  policy: RunPolicy,
  ms: number,
  people: readonly string[],
  also: readonly Team[] = [],
): boolean {
  const rules = rulesOf(policy, ms).map(({ from, count = 1 }) => ({ from: [...from, ...also], count }));
  return canMeet(
    rules,
    people.map((userId) => ({
      userId,
      serves: rules.flatMap(({ from }, rule) => (isIn(from, userId) ? [rule] : [])),
    })),
  );
}

/** Everyone who clicked Approve until it was enough, the last one included. */
export function approversIn(
  events: readonly LedgerEvent[],
  kinds: readonly string[],
  requester: string,
): readonly string[] {
  const people = events.flatMap(({ kind, actor }) => (kinds.includes(kind) && actor !== null ? [actor] : []));
  return [...new Set(people)].filter((userId) => userId !== requester);
}

function byPeople({ request, policy, events }: Life, at: number): readonly string[] {
  const event = events[at];
  if (event === undefined) return [];
  const { durationMs = Number.POSITIVE_INFINITY, approvals } = dataOf(event);
  const upToIt = events.slice(0, at + 1);
  const people = approversIn(upToIt, ['approved_partly', 'approved'], request.requester);
  const counted = (approvals ?? []).map(({ by }) => by);
  const isTwice = new Set(counted).size < counted.length || !counted.every((by) => people.includes(by));
  if (!isTwice && isEnough(policy, durationMs, people, escalated(policy, upToIt))) return [];
  return [
    `${request.id} for ${durationMs} ms: clicked by ${people.join(', ')}, counted ${counted.join(', ')}`,
  ];
}

function byRule({ request, policy }: Life, event: LedgerEvent, lives: readonly Life[]): readonly string[] {
  const { durationMs = Number.POSITIVE_INFINITY, repeat } = dataOf(event);
  const { on_call, automatic, break_glass } = policy;
  const isRight = {
    people: () => true,
    on_call: () =>
      on_call !== undefined && request.requester === CAST.dan && durationMs <= milliseconds(on_call.max),
    automatic: () => automatic !== undefined && durationMs <= milliseconds(automatic.max),
    break_glass: () =>
      break_glass !== undefined &&
      isIn(break_glass.who, request.requester) &&
      durationMs <= milliseconds(break_glass.max),
    repeat: () => lives.some((life) => isCovered(life, repeat, request, durationMs, event)),
  }[APPROVED[event.kind] ?? 'people']();
  return isRight
    ? []
    : [`${request.id}: ${event.kind} for ${durationMs} ms, ${JSON.stringify(event.data).slice(0, 200)}`];
}

/** Was the same approved again by one of those whose approvals were enough for it, for as long as this, and not over? */
function isCovered(
  original: Life,
  repeat: number | undefined,
  request: Life['request'],
  ms: number,
  { id, at }: LedgerEvent,
): boolean {
  const { events } = original;
  const made = events.findIndex((event) => event.kind === 'repeat_made' && dataOf(event).repeat === repeat);
  const [event] = events.slice(made, made + 1);
  if (event === undefined || repeat === undefined || made < 0 || event.id > id) return false;
  const { maxMs = 0, until = 0 } = dataOf(event);
  const ended = events.find((each) => each.kind === 'repeat_ended' && dataOf(each).repeat === repeat);
  const people = approversIn(
    events.slice(0, made),
    ['approved_partly', 'approved'],
    original.request.requester,
  );
  const isAlike = (['target', 'role', 'login', 'requester'] as const).every(
    (key) => original.request[key] === request[key],
  );
  return (
    isAlike &&
    original.policy.repeat !== undefined &&
    events.slice(0, made).some(({ kind }) => kind === 'approved') &&
    people.includes(event.actor ?? '') &&
    isEnough(original.policy, ms, people) &&
    ms <= maxMs &&
    at <= until &&
    (ended === undefined || ended.at + MEANWHILE_MS >= at)
  );
}
