import pTimeout from 'p-timeout';

/**
 * What `work` answers, or what `late` says when that takes longer; `work` goes on, and its late answer is dropped.
 * @param ms nothing or less is no time.
 * @throws what `work` throws in time, and what `late` throws.
 */
export function inTime<T, L>(ms: number, work: Promise<T>, late: () => L): Promise<T | L> {
  return pTimeout(work, { milliseconds: Math.max(1, ms), fallback: late });
}
