import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any bound of Hallpass's, milliseconds: what a test that waits asserts is that it comes at all. */
const PATIENCE_MS = 50_000;

type Present<T> = Exclude<T, null | undefined | false>;

/**
 * Calls `look` until it answers something other than null, undefined or false, and answers that. A `look` that throws
 * is called again, too.
 * @param options.what completes "waited for …" in the message when the time is up.
 * @throws Error when nothing came in time, with the last error of `look` as its cause.
 */
export async function waitFor<T>(
  look: () => T | Promise<T>,
  options: { readonly what: string; readonly timeoutMs?: number },
): Promise<Present<T>> {
  const timeoutMs = options.timeoutMs ?? PATIENCE_MS;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const answer = await inTime(look, deadline);
      if (isPresent(answer)) return answer;
    } catch (error) {
      cause = error;
    }
    if (performance.now() >= deadline) {
      const last = cause instanceof Error ? `; the last look failed: ${cause.message}` : '';
      throw new Error(`waited for ${options.what} for ${timeoutMs} ms in vain${last}`, { cause });
    }
    await sleep(25);
  }
}

async function inTime<T>(look: () => T | Promise<T>, deadline: number): Promise<T> {
  const watch = new AbortController();
  const late = sleep(deadline - performance.now() + 1, null, { signal: watch.signal }).then(() => {
    throw new Error('it did not answer');
  });
  try {
    return await Promise.race([look(), late]);
  } finally {
    watch.abort();
    late.catch(() => undefined);
  }
}

function isPresent<T>(answer: T): answer is Present<T> {
  return answer !== null && answer !== undefined && answer !== false;
}
