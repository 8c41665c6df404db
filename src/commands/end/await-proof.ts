import { readAll } from '../../access/operating/end-now.js';
import type { Config } from '../../config/config.js';
import { sayDuration } from '../../domain/duration.js';
import { requestName } from '../../domain/request/request.js';
import type { Queryable } from '../../ledger/pool.js';
import type { EndScope } from '../../ledger/requests/open-in.js';
import { print } from '../shared/output.js';
import { remnantLine, resultOf } from './results.js';
import { revokeHere } from './revoke-here.js';
import { withProgress } from './with-progress.js';

/** To release the targets after Ctrl-C, milliseconds: a running Hallpass takes over at once. */
const LEAVE_MS = 1_500;
const INTERRUPTED =
  'Interrupted. The intent stands: all of it is written down as ended, and Hallpass goes on revoking while it runs. Run the same command again to see how far it is.';

/** Waits for the proof, and prints what became of each. */
export async function awaitProof(
  db: Queryable,
  config: Config,
  scope: EndScope,
  ids: readonly number[],
  patienceMs: number,
): Promise<void> {
  let most = 0;
  const unproved = await withProgress(
    { interrupted: INTERRUPTED, leaveMs: LEAVE_MS },
    async (show, signal) => {
      const onProgress = (left: number) => {
        most = Math.max(most, left);
        show(`confirmed gone: ${most - left} of ${most}`);
      };
      const left = await revokeHere(db, config, { scope, ids, patienceMs, signal, onProgress });
      return signal.aborted ? null : left;
    },
  );
  if (unproved === null) return;

  const requests = await readAll(db, ids);
  const found = new Set(requests.map(({ id }) => id));
  const results = [
    ...requests.map((request) => resultOf(request, config.targets.has(request.target))),
    ...ids
      .filter((id) => !found.has(id))
      .map((id) => ({ line: `${requestName(id)}: the ledger has no such request`, proved: false })),
    ...unproved.remnants.map((remnant) => ({ line: remnantLine(remnant), proved: false })),
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
