/**
 * One sweep of one target: what the ledger wants done there, done and proved. Idempotent, so a lost alarm, a
 * double click, a second process and a crash at any line are one case: the next sweep finds the difference.
 */
import { compare } from '../domain/compare.js';
import { readDue } from '../ledger/read-requests.js';
import type { Target } from '../target/target.js';
import type { Deps } from './deps.js';
import { extendThere } from './extend-there.js';
import { lend } from './lend.js';
import { recordNeverLent, takeBack } from './take-back.js';

/** Rows a round: one REVOKE statement's worth. */
const BATCH = 500;

/**
 * Does everything that is due on this target now.
 * @param expected the system_identifier that the last comparison saw there; null before the first.
 * @returns true when something is left that a later try may do: the caller comes back.
 */
export async function sweep(
  deps: Pick<Deps, 'db' | 'changed' | 'config' | 'roles' | 'inspectors' | 'onCall' | 'messenger' | 'logger'>,
  name: string,
  target: Target,
  expected: string | null,
): Promise<boolean> {
  const undone: number[] = [];
  for (;;) {
    const { now, requests } = await readDue(deps.db, name, undone, BATCH);
    if (requests.length === 0) return undone.length > 0;
    const todo = compare(requests, null, now);
    await recordNeverLent(deps, todo.neverLent);
    undone.push(...(await takeBack(deps, target, todo.takeBack)));
    undone.push(...(await extendThere(deps, target, todo.extend)));
    undone.push(...(await lend(deps, name, target, expected, todo.lend, now)));
  }
}
