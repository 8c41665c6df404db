/**
 * What Homes that are drawn at the same time share: it is read once for all of them, after they were found to have changed.
 */
import type { Pause } from '../../domain/request/pause.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { readUndecided, readUnjudgedEverywhere } from '../../ledger/requests/read-requests.js';
import { readPauses } from '../../ledger/targets/pauses.js';
import type { Looking } from '../../surfaces/home/looking.js';
import type { Deps } from '../deps.js';
import { type ForOperators, readOperators } from './read-operators.js';

/** No more is looked through for one person: a thousand cards wait elsewhere, too. */
const MOST = 1_000;
/** Emergencies that are looked through for one person. */
const MOST_REVIEWS = 200;

export interface Round {
  /** What waits for a decision, requests and extensions, the oldest first. */
  undecided(): Promise<readonly AccessRequest[]>;
  /** Emergencies that no reviewer has judged. */
  unjudged(): Promise<readonly AccessRequest[]>;
  pauses(): Promise<readonly Pause[]>;
  /** As operators see it who look at the same. */
  operators(looking: Looking): Promise<ForOperators>;
}

export function createRound(deps: Pick<Deps, 'config' | 'db' | 'roles' | 'messenger' | 'logger'>): Round {
  const { db } = deps;
  const pauses = once(() => readPauses(db));
  const seen = new Map<string, Promise<ForOperators>>();
  return {
    undecided: once(async () => (await readUndecided(db, MOST)).requests),
    unjudged: once(async () => (await readUnjudgedEverywhere(db, MOST_REVIEWS)).requests),
    pauses,
    operators({ instance, person, all }) {
      const key = JSON.stringify([instance, person, all]);
      const reading =
        seen.get(key) ?? pauses().then((each) => readOperators(deps, { instance, person, all }, each));
      seen.set(key, reading);
      return reading;
    },
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | null = null;
  return () => {
    answer ??= read();
    return answer;
  };
}
