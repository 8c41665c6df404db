/** Answers one call of the app's, or lets it fail as it was ordered to, and writes it into the journal. */
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.js';
import { sendJson, sendText } from './http.js';
import type { Json, JsonObject } from './json.js';
import type { World } from './world/world.js';

export interface Answer {
  readonly status: number;
  /** A string is sent as plain text. */
  readonly body: Json;
}

/** @param act does the work; it is not called when the fault says that nothing is done */
export async function answer(
  world: World,
  response: ServerResponse,
  request: { readonly method: string; readonly args: JsonObject },
  act: () => Answer,
): Promise<void> {
  const at = world.clock.now();
  const fault = world.faults.take(
    request.method,
    request.args.channel ?? request.args.user ?? request.args.user_id,
  );
  const done = refused(fault, response) ?? act();
  const write = () =>
    world.journal.called({
      ...request,
      at,
      took: world.clock.now() - at,
      status: done.status,
      answer: done.body,
      fault: fault?.kind ?? null,
    });
  switch (fault?.kind) {
    case 'hang':
      return write();
    case 'reset':
    case 'lost':
      response.socket?.resetAndDestroy();
      return write();
    case 'slow':
      await sleep(fault.ms, undefined, { ref: false });
  }
  // Written first: by the time the answer arrives, the call is in the journal.
  write();
  if (typeof done.body === 'string') sendText(response, done.status, done.body);
  else sendJson(response, done.status, done.body);
}

/** What a fault answers instead of the work, if it keeps the work from being done. */
function refused(fault: Fault | undefined, response: ServerResponse): Answer | undefined {
  switch (fault?.kind) {
    case 'rate_limited':
      return tooManyRequests(response, fault.retryAfter);
    case 'status':
      return { status: fault.status, body: 'upstream error' };
    case 'error':
      return { status: 200, body: { ok: false, error: fault.error } };
    case 'hang':
    case 'reset':
      return { status: 0, body: null };
    default:
      return undefined;
  }
}

/** @param retryAfter seconds */
export function tooManyRequests(response: ServerResponse, retryAfter: number): Answer {
  response.setHeader('retry-after', String(retryAfter));
  return { status: 429, body: { ok: false, error: 'ratelimited' } };
}
