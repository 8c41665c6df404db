/** How elements act: what they call, whether they are at it, and what the person is told when it fails. */
import { createContext, useContext, useState } from 'react';
import type { Done } from '../../../../slack/act/form.js';
import type { Clicked } from '../../../../slack/actor.js';
import { Refused } from '../../server.js';
import { type At, failureOf, type Surface } from '../surface.js';
import type { Drafts } from './fields/drafts.js';

export interface Acting {
  readonly surface: Surface;
  /** Where what was typed waits to be sent. */
  readonly drafts: Drafts;
  /** Tells the person what failed; null: the element shows a warning sign itself. */
  readonly onFailure: ((told: string) => void) | null;
}

const ActingContext = createContext<Acting | null>(null);
export const ActingProvider = ActingContext.Provider;

export function useActing(): Acting {
  const acting = useContext(ActingContext);
  if (acting === null) throw new Error('There are no Blocks around this.');
  return acting;
}

export interface Running {
  /** Until the app has acknowledged it. */
  readonly busy: boolean;
  /** What went wrong the last time; null: nothing, or the person was told elsewhere. */
  readonly failed: string | null;
  /** One at a time: while it is busy, more clicks do nothing. @returns whether it went well */
  run(use: () => Promise<Done | Clicked>): Promise<boolean>;
}

export function useRunning(): Running {
  const { onFailure } = useActing();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const run = async (use: () => Promise<Done | Clicked>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setFailed(null);
    const told = await toldAfter(use);
    setBusy(false);
    if (told !== null && onFailure) onFailure(told);
    else setFailed(told);
    return told === null;
  };
  return { busy, failed, run };
}

/** What the person is told; null: it went well. */
export async function toldAfter(use: () => Promise<Done | Clicked>): Promise<string | null> {
  try {
    return failureOf(await use());
  } catch (error) {
    if (error instanceof Refused) return error.message;
    throw error;
  }
}

export function atOf(block: { readonly block_id: string }, element: { readonly action_id: string }): At {
  return { blockId: block.block_id, actionId: element.action_id };
}
