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
    { type: 'header', text: plain(heading(title, { total, page, pages })) },
    ...(total === 0 && empty !== null ? [section(empty)] : []),
    ...items.flatMap(draw),
    ...(pages > 1 ? [turnPages(list, title, page, pages)] : []),
  ];
}

function heading(title: string, { total, page, pages }: Omit<Page<unknown>, 'items'>): string {
  if (total < 2) return title;
  const [all, here, last] = [total, page + 1, pages].map((n) => n.toLocaleString('en-US'));
  return pages === 1 ? `${title} (${all})` : `${title} (${all}, page ${here} of ${last})`;
}

/** @param title a screen reader tells the buttons of several lists apart by it */
function turnPages(list: List, title: string, page: number, pages: number): KnownBlock {
  const turn = (label: string, to: number): Button => ({
    type: 'button',
    // Two buttons of one block need different ids.
    action_id: `${ACTIONS.homePage}:${to < page ? 'back' : 'on'}`,
    text: plain(label),
    value: pageValue(list, to),
    accessibility_label: `${label} page: ${title}`,
  });
  return {
    type: 'actions',
    elements: [
      ...(page > 0 ? [turn('Previous', page - 1)] : []),
      ...(page < pages - 1 ? [turn('Next', page + 1)] : []),
    ],
  };
}
