/** Payloads as an attacker would make them of one that Slack once sent: changed, signed or not, sent by themselves. */
import { createHmac } from 'node:crypto';
import type { Stage } from '../../sandbox/stage/stage.js';

export type Payload = Readonly<Record<string, unknown>>;

interface Signing {
  /** Slack's own with this app, by default. */
  readonly secret?: string;
  /** How long ago it says that it was signed, seconds. */
  readonly ageS?: number;
  readonly signed?: boolean;
}

/** Sends a payload to Hallpass by HTTP, signed as Slack signs. @returns what it was answered */
export async function deliver(
  { env, slack }: Stage,
  payload: Payload,
  { secret = slack.signingSecret, ageS = 0, signed = true }: Signing = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const fields: [string, string][] =
    'command' in payload
      ? Object.entries(payload).map(([key, value]) => [key, String(value)])
      : [['payload', JSON.stringify(payload)]];
  const body = new URLSearchParams(fields).toString();
  const timestamp = Math.floor(Date.now() / 1000) - ageS;
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const signature = { 'x-slack-request-timestamp': `${timestamp}`, 'x-slack-signature': `v0=${digest}` };
  const answer = await fetch(`http://127.0.0.1:${env.PORT}/slack/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...(signed ? signature : {}) },
    body,
  });
  return { status: answer.status, body: await answer.text() };
}

/** What Slack sent last of this type: `block_actions`, `view_submission`, `/request`. */
export function lastSent({ slack }: Stage, type: string): Payload {
  const sent = slack.deliveries.findLast((delivery) => delivery.type === type);
  if (sent === undefined) throw new Error(`Slack sent no ${type}`);
  return sent.payload;
}

/** `payload` with something else below these keys. */
export function changed(payload: Payload, ...rest: readonly [...keys: string[], value: unknown]): Payload {
  const [key, ...below] = rest;
  if (typeof key !== 'string') throw new Error('there is no such key');
  const value = below.length === 1 ? below[0] : changed(part(payload[key]), ...keysAndValue(below));
  return { ...payload, [key]: value };
}

function keysAndValue(rest: readonly unknown[]): readonly [...string[], unknown] {
  const keys = rest.slice(0, -1).filter((key) => typeof key === 'string');
  return [...keys, rest.at(-1)];
}

/** As somebody else's. */
export function by(payload: Payload, id: string, team?: string): Payload {
  const user = part(payload.user);
  return { ...payload, user: { ...user, id, ...(team === undefined ? {} : { team_id: team }) } };
}

export function part(value: unknown): Payload {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('is no object');
  return Object.fromEntries(Object.entries(value));
}
