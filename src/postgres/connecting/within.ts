/**
 * What `work` answers, if it does so in time; what it does afterwards is nobody's concern any more.
 * @param ms milliseconds; nothing or less is no time.
 * @throws what `work` throws, or `late()`.
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
