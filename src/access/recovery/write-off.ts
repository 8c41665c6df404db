/** The last resort: an operator closes what can never be proved. It is recorded as that, and nowhere called confirmed. */
import { requestName } from '../../domain/request/request.js';
import { readWanted } from '../../ledger/requests/read-requests.js';
import { writtenOff } from '../../surfaces/operators/servers.js';
import { type ChangeDeps, change } from '../change.js';
import type { Deps } from '../deps.js';
import { namesOf, tellOperators } from '../telling/operators.js';

/** Everything that is open on a target, even on one that has left the configuration. */
export async function readOpenOn({ db }: Pick<Deps, 'db'>, target: string): Promise<readonly number[]> {
  return (await readWanted(db, target)).requests.map(({ id }) => id);
}

/**
 * @param by the user of the operating system.
 * @returns a line for each request; `failed` when one of them was not open.
 */
export async function writeOff(
  deps: ChangeDeps & Pick<Deps, 'config'>,
  ids: readonly number[],
  { by, because }: { readonly by: string; readonly because: string },
): Promise<{ readonly lines: readonly string[]; readonly failed: boolean }> {
  const outcomes = await change(deps, ids, () => ({ event: { type: 'written_off', by, because } }));
  const lines: string[] = [];
  const closed = [];
  for (const id of ids) {
    const outcome = outcomes.get(id);
    if (outcome === undefined) lines.push(`${requestName(id)}: the ledger has no such request`);
    else if (outcome.ok) {
      closed.push(outcome.request);
      lines.push(`${requestName(id)}: written off; nobody has confirmed that it is gone`);
    } else lines.push(`${requestName(id)}: nothing of it is open (${outcome.refusal.request.state})`);
  }
  const [first] = closed;
  if (first !== undefined) {
    const key = `written-off:${closed.map(({ id }) => id).join(',')}`.slice(0, 500);
    const facts = { ...namesOf(deps.config, first.target), requests: closed, by, because };
    await tellOperators(deps, key, writtenOff(facts));
  }
  return { lines, failed: closed.length < ids.length };
}
