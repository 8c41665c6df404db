import { editDistance } from '../../domain/typed/nearest.js';

/** `; did you mean "x"?` with the candidate nearest to `word`, or '' when none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { candidate: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === null || distance < best.distance)) best = { candidate, distance };
  }
  return best === null ? '' : `; did you mean ${JSON.stringify(best.candidate)}?`;
}

/** The same, or all candidates, as in `; policies: read, write`. @param what they are. */
export function suggest(word: string, candidates: readonly string[], what: string): string {
  return didYouMean(word, candidates) || `; ${what}: ${candidates.join(', ') || 'none'}`;
}
