import { useEffect, useRef, useState } from 'react';
import type { At } from '../../surface.js';
import { toldAfter, useActing } from '../acting.js';
import { Draft } from './drafts.js';

export interface Typed {
  readonly text: string;
  /** @param pauseMs after which it reaches Slack */
  type(text: string, pauseMs?: number): void;
  /** Now, as when the field is left. */
  flush(): Promise<void>;
}

/**
 * What is typed into a field: it shows at once, and reaches Slack after a pause.
 * @param kept what Slack keeps; it is shown when it comes from elsewhere
 * @param sent what Slack is told instead of the text as it stands in the field
 */
export function useTyped(at: At, kept: string, sent: (text: string) => string = (text) => text): Typed {
  const { surface, drafts, onFailure } = useActing();
  const [text, setText] = useState(kept);
  const now = useRef({ surface, onFailure, at, sent });
  useEffect(() => {
    now.current = { surface, onFailure, at, sent };
  });
  const [draft] = useState(
    () =>
      new Draft(async (typed) => {
        const { surface, onFailure, at, sent } = now.current;
        const told = await toldAfter(() => surface.fill(at, sent(typed)));
        if (told !== null) onFailure?.(told);
      }),
  );
  useEffect(() => drafts.add(draft), [drafts, draft]);
  useEffect(() => () => void draft.flush(), [draft]);

  // An echo of what was typed a moment ago must not overwrite what is typed by now.
  const own = useRef(new Set([kept]));
  useEffect(() => {
    if (own.current.has(kept) || !draft.isSettled) return;
    own.current = new Set([kept]);
    setText(kept);
  }, [kept, draft]);

  return {
    text,
    type: (typed, pauseMs) => {
      own.current.add(typed);
      setText(typed);
      draft.type(typed, pauseMs);
    },
    flush: () => draft.flush(),
  };
}
