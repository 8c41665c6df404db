/** What a run prints: the plan's seed first, a line for each fault, and the table at the end. */

/** One thing that was checked. */
export interface Verdict {
  readonly what: string;
  /** How many cases of it there were. */
  readonly checked: number;
  /** One sentence each. */
  readonly breaches: readonly string[];
}

/** Breaches of one kind that are printed in full. */
const MOST = 12;

export interface Report {
  say(line: string): void;
  /** With the time since the start before it. */
  event(line: string): void;
  table(verdicts: readonly Verdict[], figures: Readonly<Record<string, string>>): void;
}

export function createReport(print: (line: string) => void): Report {
  const began = performance.now();
  return {
    say: print,
    event: (line) => print(`${((performance.now() - began) / 1000).toFixed(1).padStart(7)} s  ${line}`),
    table: (verdicts, figures) => {
      const width = Math.max(...verdicts.map(({ what }) => what.length));
      print(`\n${'checked'.padEnd(width)}      cases  breaches`);
      for (const { what, checked, breaches } of verdicts) {
        print(`${what.padEnd(width)} ${String(checked).padStart(10)} ${String(breaches.length).padStart(9)}`);
      }
      print('');
      for (const [name, value] of Object.entries(figures)) print(`${name}: ${value}`);
      for (const { what, breaches } of verdicts.filter((verdict) => verdict.breaches.length > 0)) {
        print(`\nBREACHED: ${what}`);
        for (const breach of breaches.slice(0, MOST)) print(`  ${breach}`);
        if (breaches.length > MOST) print(`  and ${breaches.length - MOST} more`);
      }
    },
  };
}

/** "p50 41, p99 350, max 388" */
export function quantiles(values: readonly number[]): string {
  if (values.length === 0) return 'none';
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return `p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
}
