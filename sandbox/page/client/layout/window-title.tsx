import { Icon } from '../slack/icons.js';
import { Avatar } from '../slack/people/avatar.js';
import { whoIs } from '../slack/people/who.js';
import { CastMenu } from './cast-menu.js';
import type { CastProps } from './cast-switch.js';
import './window-title.css';

interface Props extends Omit<CastProps, 'played'> {
  /** Whose window it is. */
  readonly user: string;
  readonly active: boolean;
  onClose(): void;
}

/** Above each of two windows: whose it is, and another in their place. */
export function WindowTitle({ user, active, onClose, ...cast }: Props) {
  const who = whoIs(user, cast.workspace);
  const part = cast.workspace.cast.find(({ id }) => id === user)?.part;
  return (
    <div className={active ? 'window-title window-title-active' : 'window-title'}>
      <CastMenu
        {...cast}
        played={user}
        label={`${who.name}’s window. Put somebody else here`}
        className="window-who"
      >
        <Avatar who={who} size={20} />
        <strong>{who.name}</strong>
        <span className="window-part">{part}</span>
        <span aria-hidden="true">▾</span>
      </CastMenu>
      <button
        type="button"
        className="bar-button"
        aria-label={`Close ${who.name}’s window`}
        onClick={onClose}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
