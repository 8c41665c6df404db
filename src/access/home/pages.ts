/** Pages of a list on a Home: which there are, and what stands on one. */
import type { Page } from '../../surfaces/home/list.js';

/** A page, and how many entries come before it. */
type Place = Omit<Page<unknown>, 'items'> & { readonly skip: number };

/** A page that is past the end, because something ended meanwhile, is the last one. @param wanted counted from 0 */
export function placeOf(total: number, wanted: number, size: number): Place {
  const pages = Math.max(1, Math.ceil(total / size));
  const page = Math.min(wanted, pages - 1);
  return { total, page, pages, skip: page * size };
}

export function pageOf<T>(all: readonly T[], wanted: number, size: number): Page<T> {
  const { skip, ...place } = placeOf(all.length, wanted, size);
  return { ...place, items: all.slice(skip, skip + size) };
}

/**
 * One page of what the ledger counts.
 * @param read what comes after so many, and how many there are in all.
 */
export async function readPage<T, Rest extends { readonly total: number }>(
  wanted: number,
  size: number,
  read: (skip: number) => Promise<Rest & { readonly items: readonly T[] }>,
): Promise<Page<T> & { readonly read: Rest }> {
  const first = await read(wanted * size);
  const { skip, ...place } = placeOf(first.total, wanted, size);
  const last = place.page === wanted ? first : await read(skip);
  return { ...place, items: last.items, read: last };
}
