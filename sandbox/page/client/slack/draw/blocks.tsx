/** Draws Block Kit as Slack draws it: the same for messages, modals and Home. */
import { useState } from 'react';
import type { Block } from '../../../../slack/validate/blocks.js';
import type { Surface } from '../surface.js';
import { ActingProvider } from './acting.js';
import { BlockOf } from './block.js';
import { Drafts } from './fields/drafts.js';
import { type Reader, ReaderProvider } from './reader.js';
import './blocks.css';
import './controls.css';
import './fields/inputs.css';

export interface BlocksProps extends Reader {
  readonly blocks: readonly Block[];
  /** Where they stand, and what their elements call: `messageSurface` or `viewSurface`. */
  readonly surface: Surface;
  /** What was typed and not sent yet. A form flushes it before it submits; others need none. */
  readonly drafts?: Drafts | undefined;
  /** Tells the person what failed. Without it, a warning sign stands beside the element. */
  readonly onFailure?: ((told: string) => void) | undefined;
}

export function Blocks({ blocks, surface, drafts, onFailure, ...reader }: BlocksProps) {
  const [own] = useState(() => new Drafts());
  return (
    <ReaderProvider value={reader}>
      <ActingProvider value={{ surface, drafts: drafts ?? own, onFailure: onFailure ?? null }}>
        <div className={`draw-blocks draw-in-${surface.kind}`}>
          {keyedBlocks(blocks).map(({ key, block }) => (
            <BlockOf key={key} block={block} />
          ))}
        </div>
      </ActingProvider>
    </ReaderProvider>
  );
}

/**
 * A block stays what it is through an update, and with it the button under the mouse and the question that it asks, as
 * long as it says the same. Its id says nothing of that: Slack makes up another one where the app gave none.
 */
function keyedBlocks(blocks: readonly Block[]): readonly { readonly key: string; readonly block: Block }[] {
  const seen = new Map<string, number>();
  return blocks.map((block) => {
    const { block_id, ...says } = block;
    const key = block.type === 'input' ? block_id : JSON.stringify(says);
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return { key: `${nth} ${key}`, block };
  });
}
