/** What was run before, as Alt-Up and Alt-Down go through it. */
export class Recall {
  #ran: string[] = [];
  /** Where in it somebody stands; its length: behind the newest, at what they were typing. */
  #at = 0;
  #draft = '';

  add(sql: string): void {
    if (this.#ran.at(-1) !== sql) this.#ran.push(sql);
    this.#at = this.#ran.length;
  }

  /** @param typed what stands in the editor now @returns what is to stand there; null: there is nothing more */
  step(by: -1 | 1, typed: string): string | null {
    const to = this.#at + by;
    if (to < 0 || to > this.#ran.length) return null;
    if (this.#at === this.#ran.length) this.#draft = typed;
    this.#at = to;
    return this.#ran[to] ?? this.#draft;
  }
}
