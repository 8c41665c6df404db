/** One text that people read, made by the function that makes it in Hallpass. */
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from '../../../src/surfaces/kit/message.js';

export type Shown = Message | ModalView | HomeView;

export interface Sample {
  /** `request/card/pending`: the folder in src/surfaces, the function, and in which state. */
  readonly path: string;
  readonly shown: Shown;
  /** The same, once people, servers and the configuration hold these words instead of their own. */
  readonly withWords: (name: string, long: string) => Shown | null;
}

/** Sentences: an answer to a click, or what a form says beside a field. */
export interface Sentence {
  /** `answers/refused`. */
  readonly path: string;
  /** What it is about, where one function has several. */
  readonly state: string | null;
  readonly text: string;
}

/** What Hallpass did not write itself: names, of which Postgres keeps 63 bytes, and sentences. */
const NAMES: ReadonlySet<string> = new Set(['target', 'role', 'login', 'database', 'process']);
const WORDS: ReadonlySet<string> = new Set(
  [
    'targetName',
    'environment',
    'about',
    'host',
    'reason',
    'trouble',
    'words',
    'why',
    'fix',
    'name',
    'hint',
  ].concat(
    ['deniedBecause', 'endedBecause', 'onCallNote', 'decidedVia', 'because', 'what', 'example', 'nextStep'],
    ['changes', 'later', 'says', 'revokes', 'prepared', 'instances', 'expected', 'found', 'reasons', 'leaks'],
  ),
);

/** Ids, what a view keeps, the command, and words that only choose what is said. */
const OURS = /^(?:[RO]-\d+|\{\}|\/\w+|mine|help|(?:not_)?justified)$/;

/** Strings that a function is given as they are. */
function replacedArgument(value: unknown, name: string, long: string): unknown {
  if (typeof value === 'string') return OURS.test(value) ? value : long;
  const isList = Array.isArray(value) && value.every((each) => typeof each === 'string');
  return isList ? value.map(() => name) : replaced(value, name, long);
}

function replaced(value: unknown, name: string, long: string): unknown {
  if (Array.isArray(value)) return value.map((each) => replaced(each, name, long));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, replacedAt(key, each, name, long)]),
  );
}

function replacedAt(key: string, value: unknown, name: string, long: string): unknown {
  if (typeof value === 'string') {
    // Why a request ended, or can't be decided, is one word of ours.
    if (/^(?:why|because)$/.test(key) && /^[a-z_]+$/.test(value)) return value;
    return NAMES.has(key) ? name : WORDS.has(key) ? long : value;
  }
  if (WORDS.has(key) && Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    return value.map(() => long);
  }
  return replaced(value, name, long);
}

/** @param state null: it has only one. */
export function sample<Args extends readonly unknown[]>(
  folder: string,
  of: (...args: Args) => Shown | null,
  state: string | null,
  ...args: Args
): Sample {
  const shown = of(...args);
  const path = [folder, kebab(of.name), ...(state === null ? [] : [kebab(state)])].join('/');
  if (shown === null) throw new Error(`${path} shows nothing`);
  return { path, shown, withWords };
  function withWords(name: string, long: string) {
    const given: unknown[] = args.map((each) => replacedArgument(each, name, long));
    // Only strings were put in the place of strings.
    return of(...(given as unknown as Args));
  }
}

export function sentence<Args extends readonly unknown[]>(
  folder: string,
  of: (...args: Args) => string | { readonly text: string },
  state: string | null,
  ...args: Args
): Sentence {
  const said = of(...args);
  return { path: `${folder}/${kebab(of.name)}`, state, text: typeof said === 'string' ? said : said.text };
}

/** `serverChanged` is `server-changed`. */
export function kebab(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, '-$&').toLowerCase();
}
