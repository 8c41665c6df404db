/**
 * Memberships that our own login granted and that our ledger never lent. They may be another Hallpass's, a lost
 * ledger's, or made by hand: nothing here takes one back unless an operator clicks, or the configuration says so and
 * there are few, on a target that this ledger has known before. An empty ledger takes nothing away.
 */
import { pairKey } from '../domain/compare.js';
import { qualifies } from '../domain/policy.js';
import { isFinal } from '../domain/request.js';
import { insertOperatorNote, rewriteOperatorNote } from '../ledger/deliveries.js';
import { insertEvent } from '../ledger/insert-event.js';
import { type Orphan, readOrphan, recordOrphans, settleOrphan } from '../ledger/orphans.js';
import { readLastOfPlaces } from '../ledger/read-requests.js';
import { logSecurity } from '../security.js';
import { parseOrphanName } from '../surfaces/ids.js';
import type { Message } from '../surfaces/message.js';
import { manyOrphans, orphanFound, orphanSettled } from '../surfaces/operators.js';
import * as words from '../surfaces/words.js';
import type { Membership, Server, Target } from '../target/target.js';
import type { Actor, Reply } from './access.js';
import type { Deps } from './deps.js';
import { asHallpassError } from './hindered.js';
import { identify, readGroups } from './who.js';

/** More than so many at once on one target are a sign of something else: a restored ledger, a second Hallpass. */
const FEW = 3;

type OrphanDeps = Pick<Deps, 'db' | 'changed' | 'config' | 'logger'>;

/**
 * Tells the operators of those that they were not told of.
 * @param known this ledger has compared the target before.
 */
export async function reportOrphans(
  deps: OrphanDeps,
  name: string,
  target: Target,
  server: Server,
  found: readonly Membership[],
  known: boolean,
): Promise<void> {
  const orphans = await recordOrphans(deps.db, name, server.id, found);
  for (const { role, login } of orphans.filter(({ isNew }) => isNew).slice(0, FEW)) {
    deps.logger.warn({ target: name, role, login }, 'a membership that our login granted is in no ledger');
  }
  // crash point: after-orphan-before-told
  const configured = deps.config.targets.get(name);
  const targetName = configured?.name ?? name;
  const tell = async (key: string, message: Message) => {
    const channel = deps.config.slack.operatorsChannel;
    if (await insertOperatorNote(deps.db, { key, channel, message })) deps.changed(new Set());
  };
  // Who is told is told once by the key, not because it is new: the process that wrote it down may have died then.
  const newest = orphans.at(-1)?.foundAt;
  if (newest === undefined) return;
  if (found.length > FEW) {
    // Each sweep may find some more: one message an hour says how many there are.
    const hour = newest.toISOString().slice(0, 13);
    await tell(`orphans:${name}:${server.id}:${hour}`, manyOrphans({ target: name, targetName, found }));
    return;
  }
  for (const orphan of orphans) {
    await tell(noteKey(orphan), orphanFound({ targetName, ...orphan }));
    // What was one of many before stays, however few are left.
    if (orphan.isNew && configured?.orphans === 'revoke' && known)
      await takeOrphan(deps, target, orphan, null);
  }
}

/** An operator clicked: takes it back, if it is still what was reported. */
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
    const unread = may.code === 'group_unknown' ? words.groupUnreadable(may.groups) : null;
    return { text: unread ?? words.mayNotOperate(operators) };
  }
  if (orphan.settled) {
    // The process that took it back may have died before it could say so.
    if (orphan.settledBy !== null) await showSettled(deps, orphan, orphan.settledBy);
    return { text: words.orphanSettled(orphan) };
  }
  const target = deps.targets.get(orphan.target);
  if (target === undefined) return { text: words.targetLeft(orphan) };
  const [since] = await readLastOfPlaces(deps.db, orphan.server, [orphan]);
  if (since !== undefined && !isFinal(since.state)) return { text: words.orphanExplained(orphan, since) };
  const problem = await takeOrphan(deps, target, orphan, actor.userId);
  return problem === null ? null : { text: words.orphanNotTaken(orphan, problem) };
}

/** @returns why it could not be taken back; null when it is gone. */
async function takeOrphan(
  deps: OrphanDeps,
  target: Target,
  orphan: Orphan,
  by: string | null,
): Promise<string | null> {
  const { target: name, role, login, server } = orphan;
  const about = { target: name, server, role, login, pair: pairKey(orphan) };
  // Written before the effect: should this process die, the audit has who wanted it.
  await insertEvent(deps.db, null, { kind: 'orphan_take_asked', actor: by, data: about });
  const [answer] = await target.takeBack(server, [orphan]).catch((error: unknown) => {
    deps.logger.warn({ err: error, target: name, role, login }, 'an orphan could not be taken back');
    return [{ ...orphan, outcome: 'failed' as const, error: asHallpassError(error) }];
  });
  if (answer === undefined || answer.outcome === 'failed') return answer?.error.message ?? 'no answer';
  // crash point: after-orphan-taken-back
  // Of two clicks at once one is written down.
  const audit = { ...about, outcome: answer.outcome };
  if (!(await settleOrphan(deps.db, orphan.id, by, audit))) return null;
  // crash point: after-orphan-settled
  await showSettled(deps, orphan, by);
  return null;
}

async function showSettled(deps: OrphanDeps, orphan: Orphan, settledBy: string | null): Promise<void> {
  const targetName = deps.config.targets.get(orphan.target)?.name ?? orphan.target;
  const message = orphanSettled({ targetName, ...orphan, settledBy });
  await rewriteOperatorNote(deps.db, noteKey(orphan), message);
  deps.changed(new Set());
}

function noteKey({ id }: Orphan): string {
  return `orphan:${id}`;
}
