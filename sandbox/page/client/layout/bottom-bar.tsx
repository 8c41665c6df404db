import { Icon } from '../slack/icons.js';
import type { Panel, Place } from './place.js';
import './bottom-bar.css';

const PARTS = [
  { part: 'slack', name: 'Slack', icon: 'home' },
  { part: 'database', name: 'Database', icon: 'database' },
  { part: 'faults', name: 'Faults', icon: 'bolt' },
  { part: 'guide', name: 'Guide', icon: 'list' },
] as const;

interface Props {
  readonly place: Place;
  onSlack(): void;
  onPanel(panel: Panel): void;
}

/** On a phone, one thing at a time. */
export function BottomBar({ place, onSlack, onPanel }: Props) {
  const shown = place.open ? place.panel : 'slack';
  return (
    <nav className="bottom" aria-label="Parts of the page">
      {PARTS.map(({ part, name, icon }) => (
        <button
          key={part}
          type="button"
          aria-current={part === shown ? 'page' : undefined}
          onClick={() => (part === 'slack' ? onSlack() : onPanel(part))}
        >
          <Icon name={icon} />
          {name}
        </button>
      ))}
    </nav>
  );
}
