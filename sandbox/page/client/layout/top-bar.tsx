/** The bar above all: who you are, a second window, Hallpass's state, the theme, the panel. */
import type { ReactNode } from 'react';
import { Icon } from '../slack/icons.js';
import { Avatar } from '../slack/people/avatar.js';
import { whoIs } from '../slack/people/who.js';
import { CastMenu } from './cast-menu.js';
import { type CastProps, CastSwitch } from './cast-switch.js';
import { ThemeMenu } from './theme-menu.js';
import './top-bar.css';

interface Props extends CastProps {
  /** Whether the switch has room for all of the cast. */
  readonly wide: boolean;
  /** Whether two windows have room. */
  readonly narrow: boolean;
  readonly panelOpen: boolean;
  /** Whether Hallpass runs. */
  readonly state: ReactNode;
  onBeside(user: string): void;
  onAlone(): void;
  onPanel(): void;
}

export function TopBar({ wide, narrow, panelOpen, state, onBeside, onAlone, onPanel, ...cast }: Props) {
  const me = whoIs(cast.played, cast.workspace);
  return (
    <header className="bar">
      <h1 className="unseen">Hallpass demo</h1>
      <span className="bar-you">You are</span>
      {wide ? (
        <CastSwitch {...cast} />
      ) : (
        <CastMenu {...cast} other={null} label={`You are ${me.name}. Play somebody else`} className="bar-me">
          <Avatar who={me} size={24} />
          {me.name} <span aria-hidden="true">▾</span>
        </CastMenu>
      )}
      <span className="bar-space" />
      {state}
      {!narrow &&
        (cast.other === null ? (
          <CastMenu
            {...cast}
            other={cast.played}
            played=""
            onPlay={onBeside}
            label="Split view: put somebody beside"
            className="bar-button"
          >
            <Icon name="split" />
          </CastMenu>
        ) : (
          <button
            type="button"
            className="bar-button"
            aria-pressed="true"
            aria-label="End the split view"
            title="End the split view"
            onClick={onAlone}
          >
            <Icon name="split" />
          </button>
        ))}
      <ThemeMenu />
      {!narrow && (
        <button
          type="button"
          className="bar-button"
          aria-pressed={panelOpen}
          aria-label="Side panel"
          title={panelOpen ? 'Hide the side panel' : 'Show the side panel'}
          onClick={onPanel}
        >
          <Icon name="panel" />
        </button>
      )}
    </header>
  );
}
