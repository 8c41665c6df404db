import type { Destination } from '../layout/place.js';

interface Props {
  /** Switches the person or the panel. */
  onGo(to: Destination): void;
}

/** Six steps for a newcomer. */
export function GuidePanel(_: Props) {
  return <section aria-label="Guide" />;
}
