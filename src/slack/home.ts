/** Whether a payload is for us. Who sent it is asked of Slack: what it says of its user's workspace decides nothing. */

/** Whose bot token ours is. */
export interface Home {
  readonly teamId: string;
  /** The Enterprise organisation of the workspace; null: it belongs to none. */
  readonly enterpriseId: string | null;
  /** null when Slack does not say. */
  readonly appId: string | null;
}

/** For whom a payload says that it is. */
export interface Address {
  /** Where the app is installed that made the form; null of what is no form. */
  readonly installedIn: string | null;
  /** The workspace, and its organisation: each is null where Slack names only the other. */
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  readonly appId: string;
}

/**
 * @returns null when it is for our app, in our workspace or our organisation. In an organisation Slack may name that
 *   where it means the workspace, and another of its workspaces where people share a channel.
 */
export function whyForeign(
  { installedIn, teamId, enterpriseId, appId }: Address,
  home: Home,
): 'foreign_workspace' | 'foreign_app' | null {
  const isOurs = (id: string | null): boolean =>
    id !== null && (id === home.teamId || id === home.enterpriseId);
  const here = installedIn === null ? isOurs(teamId) || isOurs(enterpriseId) : isOurs(installedIn);
  if (!here) return 'foreign_workspace';
  return home.appId === null || appId === home.appId ? null : 'foreign_app';
}
