/**
 * Taking back: by server identity and OIDs, and recorded only from what the target showed afterwards. A target
 * that cannot be asked proves nothing, and the intent to take back stands.
 */
import { pairKey } from '../domain/compare.js';
import type { AccessRequest, Place } from '../domain/request.js';
import { HallpassError } from '../errors.js';
import { forgetChecked } from '../ledger/targets.js';
import { TargetError } from '../target/errors.js';
import type { TakenBack, Target } from '../target/target.js';
import { change } from './change.js';
import type { Deps } from './deps.js';
import { asHallpassError, type Hindered, recordHindered } from './hindered.js';

interface Placed {
  readonly request: AccessRequest;
  readonly place: Place;
}

/** Takes these back, and records what was proved. @returns the ids that could not be settled now. */
export async function takeBack(
  deps: Pick<Deps, 'db' | 'changed' | 'logger'>,
  target: Target,
  requests: readonly AccessRequest[],
): Promise<readonly number[]> {
  const undone: number[] = [];
  for (const [server, placed] of byServer(requests)) {
    const answers = await revoke(deps, target, server, placed);
    const ourOid = await whoWeAre(target, answers.values());
    const gone: { request: AccessRequest; found: boolean }[] = [];
    const failed: Hindered[] = [];
    for (const { request, place } of placed) {
      const answer = answers.get(pairKey(place));
      if (answer === undefined) {
        failed.push({ request, error: asHallpassError('the target did not answer for it') });
      } else if (answer.outcome === 'failed') failed.push({ request, error: answer.error });
      else if (answer.outcome === 'absent' && ourOid !== place.grantorOid) {
        failed.push({ request, error: new HallpassError(OTHER_LOGIN, { passing: true }) });
      } else gone.push({ request, found: answer.outcome === 'absent' });
    }
    await recordGone(deps, gone);
    await recordHindered(deps, failed);
    undone.push(...failed.map(({ request }) => request.id));
  }
  return undone;
}

/** Records that these are proved gone. `found`: it was missing before we took anything. */
export async function recordGone(
  deps: Pick<Deps, 'db' | 'changed'>,
  gone: readonly { readonly request: AccessRequest; readonly found: boolean }[],
): Promise<void> {
  const found = new Map(gone.map((g) => [g.request.id, g.found]));
  await change(deps, [...found.keys()], ({ id }) => ({
    event: { type: 'proved_gone', found: found.get(id) ?? false },
  }));
}

const OTHER_LOGIN = 'Hallpass logs in there as another than the one that granted it, and cannot see it.';

/** Our own login's OID, when something was absent: it may only be absent for this login. */
async function whoWeAre(target: Target, answers: Iterable<TakenBack>): Promise<number | null> {
  if (![...answers].some(({ outcome }) => outcome === 'absent')) return null;
  const { server } = await target.look([]);
  return server.loginOid;
}

async function revoke(
  { db }: Pick<Deps, 'db'>,
  target: Target,
  server: string,
  placed: readonly Placed[],
): Promise<ReadonlyMap<string, TakenBack>> {
  const places = placed.map(({ place }) => place);
  try {
    const answers = await target.takeBack(server, places);
    return new Map(answers.map((answer) => [pairKey(answer), answer]));
  } catch (thrown) {
    const error = asHallpassError(thrown);
    // The operators must hear of it: the comparison of all our memberships tells them.
    if (error instanceof TargetError && error.kind === 'other_server') {
      for (const name of new Set(placed.map(({ request }) => request.target))) await forgetChecked(db, name);
    }
    return new Map(places.map((place) => [pairKey(place), { ...place, outcome: 'failed', error }]));
  }
}

function byServer(requests: readonly AccessRequest[]): ReadonlyMap<string, readonly Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const request of requests) {
    if (request.place === null) continue;
    const group = groups.get(request.place.server);
    if (group) group.push({ request, place: request.place });
    else groups.set(request.place.server, [{ request, place: request.place }]);
  }
  return groups;
}
