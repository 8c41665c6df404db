/** Delivery to the app's request URL, signed. https://docs.slack.dev/authentication/verifying-requests-from-slack */
import { createHmac } from 'node:crypto';
import type { Faults } from '../faults.js';
import type { Json } from '../json.js';
import type { Clock } from '../world/clock.js';
import { secret } from '../world/ids.js';
import { type Acknowledged, type Envelope, type Transport, tooLate } from './transport.js';

const TEN_MINUTES = 600;

export class HttpDelivery implements Transport {
  readonly url: string;
  #secret: string;
  #clock: Clock;
  #faults: Faults;

  constructor(url: string, signingSecret: string, clock: Clock, faults: Faults) {
    this.url = url;
    this.#secret = signingSecret;
    this.#clock = clock;
    this.#faults = faults;
  }

  async send(envelope: Envelope): Promise<Acknowledged> {
    const { type, body } = encode(envelope);
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': type,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          ...this.#sign(body),
          ...(envelope.retry && {
            'x-slack-retry-num': String(envelope.retry.attempt),
            'x-slack-retry-reason': envelope.retry.reason,
          }),
        },
        body,
        signal: AbortSignal.timeout(this.#clock.ackMs),
      });
      const text = await response.text();
      if (response.status === 200) return { ok: true, body: decode(text) };
      return {
        ok: false,
        reason: 'refused',
        detail: `HTTP ${response.status}`,
        retryReason: 'http_error',
        noRetry: response.headers.get('x-slack-no-retry') === '1',
      };
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') return tooLate(this.#clock.ackMs);
      return {
        ok: false,
        reason: 'not connected',
        detail: `the app does not answer at ${this.url}`,
        retryReason: 'connection_failed',
      };
    }
  }

  #sign(body: string): Record<string, string> {
    const forgery = this.#faults.takeForgery();
    const timestamp = Math.floor(this.#clock.now() / 1000) - (forgery === 'stale' ? TEN_MINUTES : 0);
    const key = forgery === 'signature' ? secret(16) : this.#secret;
    const digest = createHmac('sha256', key).update(`v0:${timestamp}:${body}`).digest('hex');
    return { 'x-slack-request-timestamp': String(timestamp), 'x-slack-signature': `v0=${digest}` };
  }
}

/** Each kind has a content type of its own, with no charset: Bolt refuses one. */
function encode({ kind, payload }: Envelope): { type: string; body: string } {
  const form = 'application/x-www-form-urlencoded';
  switch (kind) {
    case 'slash_commands': {
      const fields = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
      return { type: form, body: new URLSearchParams(fields).toString() };
    }
    case 'interactive':
      return { type: form, body: new URLSearchParams({ payload: JSON.stringify(payload) }).toString() };
    case 'events_api':
      return { type: 'application/json', body: JSON.stringify(payload) };
  }
}

function decode(text: string): Json {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
