/** PagerDuty's REST API v2, as far as one reads who is on call: https://developer.pagerduty.com/api-reference */
import type { Account, OnCall, User } from './account.js';
import { type Answer, restError } from './answer.js';

/** No more can be read by paging (PagerDuty documentation, "Pagination"). */
const MOST_RECORDS = 10_000;

/** Answers a GET; the token is checked already. */
export function read(account: Account, url: URL): Answer {
  const [resource, id, ...more] = url.pathname.split('/').slice(1);
  if (more.length > 0) return notFound();
  switch (resource) {
    case 'users':
      return id === undefined ? listUsers(account, url) : readUser(account, id);
    case 'oncalls':
      return id === undefined ? listOnCalls(account, url) : notFound();
    case 'schedules':
      return id === undefined ? notFound() : readSchedule(account, id);
    case 'escalation_policies':
      return id === undefined ? notFound() : readPolicy(account, id);
    default:
      return notFound();
  }
}

function notFound(): Answer {
  return restError(404, 2100, 'Not Found');
}

function readUser(account: Account, id: string): Answer {
  const user = account.users.find((one) => one.id === id);
  return user ? { status: 200, body: { user: fullUser(user) } } : notFound();
}

/** An escalation policy uses a schedule as long as it puts somebody on call by it. */
function readSchedule(account: Account, id: string): Answer {
  const schedule = account.schedules.find((one) => one.id === id);
  if (!schedule) return notFound();
  const using = new Map(
    account.onCalls
      .filter((entry) => entry.schedule?.id === id)
      .map(({ escalationPolicy }) => [escalationPolicy.id, escalationPolicy]),
  );
  const policies = [...using.values()].map((policy) => reference('escalation_policy', policy));
  return {
    status: 200,
    body: { schedule: { ...full('schedule', schedule), escalation_policies: policies } },
  };
}

/** A service uses a policy as long as it puts somebody on call. */
function readPolicy(account: Account, id: string): Answer {
  const policy = account.escalationPolicies.find((one) => one.id === id);
  if (!policy) return notFound();
  const rules = Array.from({ length: policy.levels }, (_, n) => ({
    id: `PRULE${n}`,
    escalation_delay_in_minutes: 30,
    targets: [],
  }));
  const services = account.onCalls.some(({ escalationPolicy }) => escalationPolicy.id === id)
    ? [reference('service', { id: `S${id}`, name: `Service of ${policy.name}` })]
    : [];
  const body = { ...full('escalation_policy', policy), num_loops: 0, escalation_rules: rules, services };
  return { status: 200, body: { escalation_policy: body } };
}

/** `query` finds parts of names and of addresses: `ann@a.example` also finds `joann@a.example`. */
function listUsers(account: Account, url: URL): Answer {
  const query = (url.searchParams.get('query') ?? '').toLowerCase();
  const found = account.users.filter(({ name, email }) => `${name}\n${email}`.toLowerCase().includes(query));
  return page(url, 'users', found.map(fullUser));
}

/** Filters are joined by AND, and their values by OR. Without `since` and `until` it answers for this moment. */
function listOnCalls(account: Account, url: URL): Answer {
  const since = time(url, 'since');
  const until = time(url, 'until');
  if (Number.isNaN(since) || Number.isNaN(until)) {
    return restError(400, 2004, "Invalid time values in 'since' and/or 'until' parameters");
  }
  if (until < since) return restError(400, 2005, 'Invalid Query Date Range');

  const matches = (name: string, id: string | undefined) => {
    const wanted = url.searchParams.getAll(`${name}[]`);
    return wanted.length === 0 || wanted.includes(id ?? 'null');
  };
  const found = account.onCalls
    .filter((entry) => matches('schedule_ids', entry.schedule?.id))
    .filter((entry) => matches('escalation_policy_ids', entry.escalationPolicy.id))
    .filter((entry) => matches('user_ids', entry.user.id))
    .filter(
      ({ start, end }) => (start?.getTime() ?? -Infinity) <= until && (end?.getTime() ?? Infinity) > since,
    )
    .sort((a, b) => (a.start?.getTime() ?? 0) - (b.start?.getTime() ?? 0));
  const asked = url.searchParams.get('earliest') === 'true' ? earliest(found) : found;
  const include = new Set(url.searchParams.getAll('include[]'));
  return page(
    url,
    'oncalls',
    asked.map((entry) => onCallEntry(entry, include)),
  );
}

/** Milliseconds since 1970; now when it is not given. */
function time(url: URL, name: 'since' | 'until'): number {
  const given = url.searchParams.get(name);
  return given === null ? Date.now() : Date.parse(given);
}

/** Of each person at each level of each policy, the first entry. */
function earliest(entries: readonly OnCall[]): readonly OnCall[] {
  const first = new Map<string, OnCall>();
  for (const entry of entries) {
    const key = [entry.escalationPolicy.id, entry.level, entry.user.id].join();
    if (!first.has(key)) first.set(key, entry);
  }
  return [...first.values()];
}

function page(url: URL, name: string, all: readonly object[]): Answer {
  const limit = Math.min(wholeNumber(url, 'limit') || 25, 100);
  const offset = wholeNumber(url, 'offset');
  if (offset + limit > MOST_RECORDS) {
    return restError(400, 2001, 'Invalid Input Provided', [
      'Offset and limit must not exceed 10000 together.',
    ]);
  }
  const total = url.searchParams.get('total') === 'true' ? all.length : null;
  const more = all.length > offset + limit;
  return { status: 200, body: { [name]: all.slice(offset, offset + limit), limit, offset, more, total } };
}

function wholeNumber(url: URL, name: string): number {
  const number = Number(url.searchParams.get(name));
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function onCallEntry(entry: OnCall, include: ReadonlySet<string>): object {
  const { user, schedule, escalationPolicy } = entry;
  const or = (wanted: string, full: object, brief: object) => (include.has(wanted) ? full : brief);
  return {
    user: or('users', fullUser(user), reference('user', user)),
    schedule: schedule && or('schedules', full('schedule', schedule), reference('schedule', schedule)),
    escalation_policy: or(
      'escalation_policies',
      { ...full('escalation_policy', escalationPolicy), num_loops: 0 },
      reference('escalation_policy', escalationPolicy),
    ),
    escalation_level: entry.level,
    start: seconds(entry.start),
    end: seconds(entry.end),
  };
}

function fullUser(user: User): object {
  return {
    ...full('user', user),
    email: user.email,
    time_zone: 'Etc/UTC',
    role: 'user',
    contact_methods: [],
  };
}

function full(type: string, it: { readonly id: string; readonly name: string }): object {
  return { ...reference(type, it), type, name: it.name };
}

function reference(type: string, { id, name }: { readonly id: string; readonly name: string }): object {
  const plural = type.endsWith('y') ? `${type.slice(0, -1)}ies` : `${type}s`;
  return {
    id,
    type: `${type}_reference`,
    summary: name,
    self: `https://api.pagerduty.com/${plural}/${id}`,
    html_url: `https://example.pagerduty.com/${plural}/${id}`,
  };
}

function seconds(at: Date | null): string | null {
  return at === null ? null : `${at.toISOString().slice(0, 19)}Z`;
}
