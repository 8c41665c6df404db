/** Each person has one screen: who fills in a form does nothing else with forms until it is sent or closed. */
export class Screens {
  #last = new Map<string, Promise<unknown>>();

  /** Runs `work` when what this person began before is over. */
  async alone<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(userId);
    const now = (async () => {
      await before?.catch(() => undefined);
      return work();
    })();
    this.#last.set(userId, now);
    return now;
  }
}
