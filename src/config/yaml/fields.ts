/**
 * What may stand at one place of the file. Each field reads a Text (a scalar as written) and returns a value, or says what
 * would be right; a message shows what was written and never what a `${NAME}` stands for.
 */
import { z } from 'zod';
import { parseDuration, shortDuration } from '../../domain/duration.js';
import { MAX_NAME_BYTES } from '../../domain/postgres/postgres-name.js';
import { keepSecret } from '../../secrets.js';
import { didYouMean } from './did-you-mean.js';
import { isBlank, Text } from './text.js';

/** The longest duration of anything. */
export const LONGEST = '30d';

/** What is wrong with a field, and what would be right: returned, or thrown by a field that has many parts. */
export class Wrong extends Error {}

/** A place that holds one scalar. @param right what should stand there, as `a duration like 30m`. */
export function scalar<T>(right: string, read: (text: Text) => T | Wrong) {
  return z.unknown().transform((raw, context): T => {
    const isUsable = raw instanceof Text && !raw.blank && !raw.incomplete;
    const value = isUsable ? orWrong(() => read(raw)) : new Wrong(`${describe(raw)}; write ${right}`);
    if (!(value instanceof Wrong)) return value;
    context.addIssue({ code: 'custom', message: value.message });
    return z.NEVER;
  });
}

/** What `read` answers, or the Wrong that it throws. */
export function orWrong<T>(read: () => T): T | Wrong {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof Wrong) return thrown;
    throw thrown;
  }
}

function describe(raw: unknown): string {
  if (raw === undefined) return 'is missing';
  if (raw instanceof Text) return 'is empty';
  return `is ${Array.isArray(raw) ? 'a list' : 'a map'}`;
}

/** As written, in quotes. */
export function quote(text: Text): string {
  return JSON.stringify(text.written);
}

/** A place where an unquoted `null` (or nothing) says "none". */
export function orNull<T extends z.ZodType>(schema: T) {
  return z.preprocess((raw) => (isBlank(raw) ? null : raw), schema.nullable());
}

/** A list, or one thing that stands for a list of one. */
export function oneOrMore<T extends z.ZodType>(schema: T, most = 100) {
  const one = (raw: unknown) => (Array.isArray(raw) ? raw : [raw]);
  return z.preprocess(
    one,
    z.array(schema).min(1, 'is an empty list; name at least one').max(most, `has more than ${most} entries`),
  );
}

/** A map with these keys and no others; nothing counts as an empty one. */
export function map<T extends z.ZodRawShape>(shape: T) {
  const known = Object.keys(shape);
  const object = z.strictObject(shape, {
    // One line a key, in their order: see Parts.
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => unknownKey(key, known)).join('\n')
        : `must be a map; its keys are ${known.join(', ')}`,
  });
  // To zod, a Text would be an object.
  return z.preprocess((raw) => (isBlank(raw) ? {} : raw instanceof Text ? raw.written : raw), object);
}

function unknownKey(key: string, known: readonly string[]): string {
  return `unknown key${didYouMean(key, known) || `; known here: ${known.join(', ')}`}`;
}

/** In milliseconds; at least a second, or `least`. */
export function duration(most: string, like = '30m, 1h, 2d', least = '1s') {
  const [mostMs, leastMs] = [parseDuration(most) ?? 0, parseDuration(least) ?? 0];
  return scalar(`a duration like ${like}`, (text) => {
    const ms = parseDuration(text.text);
    if (ms === null) return new Wrong(`${quote(text)} is not a duration; write it like ${like}`);
    if (ms > mostMs) return new Wrong(`${quote(text)} is too long; ${shortDuration(mostMs)} at most`);
    if (ms < leastMs) return new Wrong(`${quote(text)} is too short; ${shortDuration(leastMs)} at least`);
    return ms;
  });
}

/** One of these words. */
export function oneOf<T extends string>(words: readonly T[]) {
  const right = words.join(' or ');
  return scalar(right, (text) => {
    const word = words.find((candidate) => candidate === text.text);
    return word ?? new Wrong(`${quote(text)} is not known here; write ${right}`);
  });
}

export const flag = oneOf(['true', 'false']).transform((word) => word === 'true');

export function integer(least: number, most: number) {
  return scalar(`a whole number from ${least} to ${most}`, (text) => {
    const number = /^\d{1,9}$/.test(text.text) ? Number(text.text) : Number.NaN;
    if (number >= least && number <= most) return number;
    return new Wrong(`${quote(text)} is not a whole number from ${least} to ${most}`);
  });
}

/** A text of this form. @param what as "a Slack channel id (C…)". */
export function pattern(form: RegExp, what: string) {
  return scalar(what, (text) => {
    return form.test(text.text) ? text.text : new Wrong(`${quote(text)} is not ${what}`);
  });
}

/** As written: relative to the file that names it. */
export const path = scalar('the path of a file', (text) =>
  text.text === '' ? new Wrong('is empty; write the path of a file') : text.text,
);

/** Says what would be right instead of a secret. */
export const IN_CLEAR = `secrets written in clear are refused; write "\${NAME}" and set that environment variable`;

/** A secret never stands in the file: only `${NAME}`. @param otherwise another way to give it, as `or use …`. */
export function secret(otherwise = '') {
  return scalar(`"\${NAME}"`, (text) =>
    text.onlyReferences ? keepSecret(text.text) : new Wrong(IN_CLEAR + otherwise),
  );
}

/** One line of text for people. */
export function line(mostCharacters: number) {
  return scalar(`a text of at most ${mostCharacters} characters`, (text) => {
    if (hasControls(text.text)) return new Wrong('holds a line break or a control character; write one line');
    if (text.text.trim() === '') return new Wrong('is empty');
    const length = [...text.text].length;
    if (length > mostCharacters) {
      return new Wrong(`has ${length} characters; ${mostCharacters} at most`);
    }
    return text.text;
  });
}

/** A name in Postgres, or anything that is written like one. */
export const name = scalar('a name (in quotes, if it is really called null)', (text) => {
  const wrong = wrongName(text.text);
  return wrong === null ? text.text : new Wrong(wrong);
});

/** Why this can't be the name of a role, a login or a database; null when it can. */
export function wrongName(text: string): string | null {
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_NAME_BYTES) {
    return `the name has ${bytes} bytes; Postgres allows ${MAX_NAME_BYTES} at most`;
  }
  if (hasControls(text) || text.includes('`')) {
    return 'the name holds a control character or a backtick; rename it in Postgres';
  }
  return text.trim() === text && text !== '' ? null : 'the name is empty, or begins or ends with a space';
}

/** Also what reverses the order of letters: with it, one name could look like another on a card. */
function hasControls(text: string): boolean {
  return /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u.test(text);
}
