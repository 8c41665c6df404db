/**
 * Whom a message calls. Where there are blocks, Slack shows them and keeps `text` for the notification, so only a
 * mention in the blocks calls anybody. A raw `<!channel>` is held against the app wherever it stands.
 */
import { isObject } from '../json.js';
import type { Block } from '../validate/blocks.js';

export interface Mentions {
  readonly users: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly everybody: boolean;
}

export function mentionsIn(text: string, blocks: readonly Block[]): Mentions {
  const shown = blocks.length > 0 ? markupOf(blocks) : [text];
  const all = shown.join('\n');
  return {
    users: new Set([...all.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? '')),
    groups: new Set(
      [...all.matchAll(/<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>/g)].map((match) => match[1] ?? ''),
    ),
    everybody: /<!(?:channel|here|everyone)(?:\|[^>]*)?>/.test(`${text}\n${all}`),
  };
}

/** Every piece of markup in the blocks; the mentions of rich text are written as markup. Plain text mentions nobody. */
function markupOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(markupOf);
  if (!isObject(value)) return [];
  switch (value.type) {
    case 'mrkdwn':
    case 'markdown':
      return [String(value.text)];
    case 'user':
      return [`<@${String(value.user_id)}>`];
    case 'usergroup':
      return [`<!subteam^${String(value.usergroup_id)}>`];
    case 'broadcast':
      return [`<!${String(value.range)}>`];
    default:
      return Object.values(value).flatMap(markupOf);
  }
}
