/**
 * An operator decides to go on with a ledger that a target does not remember so: a restored one, or an empty one. What
 * this ledger has out there ends by it from then on; what it was about to lend is not lent, for it may have been lent,
 * and ended, since. It gives nobody access.
 */
import type { Anchor } from '../domain/anchor.js';
import { isSame, pairKey } from '../domain/compare.js';
import { type AccessRequest, isFinal, requestName } from '../domain/request.js';
import { readAnchor, recordDoubt } from '../ledger/anchor.js';
import { insertEvent } from '../ledger/insert-event.js';
import { readLastOfPlaces, readUnlent, readWanted } from '../ledger/read-requests.js';
import { skipIds } from '../ledger/recover.js';
import { RESTORED } from '../surfaces/doubt.js';
import type { Target } from '../target/target.js';
import { IDS_BETWEEN } from './anchors.js';
import { change } from './change.js';
import type { Deps } from './deps.js';

type AcceptDeps = Pick<Deps, 'db' | 'changed'>;

/** What would come of it, a line for each grant; changes nothing. @throws TargetError */
export async function foresee({ db }: AcceptDeps, name: string, target: Target): Promise<readonly string[]> {
  const { now, requests } = await readWanted(db, name);
  const { server, surroundings, memberships } = await target.list();
  const here = { server: server.id, grantorOid: server.grantorOid };
  const there = new Set(memberships.map(pairKey));
  const out = requests.filter(({ state }) => state !== 'granting');
  const unlent = await readOld(db, name, surroundings.anchor);
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
    ...unlent.map((request) => `${about(request)}: is ${request.state} here; is not lent, ask again`),
    ...memberships.flatMap((membership) => {
      const lent = last.get(pairKey(membership));
      const pair = `${membership.role} to ${membership.login}`;
      if (lent === undefined) return [`${pair}: not in this ledger; is left alone, and reported`];
      return isFinal(lent.state)
        ? [`${pair}: has ended here as ${requestName(lent.id)}; is taken back at once`]
        : [];
    }),
  ];
}

/** What was not lent yet when the backup was made; what was asked for since has an id that was skipped to. */
async function readOld(
  db: Deps['db'],
  name: string,
  remembered: Anchor | null,
): Promise<readonly AccessRequest[]> {
  const { requests } = await readUnlent(db, name);
  return requests.filter(({ id }) => remembered === null || id <= remembered.lastId + IDS_BETWEEN);
}

function about({ id, role, login }: AccessRequest): string {
  return `${requestName(id)} (${role} to ${login})`;
}

function whatThen({ state, expiresAt }: AccessRequest, isThere: boolean, now: Date): string {
  if (!isThere) return 'is closed';
  if (state === 'ending' || expiresAt === null || expiresAt <= now) return 'is taken back at once';
  return `is taken back at ${expiresAt.toISOString()}`;
}

/** Goes on with this ledger there. @throws TargetError, HallpassError */
export async function accept(deps: AcceptDeps, name: string, target: Target): Promise<void> {
  const { db } = deps;
  const { server, surroundings } = await target.list();
  const remembered = surroundings.anchor;
  if (remembered !== null) await skipIds(db, remembered.lastId + IDS_BETWEEN);
  const requests = await readOld(db, name, remembered);
  await change(
    deps,
    requests.map(({ id }) => id),
    () => ({ event: { type: 'restored', trouble: RESTORED } }),
  );
  await insertEvent(db, null, { kind: 'ledger_accepted', actor: null, data: { target: name, remembered } });
  await target.writeAnchor(server.id, await readAnchor(db));
  await recordDoubt(db, name, null);
}
