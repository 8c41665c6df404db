/** Work that a signal asks for: not before `begin`, one run at a time, and once more if it was asked for meanwhile. */
export function createAgain(): { ask(): void; begin(work: () => Promise<void>): void } {
  let work: (() => Promise<void>) | null = null;
  let asked = false;
  let busy = false;
  const run = async () => {
    if (busy || work === null) return;
    busy = true;
    while (asked) {
      asked = false;
      await work();
    }
    busy = false;
  };
  return {
    ask() {
      asked = true;
      void run();
    },
    begin(given) {
      work = given;
      void run();
    },
  };
}
