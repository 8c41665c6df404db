/** What can go wrong with Slack, to order. Everything ordered happens a number of times and then no more. */

export type Fault =
  /** 429 with Retry-After, in seconds. */
  | { readonly kind: 'rate_limited'; readonly retryAfter: number }
  /** An HTTP status and nothing that an app could read. */
  | { readonly kind: 'status'; readonly status: 500 | 503 }
  /** `ok: false` with this error: `internal_error`, `token_revoked`, … */
  | { readonly kind: 'error'; readonly error: string }
  /** No answer, and nothing done. */
  | { readonly kind: 'hang' }
  /** The connection is reset, and nothing done. */
  | { readonly kind: 'reset' }
  /** Done at once; the answer comes `ms` milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Done, and the connection is cut before the answer. */
  | { readonly kind: 'lost' };

/** How the next delivery by HTTP is signed wrongly: with another secret, or truly but ten minutes ago. */
export type Forgery = 'signature' | 'stale';

export class Faults {
  #ordered: {
    readonly method: string;
    readonly fault: Fault;
    readonly about: string | undefined;
    left: number;
  }[] = [];
  #postInterval = 0;
  #lastPost = new Map<string, number>();
  #callLimits = new Map<string, { readonly perMinute: number; left: number; at: number }>();
  #duplicates = 0;
  #forgeries: Forgery[] = [];

  /**
   * @param method a Web API method, `response_url`, or `*` for all. Faults on the same method happen in the order given.
   * @param about only calls whose `channel`, or else `user` or `user_id`, is this
   */
  order(method: string, fault: Fault, times = 1, about?: string): void {
    this.#ordered.push({ method, fault, about, left: times });
  }

  /** Allows `perSecond` messages a second in each channel, and answers 429 to more; null allows all. */
  limitPosts(perSecond: number | null): void {
    this.#postInterval = perSecond === null ? 0 : 1000 / perSecond;
    this.#lastPost.clear();
  }

  /**
   * Allows `perMinute` calls of this method in all the workspace, so many at once and then at this pace, and answers 429
   * to more; null allows all.
   */
  limitCalls(method: string, perMinute: number | null): void {
    if (perMinute === null) this.#callLimits.delete(method);
    else this.#callLimits.set(method, { perMinute, left: perMinute, at: 0 });
  }

  /** Delivers the next payloads twice each, byte for byte. */
  duplicateNext(times = 1): void {
    this.#duplicates = times;
  }

  /** Signs the next delivery by HTTP wrongly. */
  forgeNext(forgery: Forgery): void {
    this.#forgeries.push(forgery);
  }

  /** Forgets all that was ordered and has not happened yet. */
  clear(): void {
    this.#ordered = [];
    this.#duplicates = 0;
    this.#forgeries = [];
    this.limitPosts(null);
    this.#callLimits.clear();
  }

  take(method: string, about: unknown): Fault | undefined {
    const next = this.#ordered.find(
      (order) =>
        order.left > 0 &&
        ['*', method].includes(order.method) &&
        (order.about === undefined || order.about === about),
    );
    if (next) next.left -= 1;
    return next?.fault;
  }

  /** Whether a post in this channel comes too early, at the moment `now` (milliseconds). */
  postsTooFast(channel: string, now: number): boolean {
    const tooFast = now - (this.#lastPost.get(channel) ?? Number.NEGATIVE_INFINITY) < this.#postInterval;
    if (!tooFast) this.#lastPost.set(channel, now);
    return tooFast;
  }

  /** Seconds until this method may be called again, at the moment `now` (milliseconds); 0: it may, and this call is counted. */
  callsTooMany(method: string, now: number): number {
    const limit = this.#callLimits.get(method);
    if (limit === undefined) return 0;
    const each = 60_000 / limit.perMinute;
    const left = Math.min(limit.perMinute, limit.left + (now - limit.at) / each);
    Object.assign(limit, { left: left >= 1 ? left - 1 : left, at: now });
    return left >= 1 ? 0 : Math.ceil(((1 - left) * each) / 1000);
  }

  takeDuplicate(): boolean {
    if (this.#duplicates === 0) return false;
    this.#duplicates -= 1;
    return true;
  }

  takeForgery(): Forgery | undefined {
    return this.#forgeries.shift();
  }
}
