/** What somebody looks at on their Home: pages and filters, as the ledger keeps them and buttons carry them. */
import { z } from 'zod';

/** The lists of a Home, each with pages of its own. */
const LISTS = ['held', 'decide', 'asked', 'all'] as const;
export type List = (typeof LISTS)[number];

const page = z.number().int().min(0).max(100_000).catch(0);

const looking = z
  .object({
    held: page,
    decide: page,
    asked: page,
    all: page,
    /** A target's key; null: all of them. */
    instance: z.string().nullable().catch(null),
    /** Whose grants: a Slack user id; null: everyone's. */
    person: z.string().nullable().catch(null),
  })
  .readonly();

/** Which page of each list, counted from 0, and the filters of the operators' part. */
export type Looking = z.infer<typeof looking>;

/** As it was kept; where it is none, the first pages of everything. */
export function toLooking(kept: unknown): Looking {
  return looking.parse(typeof kept === 'object' && kept !== null ? kept : {});
}

/** The value of a button that turns a page: "decide:2". */
export function pageValue(list: List, to: number): string {
  return `${list}:${to}`;
}

/** Null for anything that no such button carries. */
export function parsePage(value: string): { readonly list: List; readonly page: number } | null {
  const [name, digits = '', ...rest] = value.split(':');
  const list = LISTS.find((each) => each === name);
  if (list === undefined || rest.length > 0 || !/^\d{1,5}$/.test(digits)) return null;
  return { list, page: Number(digits) };
}
