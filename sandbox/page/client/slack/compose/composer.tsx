/** Where somebody writes: Enter sends, Shift+Enter begins a line, a slash offers the app's commands. */
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { WorkspaceState } from '../../../api.js';
import { Icon } from '../icons.js';
import { CommandList, commandId } from './command-list.js';
import { PlusMenu } from './plus-menu.js';
import { hinted, offered } from './slash.js';
import { type ComposePlace, useCompose } from './use-compose.js';
import './composer.css';

interface Props extends ComposePlace {
  readonly workspace: WorkspaceState;
  /** "Message #db-access" */
  readonly label: string;
}

export function Composer({ workspace, label, ...place }: Props) {
  const { text, setText, send } = useCompose(place, workspace);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const commands = closed ? [] : offered(text, workspace.commands);
  const hint = hinted(text, workspace.commands);
  const chosen = commands[Math.min(at, commands.length - 1)];
  const type = (typed: string) => {
    setText(typed);
    setAt(0);
    setClosed(false);
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const { key, shiftKey } = event;
    if (chosen !== undefined && onListKey(key)) return event.preventDefault();
    if (key !== 'Enter' || shiftKey) return;
    event.preventDefault();
    void send();
  };
  /** @returns whether the key was meant for the list of commands */
  const onListKey = (key: string): boolean => {
    if (chosen === undefined) return false;
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        setAt(
          (Math.min(at, commands.length - 1) + (key === 'ArrowDown' ? 1 : commands.length - 1)) %
            commands.length,
        );
        return true;
      case 'Escape':
        setClosed(true);
        return true;
      case 'Tab':
        type(`${chosen.name} `);
        return true;
      case 'Enter':
        if (text === chosen.name) return false;
        type(`${chosen.name} `);
        return true;
      default:
        return false;
    }
  };
  return (
    <div className="slack-composer">
      {chosen !== undefined && (
        <CommandList
          id={listId}
          app={workspace}
          commands={commands}
          chosen={chosen}
          onChoose={({ name }) => type(`${name} `)}
        />
      )}
      {hint !== null && chosen === undefined && (
        <p className="slack-hint">
          <strong>{hint.name}</strong> {hint.hint}
        </p>
      )}
      <div className="slack-compose-box">
        <textarea
          ref={box}
          rows={1}
          value={text}
          placeholder={label}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={chosen === undefined ? undefined : listId}
          aria-activedescendant={chosen === undefined ? undefined : commandId(listId, chosen)}
          onChange={({ target }) => type(target.value)}
          onBlur={() => setClosed(true)}
          onFocus={() => setClosed(false)}
          onKeyDown={onKeyDown}
        />
        <div className="slack-compose-bar">
          <PlusMenu workspace={workspace} user={place.user} channel={place.channel} />
          <button type="button" aria-label="Slash commands" title="Slash commands" onClick={() => type('/')}>
            <Icon name="slash" />
          </button>
          <button
            type="button"
            className="slack-send"
            aria-label="Send now"
            disabled={text.trim() === ''}
            onClick={() => void send()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
    </div>
  );
}
