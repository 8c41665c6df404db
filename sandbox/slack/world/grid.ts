/**
 * How Slack speaks of a workspace that belongs to an Enterprise organization, shape by shape, as documented or reported.
 * All of them off is a workspace of the organization to which nothing odd happens.
 */
export interface Grid {
  /** The organization: `E…`. */
  readonly enterpriseId: string;
  /** In a search, `user.team_id` is the organization (docs.slack.dev, block_suggestion payload). */
  readonly searchesNameOrganization?: boolean;
  /** In what people do, `user.team_id` is this workspace, whichever they are in (bolt-js#1875). */
  readonly actionsName?: string;
  /** `users.info` gives no `team_id`, only `enterprise_user.teams` (looker/lookerbot#184). */
  readonly peopleWithoutTeam?: boolean;
  /** The `app_installed_team_id` of a view is the organization. */
  readonly viewsOfOrganization?: boolean;
  /** `team` is null, and `enterprise` stands for it (bolt-python, org-wide payloads). */
  readonly withoutTeam?: boolean;
}
