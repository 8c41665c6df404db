/** What a phone shows of a message: words, without their markup. */

import { personOf, type Reader, zoneOf } from '../draw/reader.js';
import { formatDate } from '../draw/text/dates.js';
import { emojiOf } from '../draw/text/emoji.js';
import type { Inline, Paragraph } from '../draw/text/markup.js';
import { parseMrkdwn } from '../draw/text/parse.js';

export function phoneText(text: string, reader: Reader): string {
  return parseMrkdwn(text)
    .map((paragraph) => wordsOf(paragraph, reader))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function wordsOf(paragraph: Paragraph, reader: Reader): string {
  return paragraph.type === 'preformatted' ? paragraph.text : wordsIn(paragraph.children, reader);
}

function wordsIn(nodes: readonly Inline[], reader: Reader): string {
  return nodes.map((node) => wordOf(node, reader)).join('');
}

function wordOf(node: Inline, reader: Reader): string {
  const { workspace } = reader;
  switch (node.type) {
    case 'text':
    case 'code':
      return node.text;
    case 'bold':
    case 'italic':
    case 'strike':
      return wordsIn(node.children, reader);
    case 'emoji':
      return emojiOf(node.name, node.tone) ?? node.source;
    case 'link':
      return node.label ?? node.url;
    case 'user':
      return `@${personOf(reader, node.id)?.realName ?? node.label ?? node.id}`;
    case 'group':
      return `@${workspace.groups.find(({ id }) => id === node.id)?.handle ?? node.label ?? node.id}`;
    case 'channel':
      return `#${workspace.channels.find(({ id }) => id === node.id)?.name ?? node.label ?? node.id}`;
    case 'broadcast':
      return `@${node.range}`;
    case 'date':
      return formatDate(node.timestamp, node.format, zoneOf(reader), Date.now()) ?? node.fallback;
  }
}
