/** Chance that a seed repeats: the plan of faults, and what each person of the crowd is about to do. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** @throws Error for an empty list */
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
  /** Another chance, of its own: what one actor draws changes nothing for the others. */
  fork(): Random;
}

/** Mulberry32: 32 bits of state, good enough to choose what goes wrong next. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => bits() / 2 ** 32;
  const random: Random = {
    next,
    between: (least, most) => least + next() * (most - least),
    chance: (probability) => next() < probability,
    pick: (list) => {
      const at = Math.floor(next() * list.length);
      const [picked] = list.slice(at, at + 1);
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
    shuffle: (list) =>
      list
        .map((item) => ({ item, at: next() }))
        .sort((one, other) => one.at - other.at)
        .map(({ item }) => item),
    fork: () => createRandom(bits()),
  };
  return random;
}
