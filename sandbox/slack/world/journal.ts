/** What the app did, what it was sent, and what went wrong. */

import type { Json, JsonObject } from '../json.js';
import type { Changes } from './changes.js';
import type { Clock } from './clock.js';

/** One call of the Web API, or one use of a response URL (method `response_url`). */
export interface Call {
  readonly method: string;
  /** As sent, without the token. */
  readonly args: JsonObject;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds until the answer. */
  readonly took: number;
  readonly status: number;
  readonly answer: Json;
  /** What the app got instead of the answer. */
  readonly fault: string | null;
}

/** One payload sent to the app. */
export interface Delivered {
  readonly type: string;
  readonly payload: JsonObject;
  readonly at: number;
  readonly took: number;
  /** How the app acknowledged it, or null when it did not. */
  readonly ack: Json;
}

/** Something that a person would have seen fail, or that a developer would have been told. */
export interface Problem {
  readonly kind: 'not acknowledged' | 'bad acknowledgement' | 'refused call' | 'refused response';
  readonly message: string;
  readonly at: number;
}

export class Journal {
  readonly calls: Call[] = [];
  readonly deliveries: Delivered[] = [];
  readonly problems: Problem[] = [];
  #clock: Clock;
  #changes: Changes;

  constructor(clock: Clock, changes: Changes) {
    this.#clock = clock;
    this.#changes = changes;
  }

  called(call: Call): void {
    this.calls.push(call);
    this.#changes.tell('call', { method: call.method, index: this.calls.length - 1 });
  }

  delivered(delivery: Delivered): void {
    this.deliveries.push(delivery);
    this.#changes.tell('delivery', { type: delivery.type, index: this.deliveries.length - 1 });
  }

  problem(kind: Problem['kind'], message: string): void {
    this.problems.push({ kind, message, at: this.#clock.now() });
    this.#changes.tell('problem', { kind, message });
  }
}
