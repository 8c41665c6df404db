import type { ReactNode } from 'react';
import { Icon } from '../icons.js';
import './room.css';

interface Props {
  readonly children: ReactNode;
  /** Back to the list of channels, where that isn't beside it. */
  readonly onBack: (() => void) | null;
}

export function RoomHeader({ children, onBack }: Props) {
  return (
    <header className="slack-room-header">
      {onBack && (
        <button type="button" className="slack-back" aria-label="Back to channels" onClick={onBack}>
          <Icon name="back" />
        </button>
      )}
      {children}
    </header>
  );
}
