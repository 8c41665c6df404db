import { PlainText } from '../text/mrkdwn.js';
import type { Choice } from './offers.js';

interface Props {
  readonly chosen: readonly Choice[];
  readonly onChoose: (chosen: readonly Choice[]) => void;
}

/** What is chosen among several, each with a cross that takes it away. */
export function Chips({ chosen, onChoose }: Props) {
  return chosen.map(({ value, text }) => (
    <span key={value} className="draw-chip">
      <PlainText text={text} />
      <button
        type="button"
        aria-label={`Remove ${text}`}
        onClick={() => onChoose(chosen.filter((each) => each.value !== value))}
      >
        <span aria-hidden="true">×</span>
      </button>
    </span>
  ));
}
