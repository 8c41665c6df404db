import type { Random } from '../random.js';

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string;
  /** What it happens to; there is one fault at a time in one place. */
  readonly place: string;
  /** How long it lasts at least and at most, milliseconds. */
  readonly lasts: readonly [least: number, most: number];
  /** The target whose revocations may be late meanwhile, `all`, or `none`. */
  readonly excuses: string;
  /** @returns what was done, where the name doesn't say it, and how it is undone */
  begin(random: Random): Promise<Begun>;
}

export interface Begun {
  readonly what?: string;
  heal(): Promise<void>;
}
