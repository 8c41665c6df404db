/**
 * What Slack's answers tell of its limits: it counts the calls of each method for the whole app, and the posts in each
 * channel besides (docs.slack.dev/apis/web-api/rate-limits), and a 429 does not say which was meant. While a limit
 * holds, what falls under it is not tried: ten thousand messages that are due would be refused again and again.
 */

/** What may be called now. */
interface Allowed {
  readonly posts: boolean;
  readonly updates: boolean;
  /** No posts to these. */
  readonly except: readonly string[];
  /** Milliseconds until more is allowed; null when all is. */
  readonly moreInMs: number | null;
}

export interface SlackLimits {
  /** Slack wants to be left alone with this for so long, milliseconds. */
  heard(call: 'post' | 'update', recipient: string, ms: number): void;
  allowed(): Allowed;
}

export function createLimits(): SlackLimits {
  /** Until when nothing is posted there, milliseconds; likewise for all posts and all updates. */
  const channels = new Map<string, number>();
  let posts = 0;
  let updates = 0;

  function forgetPast(now: number): void {
    for (const [recipient, until] of channels) if (until <= now) channels.delete(recipient);
  }

  return {
    heard(call, recipient, ms) {
      const now = performance.now();
      const until = now + ms;
      if (call === 'update') {
        updates = Math.max(updates, until);
        return;
      }
      forgetPast(now);
      channels.set(recipient, Math.max(channels.get(recipient) ?? 0, until));
      // One channel may be full. When a second one is, it is the app.
      if (channels.size > 1) posts = Math.max(posts, until);
    },
    allowed() {
      const now = performance.now();
      forgetPast(now);
      const ends = [posts, updates, ...channels.values()].filter((until) => until > now);
      return {
        posts: posts <= now,
        updates: updates <= now,
        except: [...channels.keys()],
        moreInMs: ends.length === 0 ? null : Math.min(...ends) - now,
      };
    },
  };
}
