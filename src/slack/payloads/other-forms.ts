/** The forms that follow a request: why it is denied, whether an emergency is meant, and whether it was justified. */
import { z } from 'zod';
import type { Denial, Submission } from '../../access/access.js';
import { VERDICTS } from '../../domain/policy/emergency.js';
import { ACTIONS, BLOCKS, REQUEST_NAME } from '../../surfaces/kit/ids.js';
import { formOf, keptIn, valueIn, viewOf } from './view.js';

/** What the form that asks why a request is denied was drawn for: on App Home there is no message. */
const DenialOf = z
  .object({
    v: z.literal(1),
    request: z.string().regex(REQUEST_NAME),
    channel: z.string().optional(),
    ts: z.string().optional(),
  })
  .refine(({ channel, ts }) => (channel === undefined) === (ts === undefined));

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

/** The submitted form that asks why a request is denied; otherwise as `parseSubmission`. */
export function parseDenial(body: unknown) {
  const view = viewOf(body);
  const kept = view && DenialOf.safeParse(keptIn(view)).data;
  if (view === undefined || kept === undefined) return null;
  const { request: requestId, channel, ts } = kept;
  const reason = valueIn(view, BLOCKS.reason, ACTIONS.reason);
  const clicked = channel === undefined || ts === undefined ? null : { channel, ts };
  const denial: Denial = { requestId, clicked, reason };
  return { sent: denial, ...formOf(view) };
}

/** What was asked for in the form before this one; otherwise as `parseSubmission`. */
export function parseConfirmed(body: unknown) {
  const view = viewOf(body);
  const sent = view && Kept.safeParse(keptIn(view)).data?.submission;
  return view === undefined || sent === undefined ? null : { sent, ...formOf(view) };
}

/** A reviewer's answer; otherwise as `parseSubmission`. */
export function parseJudgement(body: unknown) {
  const view = viewOf(body);
  const kept = view && KeptJudging.safeParse(keptIn(view)).data;
  if (view === undefined || kept === undefined) return null;
  const { requestId, verdict } = kept;
  const sent = { requestId, verdict, words: valueIn(view, BLOCKS.words, ACTIONS.words) };
  return { sent, ...formOf(view) };
}
