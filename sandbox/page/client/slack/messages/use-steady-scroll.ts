import { type RefObject, useLayoutEffect, useRef } from 'react';

/** What somebody reads, and how far below the top of the list it stands. */
interface Anchor {
  readonly row: Element;
  readonly top: number;
}

/**
 * Keeps what somebody reads in its place while messages come below it. A reversed list keeps its distance from the
 * end by itself, so at the end there is nothing to do.
 * @returns what to call after each scroll
 */
export function useSteadyScroll(list: RefObject<HTMLElement | null>, atEnd: boolean): () => void {
  const anchor = useRef<Anchor | null>(null);
  useLayoutEffect(() => {
    const [frame, kept] = [list.current, anchor.current];
    if (frame === null || kept === null || atEnd || !kept.row.isConnected) return;
    const moved = topIn(frame, kept.row) - kept.top;
    if (Math.abs(moved) >= 1) frame.scrollTop += moved;
  });
  return () => {
    const frame = list.current;
    const row = [...(frame?.querySelectorAll('[data-ts]') ?? [])].find(
      (each) => frame !== null && topIn(frame, each) + each.clientHeight > 0,
    );
    anchor.current = frame && row ? { row, top: topIn(frame, row) } : null;
  };
}

function topIn(frame: Element, row: Element): number {
  return row.getBoundingClientRect().top - frame.getBoundingClientRect().top;
}
