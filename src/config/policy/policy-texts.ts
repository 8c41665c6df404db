/** What a policy says in a text with a form of its own: `automatic.hours` and `reason:`. */
import { z } from 'zod';
import { parseHours } from '../../domain/policy/office-hours.js';
import { MATCH, wrongPattern } from '../../domain/policy/reason-rule.js';
import { flag, line, map, oneOf, orNull, quote, scalar, Wrong } from '../yaml/fields.js';
import { Text } from '../yaml/text.js';

const MOST_PATTERN = 200;
/** Beside a field of the form. */
const MOST_HINT = 150;
const MOST_LINK = 300;
const LINK_LIKE = `"https://tickets.example.com/browse/${MATCH}"`;

export const hours = scalar('hours like "Mon-Fri 08:00-18:00 Europe/Berlin"', (text) => {
  const parsed = parseHours(text.text);
  return 'wrong' in parsed ? new Wrong(`${quote(text)} ${parsed.wrong}`) : parsed;
});

const expression = scalar('a regular expression like "[A-Z]+-\\\\d+"', (text) => {
  if (text.text.length > MOST_PATTERN) {
    return new Wrong(`has ${text.text.length} characters; ${MOST_PATTERN} at most`);
  }
  const wrong = wrongPattern(text.text);
  return wrong === null ? text.text : new Wrong(`${quote(text)} ${wrong}`);
});

const link = scalar(`a link like ${LINK_LIKE}`, (text) => {
  if (text.text.length > MOST_LINK)
    return new Wrong(`has ${text.text.length} characters; ${MOST_LINK} at most`);
  // With a match in its place, so that the host can't depend on what someone typed.
  const url = URL.canParse(text.text) ? new URL(text.text) : null;
  if (url?.protocol !== 'https:' || `${url.username}${url.password}` !== '') {
    return new Wrong(`${quote(text)} is not an https:// link; write one like ${LINK_LIKE}`);
  }
  const start = text.text.indexOf('/', 'https://'.length);
  const first = text.text.indexOf(MATCH);
  if (first < 0) return new Wrong(`${quote(text)} lacks ${MATCH}, which stands for what the pattern matches`);
  if (start < 0 || first < start) {
    return new Wrong(`${quote(text)} has ${MATCH} in its host; write it after, like ${LINK_LIKE}`);
  }
  return text.text;
});

const rule = map({
  required: flag.optional(),
  pattern: orNull(expression).optional(),
  hint: line(MOST_HINT).optional(),
  link: link.optional(),
});

/** The word alone says only whether it is required. */
const word = oneOf(['required', 'optional']).transform((said) => ({ required: said === 'required' }));

/** `required`, `optional`, or a map. */
export const reason = z.unknown().transform((raw, context): z.infer<typeof rule> => {
  const result = (raw instanceof Text ? word : rule).safeParse(raw);
  if (result.success) return result.data;
  for (const { path, message, ...issue } of result.error.issues) {
    const kind =
      issue.code === 'unrecognized_keys'
        ? { code: issue.code, keys: issue.keys }
        : { code: 'custom' as const };
    context.addIssue({ ...kind, path, message });
  }
  return z.NEVER;
});
