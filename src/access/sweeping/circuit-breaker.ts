import { TargetError } from '../../postgres/errors.js';
import type { Target } from '../../postgres/target.js';

/** Nobody is there who could answer the next question either. */
const NOBODY: ReadonlySet<TargetError['kind']> = new Set(['unreachable', 'login_refused', 'timeout']);

/**
 * The target for one sweep: once it could not be asked, everything else is answered with the same error at once. Else
 * each of the many batches of a herd would wait for a connection of its own that does not come.
 */
export function askedOnce(target: Target): Target {
  let away: TargetError | null = null;
  function once<Args extends readonly unknown[], Answer>(
    call: (...args: Args) => Promise<Answer>,
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      if (away !== null) throw away;
      try {
        return await call(...args);
      } catch (thrown) {
        if (thrown instanceof TargetError && NOBODY.has(thrown.kind)) away = thrown;
        throw thrown;
      }
    };
  }
  return {
    ...target,
    look: once(target.look),
    grant: once(target.grant),
    extend: once(target.extend),
    revoke: once(target.revoke),
    endSessions: once(target.endSessions),
    list: once(target.list),
  };
}
