/** What stands between `<` and `>` in mrkdwn: links, mentions, dates. */
import { decoded, type Inline, isSafe } from './markup.js';

/** @returns null: it is none of Slack's, and stays text */
export function readToken(inside: string): Inline | null {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? null : decoded(inside.slice(bar + 1));
  if (/^@[UW][A-Z0-9]+$/.test(target)) return { type: 'user', id: target.slice(1), label };
  if (/^#[CDG][A-Z0-9]+$/.test(target)) return { type: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return special(target.slice(1), label);
  const url = decoded(target);
  return isSafe(url) ? { type: 'link', url, label: label === '' ? null : label } : null;
}

function special(command: string, label: string | null): Inline | null {
  const [name = '', ...rest] = command.split('^');
  switch (name) {
    case 'here':
    case 'channel':
    case 'everyone':
      return { type: 'broadcast', range: name };
    case 'subteam':
      return { type: 'group', id: rest[0] ?? '', label };
    case 'date': {
      const [timestamp = '', format = '', url] = rest;
      if (!/^\d+$/.test(timestamp) || format === '') return null;
      return {
        type: 'date',
        timestamp: Number(timestamp),
        format: decoded(format),
        url: url !== undefined && isSafe(decoded(url)) ? decoded(url) : null,
        fallback: label ?? '',
      };
    }
    default:
      // Slack shows the label of a command that it doesn't know.
      return label === null ? null : { type: 'text', text: label };
  }
}

/** What a token says where nothing can be clicked, as in code. */
export function plainToken(inside: string): string {
  const bar = inside.indexOf('|');
  return decoded(bar < 0 ? inside : inside.slice(bar + 1));
}
