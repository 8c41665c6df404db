/** Does PagerDuty take our token and our routing key, and does it have what policies name? */

import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import type { Config } from '../../config/config.js';
import { asksPagerDuty } from '../../domain/policy/rules.js';
import type { Events } from '../../oncall/events.js';
import { PagerDutyError } from '../../oncall/pagerduty-api.js';
import type { PagerDutyProbe } from '../../oncall/probe.js';
import { onCallRules } from './configured.js';
import { type Finding, failed, failure, note, ok } from './finding.js';

const AT_ONCE = 4;
/** PagerDuty users who are looked up. */
const MOST_PEOPLE = 50;

/** @param pagerduty null: PAGERDUTY_TOKEN is not set. Never throws. */
export async function checkPagerDuty(
  config: Pick<Config, 'targets' | 'people'>,
  pagerduty: PagerDutyProbe | null,
): Promise<readonly Finding[]> {
  const rules = onCallRules(config).filter(({ rule }) => asksPagerDuty(rule));
  if (pagerduty === null) {
    const [first] = rules;
    if (first === undefined) return [];
    const says = `PAGERDUTY_TOKEN is not set, and ${first.name} has on_call: rules: anyone on call by PagerDuty waits for an approver.`;
    return [
      failure(
        'PagerDuty',
        says,
        'Set PAGERDUTY_TOKEN to a read-only API key, or leave schedules: and escalation_policies: out of on_call:.',
      ),
    ];
  }
  try {
    const region = await pagerduty.findRegion();
    if (region !== null) {
      const says = 'PagerDuty refuses the token here, and takes it in another service region.';
      return [failure('PagerDuty', says, `Set PAGERDUTY_API_URL=${region}`)];
    }
    return [
      ok('PagerDuty', 'It takes the token (PAGERDUTY_TOKEN).'),
      ...(await checkSchedules(rules, pagerduty)),
      ...(await checkPolicies(rules, pagerduty)),
      ...(await checkPeople(config, pagerduty)),
    ];
  } catch (thrown) {
    return [failed('PagerDuty', thrown)];
  }
}

type Rules = ReturnType<typeof onCallRules>;

function checkSchedules(rules: Rules, pagerduty: PagerDutyProbe): Promise<readonly Finding[]> {
  const roles = new Map(rules.flatMap(({ name, rule }) => rule.schedules.map((id) => [id, name] as const)));
  return each([...roles], async ([id, role]) => {
    const seen = await pagerduty.schedule(id);
    if (seen === null) return unknown('schedule', id, role);
    if (seen.isUsed) return [];
    const says = `No escalation policy uses the schedule ${seen.name} (${id}) of ${role}: to PagerDuty, nobody on it is on call.`;
    return [failure('PagerDuty', says, 'In PagerDuty, add it to an escalation policy.')];
  });
}

function checkPolicies(rules: Rules, pagerduty: PagerDutyProbe): Promise<readonly Finding[]> {
  const named = rules.flatMap(({ name, rule }) =>
    rule.escalationPolicies.map((policy) => ({ ...policy, role: name })),
  );
  const unique = [...new Map(named.map((one) => [`${one.id} ${one.levels?.join()}`, one])).values()];
  return each(unique, async ({ id, levels, role }) => {
    const seen = await pagerduty.escalationPolicy(id);
    if (seen === null) return unknown('escalation policy', id, role);
    if (!seen.isUsed) {
      const says = `No service uses the escalation policy ${seen.name} (${id}) of ${role}: to PagerDuty, nobody in it is on call.`;
      return [failure('PagerDuty', says, 'In PagerDuty, let a service use it.')];
    }
    const missing = (levels ?? []).filter((level) => level > seen.levels);
    if (missing.length === 0) return [];
    const says = `The escalation policy ${seen.name} (${id}) of ${role} has ${seen.levels} levels, and no level ${missing.join(', ')}.`;
    return [failure('PagerDuty', says, 'Correct levels: of on_call: there.')];
  });
}

function checkPeople(
  { people }: Pick<Config, 'people'>,
  pagerduty: PagerDutyProbe,
): Promise<readonly Finding[]> {
  const ids = new Set([...people.values()].flatMap(({ pagerduty: id }) => id ?? []));
  return each([...ids].slice(0, MOST_PEOPLE), async (id) => {
    if (await pagerduty.hasUser(id)) return [];
    return [note('PagerDuty', `There is no PagerDuty user ${id}.`, 'Correct pagerduty: in people:.')];
  });
}

async function each<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  return (await pMap(items, work, { concurrency: AT_ONCE })).flat();
}

function unknown(what: string, id: string, role: string): readonly Finding[] {
  const says = `PagerDuty has no ${what} ${id}, which ${role} names, or the token may not see it.`;
  const nextStep = 'Correct the id in on_call: there. It stands at the end of its page’s address.';
  return [failure('PagerDuty', says, nextStep)];
}

/** Sends an event that pages nobody: it resolves an incident that never existed. Never throws. */
export async function checkEvents(events: Events): Promise<readonly Finding[]> {
  try {
    await events.send({ key: `check/${randomUUID()}`, open: false, summary: 'hallpass check', details: {} });
    return [ok('PagerDuty', 'It takes events with the routing key (tried with one that pages nobody).')];
  } catch (thrown) {
    const before = 'Operators can’t be paged (PAGERDUTY_EVENTS_ROUTING_KEY): ';
    const finding = failed('PagerDuty', thrown, before);
    if (!(thrown instanceof PagerDutyError && thrown.isTokenRefused)) return [finding];
    const region = 'For an account in the EU, set PAGERDUTY_EVENTS_API_URL=https://events.eu.pagerduty.com';
    return [{ ...finding, nextStep: `${finding.nextStep ?? ''} ${region}`.trim() }];
  }
}
