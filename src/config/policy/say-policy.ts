/** What a policy says, in words for people at a terminal: plain text, with the ids that the configuration has. */

import { shortDuration } from '../../domain/duration.js';
import type { ApprovalRule } from '../../domain/policy/approvals.js';
import { type OfficeHours, sayHours } from '../../domain/policy/office-hours.js';
import type { OnCallRule, Policy, Principal } from '../../domain/policy/policy.js';
import type { Step } from '../../domain/request/escalation.js';

/** `dba (S0123456789), U0123456786`. */
export function sayPeople(principals: readonly Principal[]): string {
  return principals.map(sayPrincipal).join(', ');
}

export function sayPrincipal({ id, name }: Principal): string {
  return name === null ? id : `${name} (${id})`;
}

/** `1 of dba (S0123456789); 2 of security (S0123456788)`. */
export function sayApprovals(rules: readonly ApprovalRule[]): string {
  return rules.map(({ from, count }) => `${count} of ${sayPeople(from)}`).join('; ');
}

/** `1 of sre-leads (S0123456789) when longer than 4h`. */
export function sayMore(more: Policy['more']): string {
  const says = more.map(({ overMs, danger, rule }) => {
    const when = [
      ...(overMs === null ? [] : [`longer than ${shortDuration(overMs)}`]),
      ...(danger === null ? [] : [`the role is of danger ${danger}${danger === 'admin' ? '' : ' or more'}`]),
    ];
    return `${sayApprovals([rule])} when ${when.join(' or ')}`;
  });
  return says.join('; ') || 'none';
}

/** `10m: remind; 30m: ask sre (S0123456788); 1h: page`. */
export function sayEscalate(steps: readonly Step[]): string {
  const says = steps.map(({ afterMs, remind, to, page }) => {
    const does = [
      ...(remind ? ['remind'] : []),
      ...(to.length === 0 ? [] : [`ask ${sayPeople(to)}`]),
      ...(page ? ['page'] : []),
    ];
    return `${shortDuration(afterMs)}: ${does.join(', ')}`;
  });
  return says.join('; ') || 'none';
}

/** `PDEF456 (levels 1)`. */
export function sayLevels({ id, levels }: OnCallRule['escalationPolicies'][number]): string {
  return `${id} (${levels === null ? 'every level' : `levels ${levels.join(', ')}`})`;
}

/** `Mon-Fri 08:00-18:00 Europe/Berlin`, as `parseHours` reads it. */
export function sayTimes(hours: OfficeHours | null): string {
  return hours === null ? 'any time' : sayHours(hours);
}
