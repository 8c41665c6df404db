import type { FaultsState } from '../../api-faults.js';

export interface Noted {
  /** Aborted when something else was done since. */
  readonly signal: AbortSignal;
  /** Says more of what came of it; nothing once something else was done. */
  add(...lines: readonly string[]): void;
}

/** What was done last, and what came of it. */
export class LastDone {
  readonly #onChange: () => void;
  #state: FaultsState['last'] = null;
  #newer = new AbortController();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get state(): FaultsState['last'] {
    return this.#state;
  }

  /** From here on the page shows what comes of this, and no longer what came of the one before. */
  note(what: string, came: readonly string[]): Noted {
    this.#newer.abort();
    this.#newer = new AbortController();
    const { signal } = this.#newer;
    this.#state = { what, at: Date.now(), came };
    this.#onChange();
    return {
      signal,
      add: (...lines) => {
        if (signal.aborted || this.#state === null || lines.length === 0) return;
        this.#state = { ...this.#state, came: [...this.#state.came, ...lines] };
        this.#onChange();
      },
    };
  }

  close(): void {
    this.#newer.abort();
  }
}
