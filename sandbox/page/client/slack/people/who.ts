/** Who wrote a message, as Slack shows them. */
import type { WorkspaceState } from '../../../api.js';

export interface Shown {
  readonly name: string;
  readonly initial: string;
  /** Of the avatar, as in CSS; white letters are readable on it. */
  readonly color: string;
  readonly app: boolean;
}

/** Who tells people that something didn't work. */
export const SLACKBOT = 'USLACKBOT';

const COLORS = ['#4a5fc1', '#8a3ffc', '#b0357a', '#0f6f8f', '#99520b', '#2e6f40', '#a23b3b', '#5c4b8a'];

/** @param id of a person, of the app, or `SLACKBOT` */
export function whoIs(id: string, workspace: WorkspaceState): Shown {
  if (id === SLACKBOT) return { name: 'Slackbot', initial: 'S', color: '#4a154b', app: false };
  const { app } = workspace;
  if (id === workspace.botUserId)
    return { name: app.name, initial: initialOf(app.name), color: app.color, app: true };
  const person = workspace.people.find((each) => each.id === id);
  const name = person?.realName ?? 'Somebody who left';
  return {
    name,
    initial: initialOf(name),
    color: colorOf(workspace.people.findIndex((each) => each.id === id)),
    app: person?.bot ?? false,
  };
}

function initialOf(name: string): string {
  return (Array.from(name)[0] ?? '?').toUpperCase();
}

/** By their place in the workspace, so that few people have few colors twice. */
function colorOf(index: number): string {
  return COLORS[Math.max(index, 0) % COLORS.length] ?? '#4a5fc1';
}
