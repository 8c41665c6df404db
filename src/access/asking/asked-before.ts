/** What the form takes from requests of before. It never waits long for it, and opens without it. */
import { coerceError } from '../../errors.js';
import { inTime } from '../../in-time.js';
import { type Chosen, readChosen, readUsualAnswer } from '../../ledger/requests/asked-before.js';
import { usualAnswer } from '../../surfaces/forms/who-is-asked.js';
import type { Deps } from '../deps.js';

type BeforeDeps = Pick<Deps, 'db' | 'logger'>;

/** Milliseconds. */
const PATIENCE_MS = 400;

/** Puts what this person chose last first; the others stay in their order. */
export async function lastChosenFirst<T extends object>(
  deps: BeforeDeps,
  person: string,
  items: readonly T[],
  isOf: (item: T, chosen: Chosen) => boolean,
): Promise<readonly T[]> {
  const chosen = (await patiently(deps, readChosen(deps.db, person))) ?? [];
  const first = new Set(chosen.flatMap((each) => items.find((item) => isOf(item, each)) ?? []));
  return [...first, ...items.filter((item) => !first.has(item))];
}

/** "Usually answered within 6 minutes."; null when too little is known. */
export async function sayUsualAnswer(deps: BeforeDeps, role: Chosen): Promise<string | null> {
  const ms = await patiently(deps, readUsualAnswer(deps.db, role));
  return ms === null ? null : usualAnswer(ms);
}

async function patiently<T>({ logger }: BeforeDeps, reading: Promise<T>): Promise<T | null> {
  return inTime(PATIENCE_MS, reading, () => null).catch((error: unknown) => {
    logger.warn({ err: coerceError(error) }, 'the ledger did not say what was asked for before');
    return null;
  });
}
