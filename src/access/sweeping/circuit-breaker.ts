import { TargetError } from '../../postgres/errors.js';
import type { Target } from '../../postgres/target.js';

/** After one of these, the next question would get no answer either. */
const NO_ANSWER: ReadonlySet<TargetError['kind']> = new Set(['unreachable', 'login_refused', 'timeout']);

/**
 * The target for one sweep: once it could not be asked, every later call fails at once with the same error. Otherwise
 * each of the many batches of a bulk revocation would wait for a connection that doesn't come.
 */
export function askedOnce(target: Target): Target {
  let away: TargetError | null = null;
  async function once<T>(call: () => Promise<T>): Promise<T> {
    if (away !== null) throw away;
    try {
      return await call();
    } catch (thrown) {
      if (thrown instanceof TargetError && NO_ANSWER.has(thrown.kind)) away = thrown;
      throw thrown;
    }
  }
  return {
    ...target,
    look: (...args) => once(() => target.look(...args)),
    grant: (...args) => once(() => target.grant(...args)),
    extend: (...args) => once(() => target.extend(...args)),
    revoke: (...args) => once(() => target.revoke(...args)),
    endSessions: (...args) => once(() => target.endSessions(...args)),
    list: () => once(() => target.list()),
  };
}
