/** The messages of a channel, the newest at the bottom, where the list stays while more come. */
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import type { SeenMessage } from '../../../../slack/act/seen.js';
import { Icon } from '../icons.js';
import { ItemRow } from './item-row.js';
import { itemsOf } from './items.js';
import { useReading } from './reading.js';
import { threadsIn } from './threads.js';
import { useReadMarks } from './use-read-marks.js';
import { useSteadyScroll } from './use-steady-scroll.js';
import './message-list.css';

/** How many messages are drawn at first, and how many more at each click. */
const DRAWN = 200;
/** Pixels from the end within which somebody is at the end. */
const NEAR = 40;

/** A message to show: from a notification or a link. */
export interface Focus {
  readonly ts: string;
  /** Counts up, so that the same message can be shown again. */
  readonly n: number;
}

interface Props {
  readonly label: string;
  readonly channel: string;
  /** All of the channel, the newest last. */
  readonly messages: readonly SeenMessage[];
  readonly focus: Focus | null;
  /** Stands above the first message. */
  readonly beginning: ReactNode;
}

export function MessageList({ label, channel, messages, focus, beginning }: Props) {
  const { user, zone } = useReading();
  const list = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const onScrolled = useSteadyScroll(list, atEnd);
  const [limit, setLimit] = useState(DRAWN);
  const [active, setActive] = useState<string | null>(null);
  const newSince = useReadMarks(user, channel, messages, atEnd);
  const { heads, replies } = threadsIn(messages);
  const wanted = focus === null ? -1 : heads.findIndex(({ ts }) => ts === focus.ts);
  const drawn = Math.max(limit, wanted < 0 ? 0 : heads.length - wanted + 20);
  const shown = heads.slice(-drawn);
  const items = itemsOf(shown, {
    zone,
    now: Date.now(),
    self: user,
    newSince,
    hasReplies: (ts) => replies.has(ts),
  });
  const tabbed = shown.some(({ ts }) => ts === active) ? active : shown.at(-1)?.ts;
  const isNewBelow = !atEnd && newSince !== null && (heads.at(-1)?.ts ?? '') > newSince;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each time that a message is to be shown.
  useLayoutEffect(() => {
    if (focus !== null) rowAt(list.current, focus.ts)?.scrollIntoView({ block: 'center' });
  }, [focus, wanted >= 0]);
  return (
    <div className="slack-list-frame">
      <div
        ref={list}
        className="slack-list"
        role="log"
        aria-label={label}
        onScroll={({ currentTarget }) => {
          setAtEnd(Math.abs(currentTarget.scrollTop) < NEAR);
          onScrolled();
        }}
        onFocus={({ target }) => setActive(target.closest<HTMLElement>('[data-ts]')?.dataset.ts ?? null)}
        onKeyDown={moveFocus}
      >
        <div className="slack-list-inner">
          {shown.length < heads.length ? (
            <button type="button" className="slack-earlier" onClick={() => setLimit(drawn + DRAWN)}>
              Show earlier
            </button>
          ) : (
            beginning
          )}
          {items.map((item) => (
            <ItemRow
              key={item.key}
              item={item}
              replies={replies.get(item.key) ?? []}
              inThread={false}
              tabbed={item.key === tabbed}
              flashing={item.key === focus?.ts}
            />
          ))}
        </div>
      </div>
      {isNewBelow && (
        <button type="button" className="slack-below" onClick={() => list.current?.scrollTo({ top: 0 })}>
          <Icon name="down" /> New messages
        </button>
      )}
    </div>
  );
}

function rowAt(list: HTMLElement | null, ts: string): HTMLElement | undefined {
  return rowsIn(list).find((row) => row.dataset.ts === ts);
}

function rowsIn(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[data-ts]') ?? [])];
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const { key, target, currentTarget } = event;
  if ((key !== 'ArrowUp' && key !== 'ArrowDown') || !(target instanceof HTMLElement)) return;
  const rows = rowsIn(currentTarget);
  const at = rows.indexOf(target);
  const next = rows[at + (key === 'ArrowUp' ? -1 : 1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
