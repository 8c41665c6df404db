/** What the form says of who will decide, before anything is requested. */
import type { RoleConfig } from '../../config/config.js';
import { deciders } from '../../domain/policy/policy.js';
import type { PreviewResult } from '../../domain/postgres/preview.js';
import { rulesAfter } from '../../domain/request/escalation.js';
import type { AccessRequest } from '../../domain/request/request.js';
import { asks } from '../../surfaces/forms/who-is-asked.js';
import { cantBeDecided } from '../../surfaces/request/who-decides.js';
import { readGroups } from '../deciding/accounts.js';
import { dangerIn } from '../deciding/count-approvals.js';
import type { Deps } from '../deps.js';
import { findDeciders } from '../telling/who-can-decide.js';
import { sayUsualAnswer } from './asked-before.js';

/** The form waits no longer for Slack to say who is in the groups, milliseconds. */
const GROUPS_MS = 800;

/** Paragraphs in mrkdwn. @param preview null: what the role can do was not read. */
export type WhoIsAsked = (preview: PreviewResult | null) => Promise<readonly string[]>;

/** Begins to read the groups at once, so that the form can read the rest beside it. */
export function whoIsAsked(
  deps: Pick<Deps, 'config' | 'db' | 'messenger' | 'logger'>,
  { role, policy }: Pick<RoleConfig, 'role' | 'policy'>,
  { requester, target }: Pick<AccessRequest, 'requester' | 'target'>,
): WhoIsAsked {
  const reading = readGroups(deps, deciders(policy), GROUPS_MS);
  const soon = sayUsualAnswer(deps, { target, role });
  return async (preview) => {
    const danger = preview === null ? null : dangerIn(preview);
    const { rules } = rulesAfter(policy, { durationMs: 0, danger: danger ?? 'none' }, 0);
    const groups = await reading;
    // Only groups are looked at: whether somebody has left, and who else is the requester, is found once it is requested.
    const reader = {
      group: async (id: string) => {
        const members = groups.get(id) ?? null;
        return members === null ? { members, error: new Error('unread') } : { members };
      },
      person: async () => new Error('not asked'),
    };
    const wish = { requester, target, login: '' };
    const { nobody } = await findDeciders(deps, reader, wish, rules, { most: 1, thorough: false });
    const usually = await soon;
    return [
      [...asks(policy, danger), ...(usually === null ? [] : [usually])].join('\n'),
      ...(nobody.length === 0 ? [] : [cantBeDecided(nobody, requester, requester)]),
    ];
  };
}
