/** One line on stderr while something takes long: written over on a terminal, now and then elsewhere. */

/** Where lines stay, one is written this often, milliseconds; and none before that. */
const EVERY_MS = 5_000;
/** On a terminal the first comes after this long, milliseconds. */
const FIRST_MS = 1_000;

export interface Progress {
  show(line: string): void;
  /** Takes the line away. */
  clear(): void;
}

export function createProgress(): Progress {
  const { stderr } = process;
  const began = performance.now();
  let shownAt = began;
  let isShown = false;
  return {
    show(line) {
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
    clear() {
      if (isShown) stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}
