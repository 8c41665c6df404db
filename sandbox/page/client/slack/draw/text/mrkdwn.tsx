/** Draws texts: mrkdwn with its markup, plain text with its emoji alone. */
import { type ReactNode, useMemo } from 'react';
import { type Reader, ReaderProvider } from '../reader.js';
import { emojiOf } from './emoji.js';
import { Emoji, Link, Mention, When } from './inline-parts.js';
import { decoded, type Inline, type Paragraph } from './markup.js';
import { parseMrkdwn } from './parse.js';
import './mrkdwn.css';

export type AnyText =
  | { readonly type: 'plain_text'; readonly text: string; readonly emoji?: boolean }
  | { readonly type: 'mrkdwn'; readonly text: string; readonly verbatim?: boolean };

/** Mrkdwn outside of blocks: the `text` of a message. */
export function Mrkdwn({ text, ...reader }: Reader & { readonly text: string }) {
  return (
    <ReaderProvider value={reader}>
      <Text of={{ type: 'mrkdwn', text }} />
    </ReaderProvider>
  );
}

/** A text object, within `Blocks`, a `ReaderProvider` or `Mrkdwn`. */
export function Text({ of }: { readonly of: AnyText }) {
  if (of.type === 'plain_text') return <PlainText text={of.text} emoji={of.emoji ?? true} />;
  return <Markup text={of.text} verbatim={of.verbatim ?? false} />;
}

/** Words with emoji, and nothing else that could mean something. */
export function PlainText({ text, emoji = true }: { readonly text: string; readonly emoji?: boolean }) {
  if (!emoji) return <span className="draw-plain">{text}</span>;
  const pieces = text.split(/(:[a-z0-9_+'-]+:(?::skin-tone-[2-6]:)?)/);
  return (
    <span className="draw-plain">
      {keyed(pieces).map(({ key, item: piece }) => {
        const [, name = '', tone] = /^:([^:]+):(?::skin-tone-(\d):)?$/.exec(piece) ?? [];
        if (emojiOf(name) === null) return piece;
        return <Emoji key={key} name={name} tone={tone ? Number(tone) : null} source={piece} />;
      })}
    </span>
  );
}

function Markup({ text, verbatim }: { readonly text: string; readonly verbatim: boolean }) {
  const paragraphs = useMemo(() => parseMrkdwn(text, verbatim), [text, verbatim]);
  return (
    <div className="draw-mrkdwn">
      {keyed(paragraphs).map(({ key, item }) => (
        <ParagraphOf key={key} paragraph={item} />
      ))}
    </div>
  );
}

function ParagraphOf({ paragraph }: { readonly paragraph: Paragraph }) {
  switch (paragraph.type) {
    case 'preformatted':
      return <pre className="draw-pre">{paragraph.text}</pre>;
    case 'quote':
      return (
        <blockquote className="draw-quote">
          <Inlines of={paragraph.children} />
        </blockquote>
      );
    case 'lines':
      return (
        <div className="draw-lines">
          <Inlines of={paragraph.children} />
        </div>
      );
  }
}

function Inlines({ of }: { readonly of: readonly Inline[] }): ReactNode {
  return keyed(of).map(({ key, item }) => <InlineOf key={key} node={item} />);
}

function InlineOf({ node }: { readonly node: Inline }): ReactNode {
  switch (node.type) {
    case 'text':
      return node.text;
    case 'bold':
      return (
        <strong>
          <Inlines of={node.children} />
        </strong>
      );
    case 'italic':
      return (
        <em>
          <Inlines of={node.children} />
        </em>
      );
    case 'strike':
      return (
        <s>
          <Inlines of={node.children} />
        </s>
      );
    case 'code':
      return <code className="draw-code">{node.text}</code>;
    case 'emoji':
      return <Emoji {...node} />;
    case 'link':
      return <Link url={node.url}>{node.label ?? node.url}</Link>;
    case 'user':
    case 'group':
    case 'channel':
      return <Mention kind={node.type} id={node.id} label={node.label} />;
    case 'broadcast':
      return <Mention kind="broadcast" id={node.range} label={null} />;
    case 'date':
      return <When {...node} />;
  }
}

/** What never changes its order needs no other keys than its places. */
export function keyed<T>(items: readonly T[]): { readonly key: string; readonly item: T }[] {
  return items.map((item, index) => ({ key: String(index), item }));
}

/** Mrkdwn without its markup, for a label or a title. */
export function wordsOf({ type, text }: AnyText): string {
  return type === 'plain_text' ? text : decoded(text.replace(/[*_~`]/g, ''));
}
