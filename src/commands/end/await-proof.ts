import { readAll } from '../../access/operating/end-now.js';
import type { Config } from '../../config/config.js';
import { sayDuration } from '../../domain/duration.js';
import { requestName } from '../../domain/request.js';
import type { Scope } from '../../ledger/open-in.js';
import type { Queryable } from '../../ledger/pool.js';
import { print } from '../shared/output.js';
import { onInterrupt } from './interrupt.js';
import { createProgress } from './progress.js';
import { remnantLine, resultOf } from './results.js';
import { proveGone } from './revoke-here.js';

/** For the targets to be let go of after Ctrl-C, milliseconds: Hallpass that runs takes over at once. */
const LEAVE_MS = 1_500;

/** Waits for the proof, and prints what became of each. */
export async function reportProof(
  db: Queryable,
  config: Config,
  {
    scope,
    ids,
    patienceMs,
  }: { readonly scope: Scope; readonly ids: readonly number[]; readonly patienceMs: number },
): Promise<void> {
  const progress = createProgress();
  const interrupted = onInterrupt(() => {
    progress.clear();
    return 'Interrupted. The intent stands: all of it is written down as ended, and Hallpass goes on revoking while it runs. Run the same command again to see how far it is.';
  }, LEAVE_MS);
  let most = 0;
  const { remnants } = await proveGone(db, config, {
    ...{ scope, ids, patienceMs, signal: interrupted.signal },
    onProgress: (left) => {
      most = Math.max(most, left);
      progress.show(`confirmed gone: ${most - left} of ${most}`);
    },
  }).finally(() => {
    progress.clear();
    interrupted.off();
  });
  if (interrupted.signal.aborted) return;

  const requests = await readAll(db, ids);
  const found = new Set(requests.map(({ id }) => id));
  const results = [
    ...requests.map((request) => resultOf(request, config.targets.has(request.target))),
    ...ids
      .filter((id) => !found.has(id))
      .map((id) => ({ line: `${requestName(id)}: the ledger has no such request`, proved: false })),
    ...remnants.map((remnant) => ({ line: remnantLine(remnant), proved: false })),
  ];
  for (const { line } of results) print(line);
  const proved = results.filter((result) => result.proved).length;
  if (results.length === 0) print('Nothing is open there.');
  else if (proved === results.length) print(`All is confirmed: ${proved} of ${results.length}.`);
  else {
    process.exitCode = 1;
    print(
      `Confirmed: ${proved} of ${results.length}, and nothing more for ${sayDuration(patienceMs)}. The intent stands: Hallpass tries the rest each second while it runs. Run the same command again to see how far it is.`,
    );
  }
}
