/** Of what the watchers saw on the servers: nothing too long, nothing too early, nothing unasked, nothing lost. */
import type { LedgerRequest } from '../ledger.js';
import type { Verdict } from '../report.js';
import type { ServerTarget } from '../stage.js';
import type { Timeline } from '../timeline.js';
import type { Look, Stay } from '../watcher.js';

export interface MembershipVerdicts {
  readonly verdicts: readonly Verdict[];
  /** How late what was due was last seen, where nothing was in the way; milliseconds. */
  readonly undisturbed: readonly number[];
  readonly disturbed: readonly number[];
}

export function judgeMemberships(
  targets: readonly ServerTarget[],
  requests: readonly LedgerRequest[],
  timeline: Timeline,
): MembershipVerdicts {
  const breaches = {
    late: [] as string[],
    early: [] as string[],
    unasked: [] as string[],
    lost: [] as string[],
  };
  const undisturbed: number[] = [];
  const disturbed: number[] = [];
  let stays = 0;
  for (const { name, watcher } of targets) {
    for (const stay of watcher.stays) {
      stays += 1;
      const its = requests.filter((request) => request.target === name && isFor(request, stay));
      const looks = watcher.looks.filter(
        (look) => look.asked >= stay.first.asked && look.asked <= stay.last.asked,
      );
      const alone = looks.find(
        (look) => !its.some((request) => isOpenAt(request, look) || hasReturned(name, request, look)),
      );
      if (alone) breaches.unasked.push(`${say(name, stay)}, at ${time(alone.asked)}`);
      const last = its.findLast(({ decided }) => decided !== null && decided <= stay.last.answered);
      if (last === undefined) continue;
      if (last.due !== null) {
        const late = Math.max(0, stay.last.asked - last.due);
        (timeline.isUndisturbed(name, last.due, stay.last.asked) ? undisturbed : disturbed).push(late);
        if (stay.last.asked > timeline.deadline(name, last.due)) {
          breaches.late.push(
            `${last.id}, ${say(name, stay)}: due ${time(last.due)}, last seen ${late} ms later`,
          );
        }
      }
      const isEarly = stay.gone !== null && stay.gone.answered < (last.due ?? Number.POSITIVE_INFINITY);
      if (stay.gone !== null && isEarly && !timeline.mayBeLost(name, stay.first.asked, stay.gone.answered)) {
        breaches.early.push(`${last.id}, ${say(name, stay)}: gone at ${time(stay.gone.answered)}`);
      }
    }
    breaches.lost.push(...watcher.lost.map((what) => `${name}: ${what}`));
  }
  function hasReturned(name: string, { ended }: LedgerRequest, { asked }: Look): boolean {
    return ended !== null && timeline.mayHaveReturned(name, ended, asked);
  }
  const permanent = targets.reduce((sum, { watcher }) => sum + watcher.permanent, 0);
  const looks = targets.reduce((sum, { watcher }) => sum + watcher.looks.length, 0);
  const verdict = (what: string, checked: number, found: readonly string[]) => ({
    what,
    checked,
    breaches: found,
  });
  return {
    verdicts: [
      verdict('something was granted to judge by', stays, stays === 0 ? ['no membership was seen'] : []),
      verdict('no membership beyond its expiry plus the bound', stays, breaches.late),
      verdict('no membership gone before its time', stays, breaches.early),
      verdict('no membership without an open request', stays, breaches.unasked),
      verdict(`permanent memberships there at each of ${looks} looks`, permanent, breaches.lost),
    ],
    undisturbed,
    disturbed,
  };
}

function isFor(request: LedgerRequest, { role, login }: Stay): boolean {
  return request.role === role && request.login === login;
}

/** Approved by the end of the look, and not known to be gone at its beginning. */
function isOpenAt({ decided, ended }: LedgerRequest, { asked, answered }: Look): boolean {
  return decided !== null && decided <= answered && (ended === null || asked <= ended);
}

function say(target: string, { role, login, grantor }: Stay): string {
  return `${role} on ${target} to ${login} by ${grantor}`;
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
