/** What stands in an element: what Slack keeps, or for a moment what the person has just chosen. */
import { useEffect, useState } from 'react';
import type { ElementState } from '../../../../../slack/world/element-state.js';
import type { At } from '../../surface.js';
import { useActing } from '../acting.js';

type Kept<T extends ElementState['type']> = ElementState & { readonly type: T };

/** The state that Slack keeps; undefined in a message, which keeps none. */
export function useKept<T extends ElementState['type']>(
  { blockId, actionId }: At,
  type: T,
): Kept<T> | undefined {
  const state = useActing().surface.values[blockId]?.[actionId];
  return isOf(state, type) ? state : undefined;
}

function isOf<T extends ElementState['type']>(state: ElementState | undefined, type: T): state is Kept<T> {
  return state?.type === type;
}

/**
 * Shows what was chosen at once, until Slack says what stands there now.
 * @returns what to show, and what sets it (null: back to what Slack keeps)
 */
export function useShown<T>(kept: T): [shown: T, show: (chosen: T | null) => void] {
  const [chosen, show] = useState<T | null>(null);
  const before = JSON.stringify(kept);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is forgotten whenever what is kept changes.
  useEffect(() => show(null), [before]);
  return [chosen ?? kept, show];
}
