/**
 * Memberships that our own login granted and that our ledger never granted. They may be another Hallpass's, a lost
 * ledger's, or made by hand: nothing here revokes one unless an operator clicks, or the configuration says so and
 * there are few, on a target that this ledger has known before. An empty ledger takes nothing away.
 */
import { DEFAULT_TERMS } from '../../domain/grant-terms.js';
import { qualifies } from '../../domain/policy.js';
import { isFinal } from '../../domain/request.js';
import { type Orphan, readOrphan, recordOrphans } from '../../ledger/orphans.js';
import { readLastOfPlaces } from '../../ledger/read-requests.js';
import { isBeingRevoked } from '../../ledger/strays.js';
import type { Membership, Server } from '../../postgres/target.js';
import { logSecurity } from '../../security.js';
import { parseOrphanName } from '../../surfaces/ids.js';
import { manyOrphans, orphanFound } from '../../surfaces/operators.js';
import * as words from '../../surfaces/words.js';
import type { Actor, Reply } from '../access.js';
import { identify, readGroups, whyUnsaid } from '../deciding/people.js';
import type { Deps } from '../deps.js';
import { namesOf, tellOperators } from '../telling/operators.js';
import { type FoundStray, orphanKey, revokeStrays } from './strays.js';

/** More than so many at once on one target are a sign of something else: a restored ledger, a second Hallpass. */
const FEW = 3;

type OrphanDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config' | 'roles' | 'logger'>;

/**
 * Tells the operators of those that they were not told of.
 * @param known this ledger has compared the target before.
 */
export async function reportOrphans(
  deps: OrphanDeps,
  name: string,
  server: Server,
  found: readonly Membership[],
  known: boolean,
): Promise<void> {
  const orphans = await recordOrphans(
    deps.db,
    name,
    { server: server.id, grantorOid: server.grantorOid },
    found,
  );
  for (const { role, login } of orphans.filter(({ isNew }) => isNew).slice(0, FEW)) {
    deps.logger.warn({ target: name, role, login }, 'a membership that our login granted is in no ledger');
  }
  // crash point: after-orphan-before-told
  const configured = deps.config.targets.get(name);
  const { targetName } = namesOf(deps.config, name);
  // Who is told is told once by the key, not because it is new: the process that wrote it down may have died then.
  const newest = orphans.at(-1)?.foundAt;
  if (newest === undefined) return;
  if (found.length > FEW) {
    // Each sweep may find some more: one message an hour says how many there are.
    const hour = newest.toISOString().slice(0, 13);
    await tellOperators(
      deps,
      `orphans:${name}:${server.id}:${hour}`,
      manyOrphans({ target: name, targetName, found }),
    );
    return;
  }
  for (const orphan of orphans)
    await tellOperators(deps, orphanKey(orphan.id), orphanFound({ targetName, ...orphan }));
  // What was one of many before stays, however few are left.
  const taken = configured?.orphans === 'revoke' && known ? orphans.filter(({ isNew }) => isNew) : [];
  await revokeStrays(
    deps,
    taken.map((orphan) => toStray(deps, orphan, server.grantorOid, null)),
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
  const { operators } = deps.config;
  const may = qualifies(operators, { userId: actor.userId, groups: await readGroups(deps, operators) });
  if (!may.ok) {
    const security = may.code === 'group_unknown' ? may.code : 'not_an_operator';
    const facts = { user: actor.userId, orphan: orphan.id };
    logSecurity(deps.logger, security, facts, 'refused to take an orphan back');
    const unread =
      may.code === 'group_unknown' ? words.groupUnreadable(may.groups, whyUnsaid(deps, may.groups)) : null;
    return { text: unread ?? words.mayNotOperate(operators) };
  }
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

/** Its sessions end as those of a grant of this role would; what could be done with it is what stands there. */
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
    ...{ because: null, absentAt: null },
    place: { server, grantorOid, roleOid, memberOid },
    terms: { sessions: terms.sessions, setRole: orphan.setRole },
  };
}
