import type { ReactNode } from 'react';
import type { Block } from '../../../../slack/validate/blocks.js';
import { atOf } from './acting.js';
import { Alert } from './alert.js';
import { ElementOf } from './element.js';
import { Input } from './fields/input.js';
import { Picture } from './picture.js';
import { Markdown } from './text/markdown.js';
import { keyed, PlainText, Text, wordsOf } from './text/mrkdwn.js';
import { RichText } from './text/rich-text.js';
import { Unsupported } from './unsupported.js';

/** One block. */
export function BlockOf({ block }: { readonly block: Block }): ReactNode {
  switch (block.type) {
    case 'section':
      return <Section block={block} />;
    case 'header':
      return (
        <h3 className="draw-header">
          <PlainText text={block.text.text} emoji={block.text.emoji} />
        </h3>
      );
    case 'divider':
      return <hr className="draw-divider" />;
    case 'context':
      return <Context block={block} />;
    case 'actions':
      return <Actions block={block} />;
    case 'image':
      return (
        <figure className="draw-figure">
          {block.title && (
            <figcaption>
              <PlainText text={block.title.text} emoji={block.title.emoji} />
            </figcaption>
          )}
          <Picture url={block.image_url} alt={block.alt_text} className="draw-image" />
        </figure>
      );
    case 'alert':
      return <Alert level={block.level} text={block.text} />;
    case 'input':
      return <Input block={block} />;
    case 'rich_text':
      return <RichText elements={block.elements} />;
    case 'markdown':
      return <Markdown text={block.text} />;
    default:
      return <Unsupported of={block satisfies never} />;
  }
}

type Of<T extends Block['type']> = { readonly block: Extract<Block, { type: T }> };

function Section({ block }: Of<'section'>) {
  const { text, fields, accessory } = block;
  return (
    <div className="draw-section">
      <div className="draw-section-text">
        {text && <Text of={text} />}
        {fields && (
          <div className="draw-fields">
            {keyed(fields).map(({ key, item }) => (
              <div key={key}>
                <Text of={item} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div className="draw-accessory">
          {accessory.type === 'image' ? (
            <Picture url={accessory.image_url} alt={accessory.alt_text} className="draw-thumbnail" />
          ) : (
            <ElementOf
              at={atOf(block, accessory)}
              element={accessory}
              field={bare(block, accessory, text && wordsOf(text))}
            />
          )}
        </div>
      )}
    </div>
  );
}

function Context({ block }: Of<'context'>) {
  return (
    <div className="draw-context">
      {keyed(block.elements).map(({ key, item }) =>
        item.type === 'image' ? (
          <Picture key={key} url={item.image_url} alt={item.alt_text} className="draw-small-image" />
        ) : (
          <div key={key}>
            <Text of={item} />
          </div>
        ),
      )}
    </div>
  );
}

function Actions({ block }: Of<'actions'>) {
  return (
    <div className="draw-actions">
      {block.elements.map((element) => (
        <ElementOf
          key={element.action_id}
          at={atOf(block, element)}
          element={element}
          field={bare(block, element)}
        />
      ))}
    </div>
  );
}

/** A field outside of an input block: its placeholder names it, or what stands beside it. */
function bare(
  block: { readonly block_id: string },
  element: { readonly action_id: string; readonly placeholder?: { readonly text: string } | undefined },
  beside = '',
) {
  return {
    id: `${block.block_id}/${element.action_id}`,
    name: { label: beside || (element.placeholder?.text ?? 'Choose') },
    describedBy: undefined,
    invalid: false,
    required: false,
  };
}
