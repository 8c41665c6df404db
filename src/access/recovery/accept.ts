/**
 * An operator decides to go on with a ledger that doesn't match what a target remembers: a restored one, or an empty one.
 * From then on, this ledger's open grants there end by it. What it was about to grant is not granted: it may have been
 * granted, and ended, since. It gives no one access.
 */
import { ownerOf } from '../../config/lookup.js';
import { type Anchor, signAnchor } from '../../domain/audit/anchor.js';
import { isSame, pairKey } from '../../domain/postgres/memberships.js';
import { type AccessRequest, requestName } from '../../domain/request/request.js';
import { isFinal } from '../../domain/request/request-state.js';
import { readReach, recordAnchored, recordDoubt } from '../../ledger/audit/anchor.js';
import { insertEvent } from '../../ledger/audit/insert-event.js';
import { insertOperatorNote } from '../../ledger/messages/deliveries.js';
import { readUngranted, readWanted } from '../../ledger/requests/read-requests.js';
import { recordOrphans } from '../../ledger/targets/orphans.js';
import { skipIds } from '../../ledger/targets/recover.js';
import type { Membership, Server, Target } from '../../postgres/target.js';
import { notInTheLedger, RESTORED } from '../../surfaces/request/doubt.js';
import { type ChangeDeps, change } from '../change.js';
import type { Deps } from '../deps.js';
import { readLastByPair } from '../sweeping/last-requests.js';
import { anchorOf, IDS_BETWEEN, judgeAnchor } from './anchors.js';
import { about } from './replaced.js';

type AcceptDeps = ChangeDeps & Pick<Deps, 'config'>;

/** What would come of it, a line for each grant; changes nothing. @throws TargetError */
export async function foresee({ db }: AcceptDeps, name: string, target: Target): Promise<readonly string[]> {
  const { now, requests } = await readWanted(db, name);
  const { server, surroundings, memberships } = await target.list();
  const here = { server: server.id, grantorOid: server.grantorOid };
  const there = new Set(memberships.map(pairKey));
  const out = requests.filter(({ state }) => state !== 'granting');
  const remembered = anchorOf(surroundings.anchor);
  const { says } = await judgeAnchor(db, { target: name, server: server.id }, remembered);
  if (says === 'forged') return ['nothing changes for what is out; what is remembered there is signed again'];
  const ungranted = await readOld(db, name, remembered);
  const last = await readLastByPair(db, server.id, memberships);
  return [
    ...out.map((request) => {
      const { place } = request;
      const isThere = place !== null && isSame(place, here) && there.has(pairKey(place));
      return `${about(request)}: ${isThere ? 'is out' : 'is out no more'}; ${whatThen(request, isThere, now)}`;
    }),
    ...ungranted.map((request) => `${about(request)}: is ${request.state} here; is not granted, ask again`),
    ...memberships.flatMap((membership) => {
      const granted = last.get(pairKey(membership));
      const pair = `${membership.role} to ${membership.login}`;
      if (granted === undefined) return [`${pair}: not in this ledger; is left alone, and reported`];
      if (!isFinal(granted.state)) return [];
      const ended = `has ended here as ${requestName(granted.id)}`;
      return [`${pair}: ${ended}, and was granted again since; is left alone, and reported`];
    }),
  ];
}

/** What was not granted yet when the backup was made; later requests have ids beyond those that were skipped. */
async function readOld(
  db: Deps['db'],
  name: string,
  remembered: Anchor | null,
): Promise<readonly AccessRequest[]> {
  const { requests } = await readUngranted(db, name);
  return requests.filter(({ id }) => remembered === null || id <= remembered.lastId + IDS_BETWEEN);
}

/**
 * What no open request explains was granted after the backup, even where the same pair has ended before: it is recorded as
 * found, so that no comparison takes it for a leftover of that request. Its holder is told that Hallpass doesn't know
 * the end time it had promised.
 */
async function report(
  { db, config }: AcceptDeps,
  name: string,
  server: Server,
  memberships: readonly Membership[],
): Promise<void> {
  const last = await readLastByPair(db, server.id, memberships);
  const found = memberships.filter((membership) => {
    const request = last.get(pairKey(membership));
    return request === undefined || isFinal(request.state);
  });
  const orphans = await recordOrphans(db, name, { server: server.id, grantorOid: server.grantorOid }, found);
  const target = config.targets.get(name);
  if (target === undefined) return;
  for (const { id, role, login } of orphans) {
    const holder = ownerOf(config, target, login);
    if (holder === null) continue;
    const message = notInTheLedger({ target: name, targetName: target.name, role, login });
    await insertOperatorNote(db, { key: `not-in-the-ledger:${id}`, channel: holder, message });
  }
}

function whatThen({ state, expiresAt }: AccessRequest, isThere: boolean, now: Date): string {
  if (!isThere) return 'is closed';
  if (state === 'ending' || expiresAt === null || expiresAt <= now) return 'is revoked at once';
  return `is revoked at ${expiresAt.toISOString()}`;
}

/** Goes on with this ledger there. @throws TargetError, HallpassError */
export async function accept(deps: AcceptDeps, name: string, target: Target): Promise<void> {
  const { db } = deps;
  const { server, surroundings, memberships } = await target.list();
  const remembered = anchorOf(surroundings.anchor);
  const { says } = await judgeAnchor(db, { target: name, server: server.id }, remembered);
  // A ledger that has not gone back has nothing to make up for, and believes nothing that others wrote.
  if (remembered !== null && says !== 'forged') await skipIds(db, remembered.lastId + IDS_BETWEEN);
  const requests = says === 'forged' ? [] : await readOld(db, name, remembered);
  const ids = requests.map(({ id }) => id);
  await change(deps, ids, () => ({ event: { type: 'restored', trouble: RESTORED } }));
  if (says === 'doubted') await report(deps, name, server, memberships);
  await insertEvent(db, null, {
    kind: 'ledger_accepted',
    actor: null,
    data: { target: name, remembered, says },
  });
  const { key, ...reach } = await readReach(db);
  await target.writeAnchor(server.id, signAnchor(reach, key, { target: name, server: server.id }));
  await recordAnchored(db, name);
  await recordDoubt(db, name, null);
}
