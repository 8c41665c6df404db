/** The crowd, as far as only the bench needs it. */
import { joinSlack, personOf } from '../sandbox/herd/crowd.js';
import type { Slack } from '../sandbox/slack/index.js';

/** The first ones of the crowd, who may break the glass. */
export const FIRE = { id: 'S0FIRE', size: 100 } as const;

export function fillSlack(slack: Slack): void {
  joinSlack(slack);
  const members = Array.from({ length: FIRE.size }, (_, i) => personOf(i + 1));
  slack.workspace.addGroup({ id: FIRE.id, handle: 'fire', members });
}
