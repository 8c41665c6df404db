/** What is typed and not sent yet: it waits for a pause, and goes at once when a form is submitted. */

/** Long enough not to send each letter. */
const PAUSE_MS = 150;

/** One input's: sent one at a time and in order, so that an old text never overwrites a newer one. */
export class Draft {
  #send: (text: string) => Promise<unknown>;
  #waiting: { readonly text: string } | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | null = null;

  /** @param send must not reject */
  constructor(send: (text: string) => Promise<unknown>) {
    this.#send = send;
  }

  /** Nothing waits, and nothing is on its way. */
  get isSettled(): boolean {
    return this.#waiting === null && this.#sending === null;
  }

  type(text: string, pauseMs: number = PAUSE_MS): void {
    this.#waiting = { text };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Sends what waits now. Resolves when all has arrived. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting !== null) {
      const { text } = this.#waiting;
      this.#waiting = null;
      await this.#send(text);
    }
  }
}

/** All of a form's. */
export class Drafts {
  #all = new Set<Draft>();

  add(draft: Draft): () => void {
    this.#all.add(draft);
    return () => {
      this.#all.delete(draft);
    };
  }

  async flush(): Promise<void> {
    await Promise.all([...this.#all].map((draft) => draft.flush()));
  }
}
