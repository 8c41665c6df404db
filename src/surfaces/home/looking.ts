/** What somebody looks at on their Home: pages and filters, as the ledger keeps them and buttons carry them. None of it is trusted. */
import { z } from 'zod';

/** The lists of a Home, each with pages of its own. */
const LISTS = ['held', 'decide', 'review', 'asked', 'repeats', 'all'] as const;
export type List = (typeof LISTS)[number];

/** A target's key, a Slack id. */
const MAX_KEY = 100;

const page = z.number().int().min(0).max(100_000).catch(0);

const looking = z
  .object({
    held: page,
    decide: page,
    review: page,
    asked: page,
    repeats: page,
    all: page,
    /** A target's key; null: all of them. */
    instance: z.string().max(MAX_KEY).nullable().catch(null),
    /** Whose grants: a Slack user id; null: everyone's. */
    person: z.string().max(MAX_KEY).nullable().catch(null),
    /** How often something was chosen: with another number Slack shows a menu as empty again. */
    choices: z.number().int().min(0).catch(0),
  })
  .readonly();

/** Which page of each list, counted from 0, and the filters of the operators' part. */
export type Looking = z.infer<typeof looking>;

/** As it was kept; where it is none, the first pages of everything. */
export function toLooking(kept: unknown): Looking {
  return looking.safeParse(kept).data ?? looking.parse({});
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

/** As the value of a button or an option: every instance. The configuration allows no key like it. */
export const EVERYWHERE = '*';
