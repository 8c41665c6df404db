/** Where actors wait for one another, to go on at once, the first of them by chance. */
export interface Barrier {
  /** Resolves when all have come or have ended. */
  arrive(): Promise<void>;
}

/**
 * Runs all actors, each up to the barrier, and releases those who wait there together, in random order. Who never comes
 * to the barrier is not waited for.
 * @returns what each of them answered
 */
export async function race<T>(
  actors: readonly ((barrier: Barrier) => Promise<T>)[],
  random: () => number,
): Promise<readonly T[]> {
  const waiting: (() => void)[] = [];
  let onTheWay = actors.length;
  const one = () => {
    onTheWay -= 1;
    if (onTheWay > 0) return;
    for (const go of shuffle(waiting.splice(0), random)) go();
  };
  return Promise.all(
    actors.map(async (act) => {
      let counted = false;
      const count = () => {
        if (!counted) one();
        counted = true;
      };
      const barrier: Barrier = {
        arrive() {
          if (counted) return Promise.resolve();
          return new Promise((go) => {
            waiting.push(go);
            count();
          });
        },
      };
      return act(barrier).finally(count);
    }),
  );
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
