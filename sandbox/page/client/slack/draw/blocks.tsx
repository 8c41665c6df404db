/** Draws Block Kit as Slack draws it: the same for messages, modals and Home. */
import { useState } from 'react';
import type { Block } from '../../../../slack/validate/blocks.js';
import type { Surface } from '../surface.js';
import { ActingProvider } from './acting.js';
import { BlockOf } from './block.js';
import { Drafts } from './drafts.js';
import { type Reader, ReaderProvider } from './reader.js';
import './blocks.css';
import './controls.css';
import './inputs.css';

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
          {blocks.map((block) => (
            <BlockOf key={block.block_id} block={block} />
          ))}
        </div>
      </ActingProvider>
    </ReaderProvider>
  );
}
