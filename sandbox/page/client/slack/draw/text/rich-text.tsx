/** The rich_text block: its markup comes as data. */
import type { ReactNode } from 'react';
import type { Block } from '../../../../../slack/validate/blocks.js';
import { Unsupported } from '../unsupported.js';
import { Emoji, Link, Mention, When } from './inline-parts.js';
import { isSafe } from './markup.js';
import { keyed } from './mrkdwn.js';

type RichElement = Extract<Block, { type: 'rich_text' }>['elements'][number];
type Part = Extract<RichElement, { type: 'rich_text_section' }>['elements'][number];

export function RichText({ elements }: { readonly elements: readonly RichElement[] }) {
  return (
    <div className="draw-rich">
      {keyed(elements).map(({ key, item }) => (
        <RichElementOf key={key} element={item} />
      ))}
    </div>
  );
}

function RichElementOf({ element }: { readonly element: RichElement }) {
  switch (element.type) {
    case 'rich_text_section':
      return (
        <div className="draw-rich-section">
          <Parts of={element.elements} />
        </div>
      );
    case 'rich_text_list': {
      const List = element.style === 'ordered' ? 'ol' : 'ul';
      return (
        <List className="draw-rich-list" style={{ marginLeft: `${(element.indent ?? 0) * 28}px` }}>
          {keyed(element.elements).map(({ key, item }) => (
            <li key={key}>
              <Parts of={item.elements} />
            </li>
          ))}
        </List>
      );
    }
    case 'rich_text_quote':
      return (
        <blockquote className="draw-quote">
          <Parts of={element.elements} />
        </blockquote>
      );
    case 'rich_text_preformatted':
      return (
        <pre className="draw-pre">
          <Parts of={element.elements} />
        </pre>
      );
    default:
      return <Unsupported of={element satisfies never} />;
  }
}

function Parts({ of }: { readonly of: readonly Part[] }) {
  return keyed(of).map(({ key, item }) => (
    <Styled key={key} style={item.style}>
      <PartOf part={item} />
    </Styled>
  ));
}

function PartOf({ part }: { readonly part: Part }): ReactNode {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'link':
      return isSafe(part.url) ? <Link url={part.url}>{part.text ?? part.url}</Link> : (part.text ?? part.url);
    case 'user':
      return <Mention kind="user" id={part.user_id} label={null} />;
    case 'usergroup':
      return <Mention kind="group" id={part.usergroup_id} label={null} />;
    case 'channel':
      return <Mention kind="channel" id={part.channel_id} label={null} />;
    case 'broadcast':
      return <Mention kind="broadcast" id={part.range} label={null} />;
    case 'emoji':
      return <Emoji name={part.name} tone={null} source={`:${part.name}:`} />;
    case 'date': {
      const url = part.url !== undefined && isSafe(part.url) ? part.url : null;
      return (
        <When timestamp={part.timestamp} format={part.format} url={url} fallback={part.fallback ?? ''} />
      );
    }
    default:
      return <Unsupported of={part satisfies never} />;
  }
}

function Styled({ style = {}, children }: { readonly style: Part['style']; readonly children: ReactNode }) {
  let drawn = children;
  if (style.code) drawn = <code className="draw-code">{drawn}</code>;
  if (style.underline) drawn = <u>{drawn}</u>;
  if (style.strike) drawn = <s>{drawn}</s>;
  if (style.italic) drawn = <em>{drawn}</em>;
  if (style.bold) drawn = <strong>{drawn}</strong>;
  return drawn;
}
