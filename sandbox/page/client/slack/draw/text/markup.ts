/** What mrkdwn says, as a tree: parsed once, drawn by mrkdwn.tsx. */

/** A piece of a line. All text is as people read it: nothing in it is markup any more. */
export type Inline =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | { readonly type: 'code'; readonly text: string }
  /** Of a name that the emoji set may not know; `source` is how it was written. */
  | { readonly type: 'emoji'; readonly name: string; readonly tone: number | null; readonly source: string }
  | { readonly type: 'link'; readonly url: string; readonly label: string | null }
  | { readonly type: 'user' | 'group' | 'channel'; readonly id: string; readonly label: string | null }
  | { readonly type: 'broadcast'; readonly range: 'here' | 'channel' | 'everyone' }
  | {
      readonly type: 'date';
      /** In seconds since 1970. */
      readonly timestamp: number;
      readonly format: string;
      readonly url: string | null;
      readonly fallback: string;
    };

export type Paragraph =
  | { readonly type: 'lines' | 'quote'; readonly children: readonly Inline[] }
  | { readonly type: 'preformatted'; readonly text: string };

/** Mrkdwn is sent with these three encoded, and no others. */
export function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** Whether the browser may follow it: anything else (`javascript:`) stays text. */
export function isSafe(url: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(url);
}
