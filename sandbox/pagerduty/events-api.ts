/** PagerDuty's Events API v2: https://developer.pagerduty.com/docs/events-api-v2/trigger-events */
import { randomUUID } from 'node:crypto';
import type { Account, Incident } from './account.js';
import type { Answer } from './answer.js';

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/** Takes one event, the body of `POST /v2/enqueue`. */
export function enqueue(account: Account, body: string): Answer {
  const event = parseObject(body);
  if (!event)
    return invalid('Unrecognized object', 'Event object format is unrecognized', ['JSON parse error']);
  const payload = isObject(event.payload) ? event.payload : {};
  const errors = [...routingKeyErrors(event.routing_key), ...eventErrors(event, payload)];
  if (errors.length > 0) return invalid('invalid event', 'Event object is invalid', errors);
  if (event.routing_key !== account.routingKey) return { status: 400, body: 'Invalid routing key' };

  const dedupKey = typeof event.dedup_key === 'string' ? event.dedup_key : randomUUID().replaceAll('-', '');
  if (event.event_action === 'trigger') trigger(account, dedupKey, payload);
  else move(account, dedupKey, event.event_action === 'resolve' ? 'resolved' : 'acknowledged');
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: dedupKey } };
}

function routingKeyErrors(key: unknown): string[] {
  if (typeof key !== 'string' || key === '') return ["'routing_key' is missing or blank"];
  return [
    ...(key.length === 32 ? [] : ["Length of 'routing_key' is incorrect (should be 32 characters)"]),
    ...(/^[a-z0-9]*$/i.test(key) ? [] : ["'routing_key' cannot contain non-alphanumeric characters."]),
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function eventErrors(event: Fields, payload: Fields): string[] {
  if (!ACTIONS.includes(String(event.event_action))) return ["'event_action' is missing or blank"];
  if (event.event_action !== 'trigger') return required(event, ['dedup_key'], '');
  return [
    ...required(payload, ['summary', 'source', 'severity'], 'payload.'),
    ...tooLong(payload.summary, 'payload.summary', 1024),
    ...tooLong(event.dedup_key, 'dedup_key', 255),
    ...(payload.severity === undefined || SEVERITIES.includes(String(payload.severity))
      ? []
      : [`'payload.severity' is invalid (must be one of ${SEVERITIES.join(', ')})`]),
  ];
}

function required(fields: Fields, names: readonly string[], path: string): string[] {
  return names
    .filter((name) => typeof fields[name] !== 'string' || fields[name] === '')
    .map((name) => `'${path}${name}' is missing or blank`);
}

function tooLong(value: unknown, name: string, most: number): string[] {
  return String(value).length > most ? [`'${name}' is too long (${most} characters at most)`] : [];
}

/** While an alert with this key is open, a trigger adds to it; afterwards it opens a new one. */
function trigger(account: Account, dedupKey: string, payload: Fields): void {
  const open = findOpen(account, dedupKey);
  if (open) {
    replace(account, open, { ...open, triggers: open.triggers + 1 });
    return;
  }
  account.incidents.push({
    dedupKey,
    status: 'triggered',
    summary: String(payload.summary),
    source: String(payload.source),
    severity: String(payload.severity),
    details: payload.custom_details,
    triggers: 1,
  });
}

/** Without an open alert the event is dropped. */
function move(account: Account, dedupKey: string, status: Incident['status']): void {
  const open = findOpen(account, dedupKey);
  if (open) replace(account, open, { ...open, status });
}

function findOpen(account: Account, dedupKey: string): Incident | undefined {
  return account.incidents.find((one) => one.dedupKey === dedupKey && one.status !== 'resolved');
}

function replace(account: Account, old: Incident, incident: Incident): void {
  account.incidents[account.incidents.indexOf(old)] = incident;
}

function invalid(status: string, message: string, errors: readonly string[]): Answer {
  return { status: 400, body: { status, message, errors } };
}

function parseObject(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
