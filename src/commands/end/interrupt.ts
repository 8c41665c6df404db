import { print } from '../shared/output.js';

/** As a shell says it of what Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * On Ctrl-C says what stands, and ends the process.
 * @param leaveMs so long it is given to let go of what it holds, milliseconds.
 */
export function onInterrupt(words: () => string, leaveMs = 0): { readonly signal: AbortSignal; off(): void } {
  const stop = new AbortController();
  const heard = () => {
    print(words());
    process.exitCode = INTERRUPTED;
    stop.abort();
    if (leaveMs === 0) process.exit();
    // A target that hangs must not keep it.
    setTimeout(() => process.exit(), leaveMs).unref();
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  return { signal: stop.signal, off: () => void process.off('SIGINT', heard).off('SIGTERM', heard) };
}
