/** The workspace's clock: real time, which a test can move on so that triggers and response URLs grow old. */
export class Clock {
  #ahead = 0;
  /** How long an app has to acknowledge, milliseconds. https://docs.slack.dev/interactivity/handling-user-interaction */
  ackMs = 3_000;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Moves the clock on by `ms` milliseconds, at once. Timers that already run (the 3 s to acknowledge) keep real time. */
  advance(ms: number): void {
    this.#ahead += ms;
  }
}
