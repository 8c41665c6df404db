/** Links to messages of this workspace. */

export interface Linked {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
}

/** `https://sandbox.slack.com/archives/C…/p1700000000000001?thread_ts=…`; null: it links to something else. */
export function messageAt(url: string): Linked | null {
  const match = /\/archives\/([A-Z0-9]+)\/p(\d+)(\d{6})(?:\?|$)/.exec(url);
  if (!match || !URL.canParse(url)) return null;
  const [, channel = '', seconds = '', micros = ''] = match;
  return { channel, ts: `${seconds}.${micros}`, threadTs: new URL(url).searchParams.get('thread_ts') };
}
