/** What Slack's own client makes of names, times and emoji, for tests and pictures. The reader is in UTC, on the day of the samples. */

const NAMES: Readonly<Record<string, string>> = {
  U0ANA: '@ana',
  U0BO: '@bo',
  U0CORA: '@cora',
  U0EVE: '@eve',
  U0OLGA: '@olga',
  S0DBA: '@dba',
  S0SEC: '@security',
  S0SRE: '@sre',
  C0ACCESS: '#db-access',
  C0OPS: '#db-operators',
  C0SHOP: '#shop',
};

const EMOJI: Readonly<Record<string, string>> = {
  alarm_clock: '⏰',
  arrow_forward: '▶️',
  arrows_counterclockwise: '🔄',
  bell: '🔔',
  bulb: '💡',
  double_vertical_bar: '⏸️',
  gear: '⚙️',
  heavy_minus_sign: '➖',
  hourglass_flowing_sand: '⏳',
  information_source: 'ℹ️',
  leftwards_arrow_with_hook: '↩️',
  link: '🔗',
  lock: '🔒',
  mag: '🔍',
  no_entry: '⛔',
  repeat: '🔁',
  rotating_light: '🚨',
  unlock: '🔓',
  warning: '⚠️',
  white_check_mark: '✅',
  x: '❌',
  zzz: '💤',
};

const DAY_MS = 24 * 3_600_000;
const TODAY = Date.UTC(2026, 10, 21);
const NEAR = new Map([
  [-1, 'yesterday'],
  [0, 'today'],
  [1, 'tomorrow'],
]);

/** A mention's name; an id that no sample has fails, so that none is drawn that nobody can read. */
function nameOf(id: string): string {
  const name = NAMES[id];
  if (name === undefined) throw new Error(`${id} has no name: add it to as-slack-shows.ts`);
  return name;
}

export function emojiOf(name: string): string {
  const emoji = EMOJI[name];
  if (emoji === undefined) throw new Error(`:${name}: is no emoji that is known here`);
  return emoji;
}

/** `{date_short_pretty} at {time}`. @param seconds since 1970 */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  const near = NEAR.get(Math.floor((date.getTime() - TODAY) / DAY_MS));
  const zone = { timeZone: 'UTC' } as const;
  const day =
    near ?? date.toLocaleDateString('en-US', { month: 'short', day: 'numeric', year: 'numeric', ...zone });
  // Not the narrow space that Intl puts before AM and PM.
  const time = date.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit', ...zone });
  return `${day} at ${time.replace(/\s/u, ' ')}`;
}

/** What mrkdwn is made of, as Slack shows it: `show` draws each, and what is between them goes through `plain`. */
export interface Shows {
  readonly plain: (escaped: string) => string;
  readonly mention: (name: string) => string;
  readonly link: (url: string, words: string) => string;
}

const TOKEN = /<([@#!])(?:subteam\^|date\^)?([^>|^]+)[^>]*>|<(https?:[^|>]+)\|([^>]*)>/g;

/** Replaces mentions, dates and links; what is left, escapes and all, is the caller's. */
export function showTokens(mrkdwn: string, { plain, mention, link }: Shows): string {
  let shown = '';
  let done = 0;
  for (const match of mrkdwn.matchAll(TOKEN)) {
    const [whole, sigil, id = '', url, words = ''] = match;
    shown += plain(mrkdwn.slice(done, match.index));
    done = match.index + whole.length;
    if (url !== undefined) shown += link(url, words);
    else shown += sigil === '!' && /^\d+$/.test(id) ? timeOf(Number(id)) : mention(nameOf(id));
  }
  return shown + plain(mrkdwn.slice(done));
}
