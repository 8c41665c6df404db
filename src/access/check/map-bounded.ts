/** `work` for each item, at most `most` at a time; the answers are in the order of the items. */
export async function mapBounded<Item, Answer>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  // Each in a list of its own, so that an answer that is itself a list stays one.
  const answers = new Map<Item, readonly [Answer]>();
  const waiting = items.values();
  // Each takes the next item from the same iterator.
  const worker = async (): Promise<void> => {
    for (const item of waiting) answers.set(item, [await work(item)]);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return items.flatMap((item) => answers.get(item) ?? []);
}
