/**
 * The stage of the story, for the tour and the page: the sample workspace with a second target and a further role, a second
 * group that approves, and rules for some of the roles.
 */
import { CAST } from '../stage/cast.js';
import { type Stage, type StageOptions, startStage } from '../stage/stage.js';

export const SECURITY = { id: 'S0SECURITY', handle: 'security' } as const;

const RULES = {
  orders_read: 'escalate: [{ after: 10m, remind: true }, { after: 30m, to: [sre] }]',
  orders_write: `break_glass: { who: [${CAST.ben}], max: 1h, review: [security] }`,
  payments_read: 'more: [{ over: 30m, from: [security] }]',
};

/** Hallpass itself is still to be started. @throws Error when the sample configuration no longer has what is added to it */
export async function startStoryStage(
  options: Pick<StageOptions, 'cli' | 'ledgerApart' | 'onLine'>,
): Promise<Stage> {
  const stage = await startStage({ ...options, ordersAdmin: true, vault: true, configure: withRules });
  stage.slack.workspace.addGroup({ ...SECURITY, members: [CAST.sam] });
  return stage;
}

function withRules(yaml: string): string {
  const group = replaced(yaml, 'groups: { ', `groups: { ${SECURITY.handle}: ${SECURITY.id}, `);
  return Object.entries(RULES).reduce(
    (written, [role, rule]) => replaced(written, ` ${role}: { `, ` ${role}: { ${rule}, `),
    group,
  );
}

function replaced(yaml: string, what: string, by: string): string {
  if (!yaml.includes(what)) throw new Error(`the sample configuration has no “${what}”`);
  return yaml.replace(what, by);
}
