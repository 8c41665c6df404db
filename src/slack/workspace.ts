/** Is a payload for us? The sender's workspace is asked of Slack: what the payload says of it decides nothing. */

/** The workspace and app of our bot token. */
export interface Workspace {
  readonly teamId: string;
  /** The Enterprise organization of the workspace, if any. */
  readonly enterpriseId: string | null;
  /** null when Slack does not say. */
  readonly appId: string | null;
}

/** The workspace and app that a payload says it is for. */
export interface Address {
  /** Where the app that made the form is installed; null when it isn't a form. */
  readonly installedIn: string | null;
  /** The workspace and its organization: each is null where Slack names only the other. */
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  /** null in a shortcut, which doesn't name it: it came over our app's socket, or signed with its secret. */
  readonly appId: string | null;
}

/**
 * @returns null when it is for our app, in our workspace or organization. Slack may name the organization where it means the
 *   workspace, and another of its workspaces where people share a channel.
 */
export function whyForeign(
  { installedIn, teamId, enterpriseId, appId }: Address,
  workspace: Workspace,
): 'foreign_workspace' | 'foreign_app' | null {
  const isOurs = (id: string | null): boolean =>
    id !== null && (id === workspace.teamId || id === workspace.enterpriseId);
  const here = installedIn === null ? isOurs(teamId) || isOurs(enterpriseId) : isOurs(installedIn);
  if (!here) return 'foreign_workspace';
  return workspace.appId === null || appId === null || appId === workspace.appId ? null : 'foreign_app';
}
