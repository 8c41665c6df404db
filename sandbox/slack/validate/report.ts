/** A schema's complaints in Slack's words: `must be less than 76 characters [json-pointer:/blocks/0/text/text]`. */
import type { z } from 'zod';
import { isObject } from '../json.js';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly messages: readonly string[] };

type Path = readonly PropertyKey[];

/** Checks `value`, which stands at `at` in the arguments of the call. */
export function check<T>(schema: z.ZodType<T>, value: unknown, at: Path): Checked<T> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, messages: result.error.issues.flatMap((issue) => describe(issue, value, at)) };
}

/** One complaint about the place `path`. */
export function complaint(text: string, path: Path): string {
  return `${text} [json-pointer:/${path.map(String).join('/')}]`;
}

function describe(issue: z.core.$ZodIssue, value: unknown, at: Path): string[] {
  const here = [...at, ...issue.path];
  const found = issue.path.reduce<unknown>(
    (inner, key) =>
      Array.isArray(inner) ? inner[Number(key)] : isObject(inner) ? inner[String(key)] : undefined,
    value,
  );
  if (found === undefined && issue.path.length > 0 && issue.code !== 'custom') {
    return [complaint(`missing required field: ${String(issue.path.at(-1))}`, here.slice(0, -1))];
  }
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => complaint(`invalid additional property: ${key}`, here));
    case 'invalid_union':
      return [
        complaint(
          issue.discriminator ? `unsupported type: ${String(found)}` : 'failed to match any allowed schema',
          here,
        ),
      ];
    case 'too_big':
      return [
        complaint(
          issue.origin === 'array'
            ? `no more than ${issue.maximum} items allowed`
            : issue.origin === 'string'
              ? `must be less than ${Number(issue.maximum) + 1} characters`
              : `must be at most ${issue.maximum}`,
          here,
        ),
      ];
    case 'too_small':
      return [
        complaint(
          issue.origin === 'array'
            ? `no fewer than ${issue.minimum} items allowed`
            : issue.origin === 'string'
              ? `must be more than ${Number(issue.minimum) - 1} characters`
              : `must be at least ${issue.minimum}`,
          here,
        ),
      ];
    case 'invalid_type':
      return [
        complaint(
          `must provide ${issue.expected === 'object' || issue.expected === 'array' ? 'an' : 'a'} ${issue.expected}`,
          here,
        ),
      ];
    case 'invalid_value':
      return [complaint(`must be one of: ${issue.values.map(String).join(', ')}`, here)];
    default:
      return [complaint(issue.message, here)];
  }
}
