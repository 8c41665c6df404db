/**
 * After the ledger was lost or restored: what guarded targets remember of their open grants is written back into it,
 * extensions included. What direct targets have granted since is in no ledger, and is reported when `serve` runs.
 */
import type { Config, TargetConfig } from '../../config/config.js';
import { ownerOf, roleOn } from '../../config/lookup.js';
import { askedBy } from '../../domain/policy/policy.js';
import { DEFAULT_TERMS } from '../../domain/request/grant-terms.js';
import { MAX_ID, requestName } from '../../domain/request/request.js';
import { coerceError } from '../../errors.js';
import type { Queryable } from '../../ledger/pool.js';
import { type Recovered, recoverGrant, skipIds } from '../../ledger/targets/recover.js';
import type { RememberedGrant } from '../../postgres/guarded/read-grants.js';
import type { Server } from '../../postgres/target.js';

/** What a guarded target remembers. */
export type Remembering = () => Promise<{
  readonly server: Server;
  readonly grants: readonly RememberedGrant[];
  readonly lastRequestId: number;
}>;

const SAYS: Record<Recovered, string> = {
  inserted: 'was missing in the ledger, and is in it again',
  updated: 'was in the ledger as it stood earlier, and is up to date again',
  same: 'was in the ledger',
  ended: 'has ended for the ledger: it is revoked when Hallpass runs',
  other:
    'is something else in the ledger, or the login has another open request: it ends by the clock of its target',
};

/**
 * @param read asks the guarded target.
 * @returns a line for each grant, or one when it can't be asked; `failed` when not all of them are in the ledger now.
 */
export async function recoverFromTarget(
  db: Queryable,
  config: Config,
  target: TargetConfig,
  read: Remembering,
): Promise<{ readonly lines: readonly string[]; readonly failed: boolean }> {
  const { key } = target;
  try {
    const { server, grants, lastRequestId } = await read();
    const ids = [lastRequestId, ...grants.map(({ requestId }) => requestId)].filter(isId);
    // First of all: no request may get an id that a card, or a target, already has.
    await skipIds(db, Math.max(0, ...ids));
    const lines: string[] = [];
    let failed = false;
    for (const grant of grants) {
      if (!isId(grant.requestId)) {
        failed = true;
        lines.push(
          `${key}: ${grant.role} to ${grant.login} has a request id that no Hallpass gives out: it is left alone, and ends by the clock of its target`,
        );
        continue;
      }
      const became = await recoverGrant(db, remembered(config, target, server, grant));
      if (became === 'other') failed = true;
      lines.push(`${key}: ${requestName(grant.requestId)} (${grant.role} to ${grant.login}) ${SAYS[became]}`);
    }
    return { lines: lines.length === 0 ? [`${key}: nothing is granted there`] : lines, failed };
  } catch (thrown) {
    return { lines: [`${key}: could not be asked: ${coerceError(thrown).message}`], failed: true };
  }
}

/** Anyone who may call the functions of a guarded target can write the ids that it lists. */
function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0 && id <= MAX_ID;
}

function remembered(config: Config, target: TargetConfig, server: Server, grant: RememberedGrant) {
  const role = roleOn(target, grant.role);
  const { roleOid, memberOid } = grant;
  return {
    id: grant.requestId,
    target: target.key,
    role: grant.role,
    login: grant.login,
    place: { server: server.id, grantorOid: server.grantorOid, roleOid, memberOid },
    terms: { ...(role?.terms ?? DEFAULT_TERMS), setRole: grant.setRole },
    mark: grant.mark,
    grantedAt: grant.grantedAt,
    expiresAt: grant.expiresAt,
    // The login's owner is told; without a mapping the operators are.
    requester: ownerOf(config, target, grant.login) ?? config.slack.operatorsChannel,
    asked: role === null ? config.operators : askedBy(role.policy.approvals, role.policy),
    channel: role?.channel ?? config.slack.channel,
  };
}
