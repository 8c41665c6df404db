/** Parses what a shortcut sends. Its message is what somebody else wrote: read as text, and nothing of it is believed. */
import { z } from 'zod';

const Shortcut = z.object({
  trigger_id: z.string().max(200),
  channel: z.object({ id: z.string() }).nullish().catch(null),
  message: z.record(z.string(), z.unknown()).nullish().catch(null),
});

/** Channels, private ones, direct messages. */
const CHANNEL = /^[CGD][A-Z0-9]{1,30}$/;

export function parseShortcut(body: unknown) {
  const shortcut = Shortcut.safeParse(body).data;
  if (shortcut === undefined) return null;
  const { trigger_id: triggerId, channel, message } = shortcut;
  return {
    triggerId,
    channel: channel && CHANNEL.test(channel.id) ? channel.id : null,
    text: textIn(message ?? {}),
  };
}

/** As long as a message in Slack can be, and as deep as its blocks nest. */
const MAX_TEXT = 40_000;
const MAX_DEPTH = 12;

/** Where people and integrations write what is read. */
const TEXTS: ReadonlySet<string> = new Set(['text', 'fallback', 'pretext', 'title', 'value']);
/** Where more of it stands. */
const PARTS: ReadonlySet<string> = new Set([
  'attachments',
  'blocks',
  'message_blocks',
  'fields',
  'elements',
  'message',
]);

/**
 * All that a message says, as people read it: its text, and what integrations put into attachments and blocks. What
 * says the same twice stands once.
 */
function textIn(message: Readonly<Record<string, unknown>>): string {
  const texts: string[] = [];
  let room = MAX_TEXT;
  const add = (text: string): void => {
    const read = asRead(text.slice(0, room));
    if (read.trim() === '' || texts.some((known) => known.includes(read))) return;
    texts.push(read);
    room -= read.length;
  };
  const walk = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || room <= 0) return;
    if (Array.isArray(part)) {
      // A line of rich text is in pieces.
      if (part.every(isPiece)) add(part.map(({ text }) => text).join(''));
      else for (const each of part) walk(each, depth + 1);
    } else if (typeof part === 'object' && part !== null) {
      const entries = Object.entries(part);
      for (const [key, value] of entries) if (typeof value === 'string' && TEXTS.has(key)) add(value);
      for (const [key, value] of entries) {
        if (typeof value === 'object' && (PARTS.has(key) || TEXTS.has(key))) walk(value, depth + 1);
      }
    }
  };
  walk(message, 0);
  return texts.join('\n');
}

function isPiece(part: unknown): part is { readonly text: string } {
  return (
    typeof part === 'object' &&
    part !== null &&
    'text' in part &&
    typeof part.text === 'string' &&
    !('elements' in part)
  );
}

const READ: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Without Slack's own marks: links and mentions by what is seen of them, and its three escapes. */
function asRead(text: string): string {
  return text
    .replace(
      /<([^<>|]{0,2000})(?:\|([^<>]{0,2000}))?>/g,
      (_, address: string, label?: string) => label ?? address,
    )
    .replace(/&(?:amp|lt|gt);/g, (escaped) => READ[escaped] ?? escaped);
}
