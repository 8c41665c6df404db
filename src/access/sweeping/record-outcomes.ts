/** Records what became of memberships that had to go: an error of one of them says nothing about the others. */
import type { RequestEvent } from '../../domain/request/request-events.js';
import { changeEach, type TellDeps } from '../change.js';
import { type Blocked, recordBlocked } from './record-blocked.js';
import { recordStrays, type SettledStray } from './record-strays.js';
import type { Settled } from './revocation.js';

export async function recordOutcomes(deps: TellDeps, settled: readonly Settled[]): Promise<void> {
  const gone = new Map<number, RequestEvent>();
  const open = new Map<number, RequestEvent>();
  const blocked: Blocked[] = [];
  const strays: SettledStray[] = [];
  for (const { revocation, outcome } of settled) {
    const { of } = revocation;
    if ('stray' in of) strays.push({ stray: of.stray, outcome });
    else if (outcome.is === 'gone') {
      const { is: _, ...proof } = outcome;
      const replaced = 'word' in of ? { by: of.word.by, because: of.word.because } : null;
      gone.set(
        of.request.id,
        replaced ? { type: 'replaced', ...replaced, proof } : { type: 'proved_gone', proof },
      );
    } else {
      blocked.push({ request: of.request, error: outcome.error });
      if (outcome.is === 'failed') continue;
      // The moment before which sessions count is kept: a later try must not end sessions that never had the role.
      const { before, error, users } = outcome;
      open.set(of.request.id, { type: 'sessions_open', before, trouble: error.message, users });
    }
  }
  await changeEach(deps, gone);
  await changeEach(deps, open);
  await recordBlocked(deps, blocked);
  await recordStrays(deps, strays);
}
