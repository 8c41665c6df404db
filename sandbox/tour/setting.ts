/** What the tour has beside the sample workspace: a second group that approves, and rules for some of the roles. */
import type { Slack } from '../slack/index.js';
import { CAST } from '../stage/cast.js';

export const SECURITY = { id: 'S0SECURITY', handle: 'security' } as const;

export function addSecurity({ workspace }: Slack): void {
  workspace.addGroup({ ...SECURITY, members: [CAST.sam] });
}

const RULES = {
  orders_read: 'escalate: [{ after: 10m, remind: true }, { after: 30m, to: [sre] }]',
  orders_write: `break_glass: { who: [${CAST.ben}], max: 1h, review: [security] }`,
  payments_read: 'more: [{ over: 30m, from: [security] }]',
};

/** Adds them to the sample configuration. @throws Error when it no longer has what they are added to */
export function withRules(yaml: string): string {
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
