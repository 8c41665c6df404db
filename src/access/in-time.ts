/**
 * What `work` answers, or null when that takes longer: people are not kept waiting, and a late answer is nobody's concern.
 * @param ms milliseconds.
 * @throws what `work` throws in time.
 */
export async function inTime<T>(ms: number, work: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, ms, null);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
