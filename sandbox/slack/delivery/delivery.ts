/** Sends payloads to the app by whichever transport is set, keeps the clock, and sends events again. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults.js';
import type { JsonObject } from '../json.js';
import type { Clock } from '../world/clock.js';
import type { Journal } from '../world/journal.js';
import type { Acknowledged, Envelope, Transport } from './transport.js';

/** At once, after a minute, after five; in milliseconds. https://docs.slack.dev/apis/events-api#retries */
export const EVENT_RETRIES: readonly number[] = [0, 60_000, 300_000];

export class Delivery {
  /** Socket Mode, or HTTP to one URL. */
  transport: Transport;
  #clock: Clock;
  #faults: Faults;
  #journal: Journal;
  #eventRetries: readonly number[];
  #closed = new AbortController();

  constructor(
    transport: Transport,
    parts: { clock: Clock; faults: Faults; journal: Journal; eventRetries: readonly number[] },
  ) {
    this.transport = transport;
    this.#clock = parts.clock;
    this.#faults = parts.faults;
    this.#journal = parts.journal;
    this.#eventRetries = parts.eventRetries;
  }

  /** A command or an interaction: sent once; if it is not acknowledged, the person sees that it failed. */
  send(kind: 'slash_commands' | 'interactive', payload: JsonObject): Promise<Acknowledged> {
    return this.#attempt({ id: randomUUID(), kind, payload });
  }

  /** An event: sent again, up to three times, until it is acknowledged. Resolves after the last attempt. */
  async sendEvent(payload: JsonObject): Promise<Acknowledged> {
    const envelope: Envelope = { id: randomUUID(), kind: 'events_api', payload };
    let outcome = await this.#attempt(envelope);
    for (const [index, delay] of this.#eventRetries.entries()) {
      if (outcome.ok || outcome.noRetry === true || this.#closed.signal.aborted) break;
      try {
        await sleep(delay, undefined, { signal: this.#closed.signal });
      } catch {
        break;
      }
      outcome = await this.#attempt({
        ...envelope,
        retry: { attempt: index + 1, reason: outcome.retryReason },
      });
    }
    return outcome;
  }

  /** Gives up the retries that wait. */
  close(): void {
    this.#closed.abort();
  }

  async #attempt(envelope: Envelope): Promise<Acknowledged> {
    const at = this.#clock.now();
    const twice = this.#faults.takeDuplicate();
    const [outcome] = await Promise.all([
      this.transport.send(envelope),
      ...(twice ? [this.transport.send(envelope)] : []),
    ]);
    const type = String(envelope.payload.type ?? envelope.payload.command);
    this.#journal.delivered({
      type,
      payload: envelope.payload,
      at,
      took: this.#clock.now() - at,
      ack: outcome.ok ? outcome.body : null,
    });
    if (!outcome.ok && !this.#closed.signal.aborted) {
      this.#journal.problem('not acknowledged', `${type}: ${outcome.detail}`);
    }
    return outcome;
  }
}
