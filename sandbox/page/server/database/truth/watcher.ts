/** Looks at what is true as long as a page is open: each second, and at once when something was said in Slack. */
import type { Truth } from '../../../api-database.js';

const SECOND_MS = 1_000;
/** What Slack says comes in bursts. */
const BURST_MS = 100;

export interface WatcherOptions {
  readonly look: () => Promise<Truth>;
  readonly tell: (truth: Truth) => void;
  /** Somebody reads it. */
  readonly isRead: () => boolean;
}

export interface Watcher {
  /** Something may have changed. */
  hurry(): void;
  close(): Promise<void>;
}

export function startWatcher({ look, tell, isRead }: WatcherOptions): Watcher {
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let [hurried, closed] = [false, false];

  const lookOnce = async (): Promise<void> => {
    hurried = false;
    if (isRead()) tell(await look());
  };
  const soon = (ms: number): void => {
    clearTimeout(timer);
    if (!closed) timer = setTimeout(begin, ms);
  };
  // Nothing of it throws: what a source says instead of an answer is an answer too.
  const begin = (): void => {
    looking = lookOnce().finally(() => {
      looking = null;
      soon(hurried ? BURST_MS : SECOND_MS);
    });
  };
  begin();
  return {
    hurry: () => {
      if (hurried) return;
      hurried = true;
      if (looking === null) soon(BURST_MS);
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
