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

/** While it lasts, what is committed on the server of a target is not on the one that answers afterwards. */
interface Loss extends Disturbance {
  readonly target: string;
  /** `failover`: the server is gone, and one takes its place that has not seen the last of it. `copy`: it is back. */
  readonly kind: 'failover' | 'copy';
}

export class Timeline {
  #all: Disturbance[] = [];
  #losses: Loss[] = [];

  /** What the server at the address of this target has committed from now on may be lost. @returns as `begin` */
  beginLoss(target: string, kind: Loss['kind']): () => void {
    const open = { target, kind, from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#losses.push(open);
    return () => {
      this.#losses = this.#losses.map((each) => (each === open ? { ...open, to: Date.now() } : each));
    };
  }

  /** What was revoked at `gone` came back by a failover, and may be seen at `asked`: by the bound it is gone again. */
  mayHaveReturned(target: string, gone: number, asked: number): boolean {
    return this.#losses.some(
      (loss) =>
        loss.kind === 'failover' &&
        loss.target === target &&
        gone >= loss.from &&
        gone <= loss.to &&
        asked <= this.deadline(target, loss.to),
    );
  }

  /** What was granted between the two may be lost, and what waited for it may have failed. */
  mayBeLost(target: string, from: number, to: number): boolean {
    return this.#losses.some((loss) => loss.target === target && loss.from <= to && loss.to >= from);
  }

  /** Something is in the way from now on. @returns what tells that it is over */
  begin(target: string | null): () => void {
    const open = { target, from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#all.push(open);
    return () => {
      this.#all = this.#all.map((each) => (each === open ? { ...open, to: Date.now() } : each));
    };
  }

  /** Something happened in this very moment: work that was under way begins again. */
  mark(target: string | null): void {
    this.begin(target)();
  }

  /** When that which was due must be done at last, by the bound: counted again from each disturbance on the way. */
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
