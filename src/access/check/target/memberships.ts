import type { TargetConfig } from '../../../config/config.js';
import { diffMemberships, pairKey } from '../../../domain/postgres/memberships.js';
import { type AccessRequest, requestName } from '../../../domain/request/request.js';
import { isFinal } from '../../../domain/request/request-state.js';
import type { Queryable } from '../../../ledger/pool.js';
import { readLastOfPlaces } from '../../../ledger/requests/read-requests.js';
import { readUnprovedStrays } from '../../../ledger/targets/open-strays.js';
import { readReported } from '../../../ledger/targets/orphans.js';
import { GRANTORS_SINCE, revokeFromSql } from '../../../postgres/quote.js';
import type { Membership, Server, Target } from '../../../postgres/target.js';
import { askFormer } from '../../sweeping/former-login.js';
import { type Finding, failure, note, ok } from '../finding.js';
import type { LedgerStanding } from './standing.js';

/** Memberships that are shown one by one. */
const SHOWN = 10;

type Listed = Awaited<ReturnType<Target['list']>>;

/** What Hallpass has granted there, for a ledger that can't be read. @throws TargetError */
export async function countMemberships(target: Target): Promise<readonly Finding[]> {
  const { memberships } = await target.list();
  const says = `Hallpass has granted ${memberships.length} here; the ledger can’t be read, so they can’t be matched to requests.`;
  return [note('memberships', says)];
}

/**
 * Does the ledger explain what Hallpass has granted there?
 * @param standing read before the memberships are listed: what is granted in between is found explained.
 * @throws TargetError; what the ledger throws.
 */
export async function checkMemberships(
  db: Queryable,
  config: TargetConfig,
  target: Target,
  standing: LedgerStanding,
): Promise<readonly Finding[]> {
  const listed = await target.list();
  const former = await describeFormer(standing, listed.server, target);
  const unexplained = await findUnexplained(db, config.key, standing, listed);
  const rest = unexplained.length - SHOWN;
  const findings = [
    ...former,
    ...unexplained
      .slice(0, SHOWN)
      .map((found) =>
        standing.isDoubted
          ? describeDoubted(found, listed.server, config.key)
          : describeUnexplained(found, listed.server, config.orphans),
      ),
    ...(rest > 0 ? [failure('memberships', `${rest} more are not explained either.`)] : []),
  ];
  return findings.length > 0
    ? findings
    : [ok('memberships', 'The ledger explains all that Hallpass has granted here.')];
}

/** A failure where the access stays until somebody acts; what Hallpass revokes by itself is a note. */
function describeUnexplained(
  { role, login, last }: Unexplained,
  { version, grantor }: Server,
  orphans: TargetConfig['orphans'],
): Finding {
  const says = `${login} is a member of ${role} by ${grantor}`;
  const sql = revokeFromSql(role, login, version >= GRANTORS_SINCE ? grantor : null);
  if (last !== null) {
    return failure(
      'memberships',
      `${says}, although ${requestName(last.id)} has ended.`,
      `A Hallpass that runs revokes it by itself, within minutes. Without one:\n${sql}`,
    );
  }
  const unexplained = `${says}, and no request in the ledger explains it.`;
  if (orphans === 'revoke') {
    return note('memberships', unexplained, 'A Hallpass that runs revokes it by itself (orphans: revoke).');
  }
  return failure(
    'memberships',
    unexplained,
    `Likely causes, in order: another Hallpass uses the same login, the ledger was restored, somebody granted it by hand. To revoke it, click in the operators’ channel, or:\n${sql}`,
  );
}

/** A ledger in doubt doesn't know what was granted since: nothing should be revoked by it, not even by hand. */
function describeDoubted({ role, login, last }: Unexplained, { grantor }: Server, key: string): Finding {
  const ended = last === null ? '' : `, and has ended ${requestName(last.id)}`;
  return failure(
    'memberships',
    `${login} is a member of ${role} by ${grantor}. This ledger doesn’t explain it${ended}, and is in doubt.`,
    `Run \`hallpass recover ${key}\` first.`,
  );
}

/** What another login of ours has granted there, which was dropped or is no longer ours. */
async function describeFormer(
  { wanted: { requests } }: LedgerStanding,
  server: Server,
  target: Target,
): Promise<readonly Finding[]> {
  const placed = requests.flatMap(({ id, role, login, place }) =>
    place !== null && place.server === server.id && place.grantorOid !== server.grantorOid
      ? [{ what: `${requestName(id)} (${role} to ${login})`, place }]
      : [],
  );
  const places = placed.map(({ place }) => place);
  const former = await askFormer(target, server.id, places);
  return placed.slice(0, SHOWN).flatMap(({ what, place }) => {
    const grant = former.get(pairKey(place));
    if (grant?.what === 'stands') {
      return failure(
        'memberships',
        `${what} was granted by a login of Hallpass that was dropped, or made again under the same name: ${server.login} of today can’t revoke it.`,
        `As a database administrator:\n${grant.revoke}`,
      );
    }
    if (grant?.what !== 'other') return [];
    return failure(
      'memberships',
      `${what} was granted by ${grant.grantor}, and Hallpass now logs in as ${server.login}.`,
      `Put ${grant.grantor} back into connect: until everything that it granted has ended.`,
    );
  });
}

/** A membership, and the last request for it; null when there was none, or it was reported, and waits for a click. */
interface Unexplained extends Membership {
  readonly last: Pick<AccessRequest, 'id'> | null;
}

/** As the drift check: what this ledger never granted, and what outlived its request; not what is being revoked. */
async function findUnexplained(
  db: Queryable,
  key: string,
  { wanted: { now, requests } }: LedgerStanding,
  { server, memberships }: Listed,
): Promise<readonly Unexplained[]> {
  const seen = { server: server.id, grantorOid: server.grantorOid, memberships };
  const { unexplained } = diffMemberships(requests, seen, now);
  const [last, strays, reported] = await Promise.all([
    readLastOfPlaces(db, server.id, unexplained),
    readUnprovedStrays(db, key),
    readReported(db, key, server.id),
  ]);
  const lastOf = new Map(last.flatMap((each) => (each.place === null ? [] : [[pairKey(each.place), each]])));
  const leaving = new Set(strays.filter((stray) => stray.server === server.id).map(pairKey));
  return unexplained.flatMap((membership) => {
    const pair = pairKey(membership);
    const request = lastOf.get(pair) ?? null;
    if (leaving.has(pair) || (request !== null && !isFinal(request.state))) return [];
    return [{ ...membership, last: reported.has(pair) ? null : request }];
  });
}
