import type { SlashCommand, WorkspaceState } from '../../../api.js';
import { Avatar } from '../people/avatar.js';
import { whoIs } from '../people/who.js';

interface Props {
  readonly id: string;
  readonly app: WorkspaceState;
  readonly commands: readonly SlashCommand[];
  readonly chosen: SlashCommand;
  onChoose(command: SlashCommand): void;
}

/** The commands that begin with what is typed. The focus stays in the composer. */
export function CommandList({ id, app: workspace, commands, chosen, onChoose }: Props) {
  const app = whoIs(workspace.botUserId, workspace);
  return (
    <div className="slack-commands">
      <p className="slack-menu-label">Commands of {app.name}</p>
      <div id={id} role="listbox" aria-label="Slash commands">
        {commands.map((command) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the composer's.
          <div
            key={command.name}
            id={commandId(id, command)}
            role="option"
            tabIndex={-1}
            aria-selected={command === chosen}
            className="slack-command"
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(command)}
          >
            <Avatar who={app} size={36} />
            <span>
              <strong>{command.name}</strong> <span className="slack-command-hint">{command.hint}</span>
              <span className="slack-command-about">{command.description}</span>
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}

export function commandId(list: string, { name }: SlashCommand): string {
  return `${list}-${name.slice(1)}`;
}
