import { z } from 'zod';
import type { JsonObject } from '../json.js';
import { parseJson } from '../json.js';
import { check } from '../validate/report.js';
import type { World } from '../world/world.js';

/** `ok: false`, with Slack's name for the error. */
export class ApiError extends Error {
  readonly extra: JsonObject;

  constructor(name: string, extra: JsonObject = {}) {
    super(name);
    this.extra = extra;
  }
}

/** An error whose reasons Slack gives in `response_metadata.messages`. */
export function refusal(name: string, reasons: readonly string[]): ApiError {
  return new ApiError(name, {
    ...(name === 'invalid_blocks' ? { errors: reasons } : {}),
    response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
  });
}

export interface Method {
  readonly token: 'bot' | 'app';
  /** All of these must have been granted. */
  readonly scopes: readonly string[];
  /** Checks the arguments and does it. Throws ApiError. */
  readonly call: (world: World, args: JsonObject) => JsonObject;
}

export function method<T>(definition: {
  readonly token?: Method['token'];
  readonly scopes?: readonly string[];
  /** Arguments that it does not name are ignored, as Slack does. */
  readonly args: z.ZodType<T>;
  readonly run: (world: World, args: T) => JsonObject;
}): Method {
  return {
    token: definition.token ?? 'bot',
    scopes: definition.scopes ?? [],
    call: (world, raw) => {
      const args = check(definition.args, raw, []);
      if (!args.ok) throw refusal('invalid_arguments', args.messages);
      return definition.run(world, args.value);
    },
  };
}

/** Throws `missing_scope` unless the bot token has the scope. */
export function needScope({ workspace }: World, scope: string): void {
  if (workspace.scopes.has(scope)) return;
  throw new ApiError('missing_scope', { needed: scope, provided: [...workspace.scopes].join(',') });
}

/** A structure: JSON text in a form, itself in a JSON body. Text that is no JSON becomes null, which no schema takes. */
export const structure = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? (parseJson(value) ?? null) : value));

/** true or false, however a form may say it. */
export const flag = z
  .union([z.boolean(), z.string()])
  .transform((value) => value === true || value === 'true' || value === '1');

/** A whole number, as text in a form. */
export const wholeNumber = z.coerce.number().int().min(1);
