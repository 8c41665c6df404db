/**
 * Memberships that our own login granted and that our ledger doesn't know. They may be another Hallpass's, a lost
 * ledger's, or made by hand: none is revoked unless an operator clicks, or the configuration says so and there are few,
 * on a target that this ledger has known before. An empty ledger revokes nothing.
 */

import { DEFAULT_TERMS } from '../../domain/request/grant-terms.js';
import { isFinal } from '../../domain/request/request-state.js';
import { readLastOfPlaces } from '../../ledger/requests/read-requests.js';
import { type Orphan, readOrphan, recordOrphans } from '../../ledger/targets/orphans.js';
import { isBeingRevoked } from '../../ledger/targets/strays.js';
import type { Membership, Server } from '../../postgres/target.js';
import * as words from '../../surfaces/answers/answers.js';
import { parseOrphanName } from '../../surfaces/kit/ids.js';
import { manyOrphans, orphanFound } from '../../surfaces/operators/operators.js';
import type { Actor, Reply } from '../access.js';
import type { TellDeps } from '../change.js';
import { identify } from '../deciding/accounts.js';
import { refuseUnlessOperator } from '../deciding/operator.js';
import type { Deps } from '../deps.js';
import { namesOf, tellOperators } from '../telling/operators.js';
import { type FoundStray, orphanKey, revokeStrays } from './record-strays.js';

/** More than this many at once on one target are a sign of something else: a restored ledger, a second Hallpass. */
const FEW = 3;

export type OrphanDeps = TellDeps & Pick<Deps, 'roles'>;

/**
 * Tells the operators about those that they have not been told about.
 * @param known this ledger has compared the target before.
 */
export async function reportOrphans(
  deps: OrphanDeps,
  name: string,
  server: Server,
  found: readonly Membership[],
  known: boolean,
): Promise<void> {
  const standpoint = { server: server.id, grantorOid: server.grantorOid };
  const orphans = await recordOrphans(deps.db, name, standpoint, found);
  for (const { role, login } of orphans.filter(({ isNew }) => isNew).slice(0, FEW)) {
    deps.logger.warn({ target: name, role, login }, 'a membership that our login granted is in no ledger');
  }
  // crash point: after-orphan-before-told
  const { targetName } = namesOf(deps.config, name);
  // The key makes it told once, not that it is new: the process that wrote it down may have died right afterwards.
  const newest = orphans.at(-1)?.foundAt;
  if (newest === undefined) return;
  if (found.length > FEW) {
    // Each sweep may find some more: one message an hour says how many there are.
    const hour = newest.toISOString().slice(0, 13);
    const message = manyOrphans({ target: name, targetName, found });
    await tellOperators(deps, `orphans:${name}:${server.id}:${hour}`, message);
    return;
  }
  for (const orphan of orphans) {
    await tellOperators(deps, orphanKey(orphan.id), orphanFound({ targetName, ...orphan }));
  }
  if (!known || deps.config.targets.get(name)?.orphans !== 'revoke') return;
  // What was one of many before stays, however few are left.
  const strays = orphans.filter(({ isNew }) => isNew);
  await revokeStrays(
    deps,
    strays.map((orphan) => toStray(deps, orphan, server.grantorOid, null)),
  );
}

/** An operator clicked: has it revoked, if it is still what was reported. */
export async function settle(
  deps: OrphanDeps & Pick<Deps, 'targets' | 'messenger'>,
  actor: Actor,
  orphanId: string,
): Promise<Reply> {
  const who = await identify(deps, actor);
  if (!who.ok) return who;
  const id = parseOrphanName(orphanId);
  const orphan = id === null ? null : await readOrphan(deps.db, id);
  if (orphan === null) return { text: words.unknownOrphan(orphanId) };
  const facts = { user: actor.userId, orphan: orphan.id };
  const refusal = await refuseUnlessOperator(deps, facts, 'refused to revoke an orphan');
  if (refusal !== null) return { text: refusal.unread ?? words.mayNotOperate(deps.config.operators) };
  if (orphan.settled) return { text: words.orphanSettled(orphan) };
  const target = deps.targets.get(orphan.target);
  if (target === undefined) return { text: words.targetLeft(orphan) };
  const [since] = await readLastOfPlaces(deps.db, orphan.server, [orphan]);
  if (since !== undefined && !isFinal(since.state)) return { text: words.orphanExplained(orphan, since) };
  if (await isBeingRevoked(deps.db, orphan.id)) return { text: words.orphanGoing(orphan) };
  const grantorOid = orphan.grantorOid ?? (await target.look([])).server.grantorOid;
  await revokeStrays(deps, [toStray(deps, orphan, grantorOid, actor.userId)]);
  // crash point: after-orphan-asked-before-revoked
  return null;
}

/** Its sessions end as those of a grant of this role would; its SET option is what stands there. */
function toStray(
  { roles }: OrphanDeps,
  orphan: Orphan,
  grantorOid: number,
  askedBy: string | null,
): FoundStray {
  const { id, target, role, login, server, roleOid, memberOid } = orphan;
  const terms = roles.role(target, role)?.terms ?? DEFAULT_TERMS;
  return {
    ...{ kind: 'orphan', target, role, login, request: null, orphanId: id, askedBy },
    place: { server, grantorOid, roleOid, memberOid },
    terms: { sessions: terms.sessions, setRole: orphan.setRole },
  };
}
