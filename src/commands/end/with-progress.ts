/** Work that takes long and may be interrupted: one line on stderr says how far it is. */
import { print } from '../shared/output.js';

/** On a terminal the line is written over, the first time after this long, milliseconds. */
const FIRST_MS = 1_000;
/** Elsewhere lines stay: one is written this often, milliseconds, and none before that. */
const EVERY_MS = 5_000;
/** What a shell says of a command that Ctrl-C has ended. */
const INTERRUPTED = 130;

/**
 * On Ctrl-C says what stands, and ends the process.
 * @param leaveMs how long it then has to release what it holds, milliseconds.
 */
export async function withProgress<T>(
  { interrupted, leaveMs = 0 }: { readonly interrupted: string; readonly leaveMs?: number },
  work: (show: (line: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { show, clear } = createLine();
  const stop = new AbortController();
  const heard = () => {
    clear();
    print(interrupted);
    process.exitCode = INTERRUPTED;
    stop.abort();
    if (leaveMs === 0) process.exit();
    // A target that hangs must not keep it.
    setTimeout(() => process.exit(), leaveMs).unref();
  };
  process.on('SIGINT', heard).on('SIGTERM', heard);
  try {
    return await work(show, stop.signal);
  } finally {
    clear();
    process.off('SIGINT', heard).off('SIGTERM', heard);
  }
}

function createLine() {
  const { stderr } = process;
  const began = performance.now();
  let shownAt = began;
  let isShown = false;
  return {
    show(line: string): void {
      const now = performance.now();
      if (stderr.isTTY) {
        if (now - began < FIRST_MS) return;
        isShown = true;
        stderr.write(`\r\u001b[K${line}`);
      } else if (now - shownAt >= EVERY_MS) {
        shownAt = now;
        stderr.write(`${line}\n`);
      }
    },
    clear(): void {
      if (isShown) stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}
