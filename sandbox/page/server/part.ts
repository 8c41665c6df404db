/** A part of what the page shows beside Slack: the database, the faults, the guide. */
import type { z } from 'zod';
import { Impossible } from '../../slack/impossible.js';
import type { Json, JsonObject } from '../../slack/json.js';
import { check } from '../../slack/validate/report.js';

export interface Part {
  /** `POST /NAME` with a JSON body each. They throw Impossible for what can't be done, in words for a person. */
  readonly verbs: Readonly<Record<string, PageVerb>>;
  close?(): Promise<void>;
}

/** What somebody ran in a console, and what the server answered to each statement. */
export interface RanInConsole {
  readonly login: string;
  readonly on: 'shop' | 'vault';
  readonly sql: string;
  readonly outcomes: readonly ConsoleOutcome[];
}

/** As much of it as others than the console need. */
interface ConsoleOutcome {
  /** "rows" with their `total`, "error" with its SQLSTATE and its words, … */
  readonly kind: string;
  readonly total?: number;
  readonly code?: string | null;
  readonly message?: string;
}

export type PageVerb = (args: JsonObject) => Promise<Json>;

/** @param schema of the arguments */
export function pageVerb<T>(schema: z.ZodType<T>, run: (args: T) => unknown): PageVerb {
  return async (raw) => {
    const args = check(schema, raw, []);
    if (!args.ok) throw new Impossible(args.messages.join('; '));
    const answer = await run(args.value);
    return JSON.parse(JSON.stringify(answer ?? null));
  };
}
