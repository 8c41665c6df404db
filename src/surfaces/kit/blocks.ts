/**
 * Puts a message together: its blocks, and from the same paragraphs the `text` that stands alone, so that no fact
 * can be in one and not in the other. Limits: docs.slack.dev, "Blocks" and chat.update.
 */
import type { Button, KnownBlock, Overflow, PlainTextElement, StaticSelect } from '@slack/types';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import type { Message } from './message.js';
import { inline, ownWords, truncate } from './text.js';

/** chat.update answers msg_too_long above 4000. */
const MAX_TEXT = 4_000;
/** A section takes 3000; this holds any reason (500) and a server's error, and more would not be read on a card. */
const MAX_QUOTE = 1_500;

/** Words that are not ours, shown without any formatting. */
export interface Quote {
  readonly label: string;
  readonly words: string;
}

/** Our own mrkdwn, with everything foreign in it escaped already; or a quote. */
export type Paragraph = string | Quote;

export interface Content {
  /** An emoji's name. It adds to the title and never says something alone. */
  readonly mark: string;
  readonly title: string;
  /** Null: there is nothing to say here. */
  readonly paragraphs: readonly (Paragraph | null)[];
  readonly buttons?: readonly (Button | Overflow | StaticSelect)[];
  readonly footer: string;
}

export function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** A section of our own mrkdwn. `verbatim`: Slack makes no links or mentions out of what looks like one. */
export function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } };
}

/** A section with one button beside it. */
export function sectionWith(text: string, accessory: Button | undefined): KnownBlock {
  const alone = { type: 'section' as const, text: { type: 'mrkdwn' as const, text, verbatim: true } };
  return accessory === undefined ? alone : { ...alone, accessory };
}

/** A quote as a block of its own; never folded. */
export function quotation({ label, words }: Quote): KnownBlock {
  const text = plain(`${label} ${ownWords(words, MAX_QUOTE)}`);
  // Without `expand` Slack folds a long text, and what is folded is approved unread.
  return { type: 'section', text, expand: true };
}

export function compose({ mark, title, paragraphs: all, buttons = [], footer }: Content): Message {
  const paragraphs = all.filter((paragraph) => paragraph !== null);
  const [lead, ...rest] = paragraphs;
  const heading = `:${mark}: *${title}*`;
  const body = typeof lead === 'string' ? rest : paragraphs;
  return {
    text: standAlone([title, ...paragraphs, footer]),
    blocks: [
      section(typeof lead === 'string' ? `${heading}\n${lead}` : heading),
      ...body.map((p) => (typeof p === 'string' ? section(p) : quotation(p))),
      ...(buttons.length > 0 ? [{ type: 'actions' as const, elements: [...buttons] }] : []),
      { type: 'context', elements: [{ type: 'mrkdwn', text: footer, verbatim: true }] },
    ],
  };
}

/** All paragraphs as one mrkdwn text; quotes share the room that our own words leave. */
function standAlone(paragraphs: readonly Paragraph[]): string {
  const quotes = paragraphs.filter((p) => typeof p !== 'string').length;
  const ours = paragraphs.map((p) => (typeof p === 'string' ? p : `${p.label} `)).join('\n');
  const share = Math.min(MAX_QUOTE, Math.floor((MAX_TEXT - ours.length) / Math.max(1, quotes)));
  return paragraphs
    .map((p) => (typeof p === 'string' ? p : `${p.label} ${inline(p.words, share)}`))
    .join('\n');
}

/**
 * A button that carries the request's id and nothing else.
 * @param reads what a screen reader says: several cards carry buttons of the same name.
 */
export function button(
  request: AccessRequest,
  actionId: string,
  label: string,
  reads: string,
  more: Pick<Button, 'style' | 'confirm'> = {},
): Button {
  return {
    type: 'button',
    action_id: actionId,
    text: plain(label),
    value: requestName(request.id),
    accessibility_label: truncate(reads, 75),
    ...more,
  };
}
