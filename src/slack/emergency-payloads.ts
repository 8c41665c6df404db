/** The forms of an emergency, as they come back: what they kept is ours, under our own seal. */
import { z } from 'zod';
import type { Submission } from '../access/access.js';
import { VERDICTS } from '../domain/policy/emergency.js';
import { ACTIONS, BLOCKS } from '../surfaces/kit/ids.js';
import { formOf, View, valueIn } from './payloads.js';
import { unsealed } from './seal.js';

const text = z.string().nullable();

const Kept = z.object({
  v: z.literal(1),
  submission: z.object({
    viewId: z.string(),
    channel: text,
    target: text,
    role: text,
    duration: text,
    otherDuration: text,
    reason: text,
    emergency: z.literal('confirmed'),
  }) satisfies z.ZodType<Submission>,
});

const KeptJudging = z.object({ v: z.literal(1), requestId: z.string(), verdict: z.enum(VERDICTS) });

/** What was asked for in the form before this one; otherwise as `parseSubmission`. */
export function parseConfirmed(body: unknown) {
  const view = viewOf(body);
  const sent = keptIn(view, Kept)?.submission;
  return view === undefined || sent === undefined ? null : { sent, ...formOf(view) };
}

/** A reviewer's answer; otherwise as `parseSubmission`. */
export function parseJudgement(body: unknown) {
  const view = viewOf(body);
  const kept = keptIn(view, KeptJudging);
  if (view === undefined || kept === undefined) return null;
  const { requestId, verdict } = kept;
  const sent = { requestId, verdict, words: valueIn(view, BLOCKS.words, ACTIONS.words) };
  return { sent, ...formOf(view) };
}

function viewOf(body: unknown): View | undefined {
  return z.object({ view: View }).safeParse(body).data?.view;
}

function keptIn<T>(view: View | undefined, schema: z.ZodType<T>): T | undefined {
  try {
    return view && schema.safeParse(JSON.parse(unsealed(view.private_metadata))).data;
  } catch {
    return undefined;
  }
}
