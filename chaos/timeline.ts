/**
 * What may make a revocation late, when, and where. Nothing else excuses lateness: not Slack, not PagerDuty, not
 * Redis, not a wrong clock.
 */

/**
 * A revocation is seen to be done at most this long after its expiry, or after the end of what was in its way
 * (docs/guarantees.md): one HEARTBEAT, one call (connecting and its answer), sessions that end, one retry; milliseconds.
 */
export const BOUND_MS = 15_000 + 5_000 + 15_000 + 2_000 + 1_000;

/** The two ends, milliseconds since 1970; `to` is infinite while it lasts. */
interface Disturbance {
  /** A target; null: all of them. */
  readonly target: string | null;
  readonly from: number;
  readonly to: number;
}

export class Timeline {
  #all: Disturbance[] = [];

  /** Something is in the way from now on. @returns what tells that it is over */
  begin(target: string | null): () => void {
    const open = { target, from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#all.push(open);
    return () => {
      this.#all = this.#all.map((each) => (each === open ? { ...open, to: Date.now() } : each));
    };
  }

  /** Something happened in this very moment: work that was under way begins anew. */
  mark(target: string | null): void {
    this.begin(target)();
  }

  /** When that which was due must be done at last, by the bound: counted anew from each disturbance on the way. */
  deadline(target: string, due: number): number {
    let latest = due + BOUND_MS;
    for (;;) {
      const reached = Math.max(latest, ...this.#on(target, due, latest).map(({ to }) => to + BOUND_MS));
      if (reached === latest) return latest;
      latest = reached;
    }
  }

  isUndisturbed(target: string, from: number, to: number): boolean {
    return this.#on(target, from, to).length === 0;
  }

  #on(target: string, from: number, to: number): readonly Disturbance[] {
    return this.#all.filter(
      (each) => (each.target === null || each.target === target) && each.from <= to && each.to >= from,
    );
  }
}
