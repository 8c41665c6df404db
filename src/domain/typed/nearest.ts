/** Which of the names that exist somebody may have meant. */

/** The longest word that is compared; no key and no role's name is longer. */
const MAX_WORD = 63;

/** All candidates, those most like `word` first; one that contains it counts as nearest. */
export function nearestFirst(word: string, candidates: readonly string[]): readonly string[] {
  const typed = word.slice(0, MAX_WORD).toLowerCase();
  const distanceOf = (candidate: string): number =>
    candidate.toLowerCase().includes(typed) ? 0 : editDistance(typed, candidate.toLowerCase());
  return candidates
    .map((candidate) => ({ candidate, distance: distanceOf(candidate) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** How many letters must be inserted, left out, replaced or swapped with their neighbor. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (cells: number[], index: number) => cells[index] ?? Number.POSITIVE_INFINITY;
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(
        Math.min(
          at(next, j - 1) + 1,
          at(row, j) + 1,
          at(row, j - 1) + (same ? 0 : 1),
          swapped ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? Number.POSITIVE_INFINITY;
}
