/** What became of each request that an operator ended, in words for a terminal. */
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import type { Remnant } from '../../ledger/requests/open-in.js';
import { plainName } from '../../surfaces/kit/text.js';

/** A server's longer sentences are cut, characters. */
const MOST_TROUBLE = 500;

export interface Result {
  readonly line: string;
  /** Nothing of it is left, or it was never there. */
  readonly proved: boolean;
}

/** @param isThere whether its target is in the configuration. */
export function resultOf(request: AccessRequest, isThere: boolean): Result {
  const say = (proved: boolean, words: string): Result => ({ line: `${named(request)}: ${words}`, proved });
  const at = request.endedAt?.toISOString() ?? '';
  switch (request.state) {
    case 'withdrawn':
      return say(true, 'canceled; nothing was granted');
    case 'denied':
    case 'lapsed':
      return say(true, `${request.state}; nothing was granted`);
    case 'failed':
      return say(true, `not granted, confirmed ${at}`);
    case 'ended':
      if (request.why === 'written_off') return say(false, `written off ${at}, without proof`);
      return request.grantedAt === null
        ? say(true, `ended before it was granted, confirmed ${at}`)
        : say(true, `revoked, confirmed ${at}`);
    case 'pending':
      return say(false, 'waits for approval still');
    case 'granting':
    case 'active':
    case 'ending':
      return say(false, `not confirmed yet: ${whyNot(request, isThere)}`);
  }
}

function whyNot({ target, trouble }: AccessRequest, isThere: boolean): string {
  if (!isThere) return `${plainName(target, 100)} is not in the configuration`;
  return trouble === null ? 'the target has not shown it' : plainName(trouble, MOST_TROUBLE);
}

/** A membership that came back, or came too late, and is being revoked. */
export function remnantLine({ target, role, login, trouble }: Remnant): string {
  const pair = `${plainName(role, 100)} to ${plainName(login, 100)} on ${plainName(target, 100)}`;
  const why = trouble === null ? 'the target has not shown it' : plainName(trouble, MOST_TROUBLE);
  return `left over (${pair}): not confirmed yet: ${why}`;
}

/** "R-1042 (orders_read to ana on shop)" */
export function named({ id, role, login, target }: AccessRequest): string {
  return `${requestName(id)} (${plainName(role, 100)} to ${plainName(login, 100)} on ${plainName(target, 100)})`;
}
