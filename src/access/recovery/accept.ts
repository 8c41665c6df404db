/**
 * An operator decides to go on with a ledger that a target does not remember so: a restored one, or an empty one. What
 * this ledger has out there ends by it from then on; what it was about to grant is not granted, for it may have been granted,
 * and ended, since. It gives nobody access.
 */
import { ownerOf } from '../../config/lookup.js';
import { type Anchor, type NotedAnchor, signAnchor } from '../../domain/anchor.js';
import { isSame, pairKey } from '../../domain/memberships.js';
import { type AccessRequest, isFinal, requestName } from '../../domain/request.js';
import { readReach, recordAnchored, recordDoubt } from '../../ledger/anchor.js';
import { insertOperatorNote } from '../../ledger/deliveries.js';
import { insertEvent } from '../../ledger/insert-event.js';
import { recordOrphans } from '../../ledger/orphans.js';
import { readLastOfPlaces, readUngranted, readWanted } from '../../ledger/read-requests.js';
import { skipIds } from '../../ledger/recover.js';
import type { Membership, Server, Target } from '../../postgres/target.js';
import { notInTheLedger, RESTORED } from '../../surfaces/doubt.js';
import { change } from '../change.js';
import type { Deps } from '../deps.js';
import { IDS_BETWEEN, judgeAnchor } from './anchors.js';

type AcceptDeps = Pick<Deps, 'db' | 'outbox' | 'sweeps' | 'config'>;

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
  const last = new Map(
    (await readLastOfPlaces(db, server.id, memberships)).flatMap((request) =>
      request.place ? [[pairKey(request.place), request] as const] : [],
    ),
  );
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
      return isFinal(granted.state)
        ? [
            `${pair}: has ended here as ${requestName(granted.id)}, and was granted again since; is left alone, and reported`,
          ]
        : [];
    }),
  ];
}

/** What was not granted yet when the backup was made; what was asked for since has an id that was skipped to. */
async function readOld(
  db: Deps['db'],
  name: string,
  remembered: Anchor | null,
): Promise<readonly AccessRequest[]> {
  const { requests } = await readUngranted(db, name);
  return requests.filter(({ id }) => remembered === null || id <= remembered.lastId + IDS_BETWEEN);
}

/**
 * What no open request explains was granted after the backup, also where the same pair has ended before: it is written
 * down as found, so that no comparison takes it for what outlived that request. Its holder is told that the end they were
 * told of is not known here.
 */
async function report(
  { db, config }: AcceptDeps,
  name: string,
  server: Server,
  memberships: readonly Membership[],
): Promise<void> {
  const last = await readLastOfPlaces(db, server.id, memberships);
  const open = new Set(
    last.flatMap(({ place, state }) => (place === null || isFinal(state) ? [] : [pairKey(place)])),
  );
  const found = memberships.filter((membership) => !open.has(pairKey(membership)));
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

function anchorOf(noted: NotedAnchor): Anchor | null {
  return noted === 'garbled' ? null : noted;
}

function about({ id, role, login }: AccessRequest): string {
  return `${requestName(id)} (${role} to ${login})`;
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
  // A ledger that has not gone back has nothing to make up for, and believes nothing that somebody else wrote.
  if (remembered !== null && says !== 'forged') await skipIds(db, remembered.lastId + IDS_BETWEEN);
  const requests = says === 'forged' ? [] : await readOld(db, name, remembered);
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'restored', trouble: RESTORED } }),
  );
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
