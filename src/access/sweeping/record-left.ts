/** What became of memberships that had to go, written into the ledger: an error of one of them speaks for no other. */
import type { Proof } from '../../domain/request.js';
import type { DueStray } from '../../domain/stray.js';
import type { Replacement } from '../../ledger/servers.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import type { Left, Outcome } from './leaving.js';
import { recordStrays } from './strays.js';
import { type Blocked, recordBlocked } from './trouble.js';

export async function recordLeft(
  deps: Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'logger'>,
  left: readonly Left[],
): Promise<void> {
  const proofs = new Map<number, { readonly proof: Proof; readonly word: Replacement | null }>();
  const open = new Map<number, Extract<Outcome, { is: 'open' }>>();
  const blocked: Blocked[] = [];
  const strays: { stray: DueStray; outcome: Outcome }[] = [];
  for (const { leaving, outcome } of left) {
    const { of } = leaving;
    if ('stray' in of) strays.push({ stray: of.stray, outcome });
    else if (outcome.is === 'gone') {
      const { found, closed, prepared } = outcome;
      const word = 'word' in of ? of.word : null;
      proofs.set(of.request.id, { proof: { found, closed, prepared }, word });
    } else {
      if (outcome.is === 'open') open.set(of.request.id, outcome);
      blocked.push({ request: of.request, error: outcome.error });
    }
  }
  await change(deps, [...proofs.keys()], ({ id }) => {
    const { proof, word } = proofs.get(id) ?? { word: null };
    if (proof === undefined) return null;
    if (word === null) return { event: { type: 'proved_gone', proof } };
    return { event: { type: 'replaced', by: word.by, because: word.because, proof } };
  });
  // Keeps the moment before which sessions count, so that a later try ends no session that never had the role.
  await change(deps, [...open.keys()], ({ id }) => {
    const outcome = open.get(id);
    if (outcome === undefined) return null;
    const { before, error, users } = outcome;
    return { event: { type: 'sessions_open', before, trouble: error.message, users } };
  });
  await recordBlocked(deps, blocked);
  await recordStrays(deps, strays);
}
