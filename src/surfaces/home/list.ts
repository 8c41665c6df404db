/** A list on a Home: its heading, one page of what it holds, and buttons that turn the page. */
import type { Button, KnownBlock } from '@slack/types';
import { plain, section } from '../kit/blocks.js';
import { ACTIONS } from '../kit/ids.js';
import { type List, pageValue } from './looking.js';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** On all pages. */
  readonly total: number;
  /** Counted from 0. */
  readonly page: number;
  readonly pages: number;
}

/** @param empty what is said when the list holds nothing; null: then the list isn't shown. */
export function listBlocks<T>(
  list: List,
  title: string,
  { items, total, page, pages }: Page<T>,
  draw: (item: T) => readonly KnownBlock[],
  empty: string | null,
): readonly KnownBlock[] {
  if (total === 0 && empty === null) return [];
  return [
    { type: 'header', text: plain(total > items.length ? `${title} (${total})` : title) },
    ...(total === 0 && empty !== null ? [section(empty)] : []),
    ...items.flatMap(draw),
    ...(pages > 1 ? turnPages(list, page, pages) : []),
  ];
}

function turnPages(list: List, page: number, pages: number): readonly KnownBlock[] {
  const turn = (label: string, to: number): Button => ({
    type: 'button',
    // Two buttons of one block need different ids.
    action_id: `${ACTIONS.homePage}:${to < page ? 'back' : 'on'}`,
    text: plain(label),
    value: pageValue(list, to),
  });
  return [
    {
      type: 'actions',
      elements: [
        ...(page > 0 ? [turn('Previous', page - 1)] : []),
        ...(page < pages - 1 ? [turn('Next', page + 1)] : []),
      ],
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: `Page ${page + 1} of ${pages}`, verbatim: true }] },
  ];
}
