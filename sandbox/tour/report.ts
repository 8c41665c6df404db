/** Prints the story: a line a step, and only after the step was seen. */

export interface Report {
  /** Plays one step. What it answers is printed beside it; what it throws ends the story. */
  step<T>(step: string, says: string, play: () => Promise<T>): Promise<T>;
  /** A line that is no step. */
  say(line: string): void;
}

export function createReport(json: boolean, print: (line: string) => void): Report {
  return {
    async step(step, says, play) {
      const began = performance.now();
      const ms = () => Math.round(performance.now() - began);
      try {
        const result = await play();
        const detail = typeof result === 'string' ? result : undefined;
        if (json) print(JSON.stringify({ step, ok: true, ms: ms(), says, detail }));
        else print(lineOf(says, detail, ms()));
        return result;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        if (json) print(JSON.stringify({ step, ok: false, ms: ms(), says, error: why }));
        else print(`  ✗ ${says}\n      ${why}`);
        throw error;
      }
    },
    say(line) {
      if (!json) print(line);
    },
  };
}

/** Several lines stand below the step. */
function lineOf(says: string, detail: string | undefined, ms: number): string {
  const lines = detail?.split('\n') ?? [];
  if (lines.length < 2) return `  ✓ ${[says, ...lines].join(': ')}  (${ms} ms)`;
  return [`  ✓ ${says}:  (${ms} ms)`, ...lines.map((line) => `      ${line}`)].join('\n');
}
