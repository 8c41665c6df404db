import type { Json, JsonObject } from '../json.js';

export interface Envelope {
  readonly id: string;
  readonly kind: 'slash_commands' | 'interactive' | 'events_api';
  readonly payload: JsonObject;
  /** For events sent again. */
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What came of a delivery. `body` is what the app answered: nothing is `{}`, plain words are `{text}`. */
export type Acknowledged =
  | { readonly ok: true; readonly body: Json }
  | {
      readonly ok: false;
      readonly reason: 'timeout' | 'not connected' | 'refused';
      readonly detail: string;
      /** Slack's name for it, sent along when an event is tried again. */
      readonly retryReason: string;
      /** The app asked that it is not sent again. */
      readonly noRetry?: boolean;
    };

export interface Transport {
  /** Resolves within the clock's `ackMs`; never rejects. */
  send(envelope: Envelope): Promise<Acknowledged>;
}

export function tooLate(ms: number): Acknowledged {
  return {
    ok: false,
    reason: 'timeout',
    detail: `no acknowledgement in ${ms} ms`,
    retryReason: 'http_timeout',
  };
}
