/** What one person reads of what they typed: a message, or a list that is cut where it gets long. */
import type { Button } from '@slack/types';
import { section } from '../kit/blocks.js';
import type { Message } from '../kit/message.js';

/** As many as are read in one look; Slack takes 50 blocks. */
export const MOST_ENTRIES = 15;
/** Slack takes 4,000 as a message's text. */
const MAX_TEXT = 3_500;

export interface Entry {
  /** Unique in its list. */
  readonly id: string;
  readonly text: string;
  readonly button: Button | null;
}

/** @param text mrkdwn. */
export function say(text: string): Message {
  return { text, blocks: [section(text)] };
}

/** @param rest what to say after the entries; null: nothing. All in mrkdwn. */
export function list(title: string, entries: readonly Entry[], rest: string | null): Message {
  const shown = entries.slice(0, MOST_ENTRIES);
  return {
    text: whatFits([title, ...shown.map(({ text }) => text), ...(rest === null ? [] : [rest])]),
    blocks: [
      section(`*${title}*`),
      ...shown.map(({ id, text, button }) => ({
        ...section(text),
        block_id: id,
        ...(button === null ? {} : { accessory: button }),
      })),
      ...(rest === null ? [] : [section(rest)]),
    ],
  };
}

/** Whole lines only: what is cut inside could be half a mention. */
function whatFits(lines: readonly string[]): string {
  let text = '';
  for (const line of lines) {
    if (text.length + line.length >= MAX_TEXT) break;
    text += `${text === '' ? '' : '\n'}${line}`;
  }
  return text;
}
