import type { TargetConfig } from '../../../config/config.js';
import { diffMemberships, pairKey } from '../../../domain/memberships.js';
import { type AccessRequest, isFinal, requestName } from '../../../domain/request.js';
import { readOpenStrays } from '../../../ledger/open-strays.js';
import { readReported } from '../../../ledger/orphans.js';
import type { Queryable } from '../../../ledger/pool.js';
import { readLastOfPlaces, readWanted } from '../../../ledger/read-requests.js';
import { readTarget } from '../../../ledger/targets.js';
import { OWNER } from '../../../postgres/guarded/names.js';
import type { Membership, Server, Target } from '../../../postgres/target.js';
import { judgeAnchor } from '../../recovery/anchors.js';
import { askFormer } from '../../sweeping/former-login.js';
import { type Finding, failure, note, ok } from '../finding.js';
import type { LedgerView } from '../ledger.js';
import { revokeOursSql } from '../sql.js';

/** Memberships that are shown one by one. */
const SHOWN = 10;

/**
 * Does the ledger explain what Hallpass has granted there?
 * @throws TargetError; what the ledger throws.
 */
export async function checkMemberships(
  { key, mode, orphans }: TargetConfig,
  server: Server,
  target: Target,
  ledger: LedgerView,
): Promise<readonly Finding[]> {
  if (!('db' in ledger)) {
    const { memberships } = await target.list();
    const says = `Hallpass has granted ${memberships.length} here; which of them its ledger explains nobody can say, for it can’t be read.`;
    return [note('memberships', says)];
  }
  const former = await findFormer(ledger.db, key, target);
  const { unexplained, doubted } = await findUnexplained(ledger.db, key, target);
  if (unexplained.length === 0 && former.length > 0) return former;
  if (unexplained.length === 0)
    return [ok('memberships', 'The ledger explains all that Hallpass has granted here.')];
  const grantor = mode === 'guarded' ? OWNER : server.login;
  const rest = unexplained.length - SHOWN;
  return [
    ...former,
    ...unexplained
      .slice(0, SHOWN)
      .map((found) =>
        doubted
          ? describeDoubted(found, grantor, key)
          : describeUnexplained(found, grantor, orphans, revokeOursSql(server.version, found, grantor)),
      ),
    ...(rest > 0 ? [failure('memberships', `${rest} more are not explained either.`)] : []),
  ];
}

/** Whoever has it keeps it for good, unless somebody does something; what Hallpass revokes by itself is a note. */
function describeUnexplained(
  { role, login, last }: Unexplained,
  grantor: string,
  orphans: TargetConfig['orphans'],
  sql: string,
): Finding {
  if (last !== null) {
    return failure(
      'memberships',
      `${login} is a member of ${role} by ${grantor}, although ${requestName(last.id)} has ended.`,
      `A Hallpass that runs revokes it by itself, within minutes. Without one:\n${sql}`,
    );
  }
  const says = `${login} is a member of ${role} by ${grantor}, and no request in the ledger explains it.`;
  if (orphans === 'revoke') {
    return note('memberships', says, 'A Hallpass that runs revokes it by itself (orphans: revoke).');
  }
  return failure(
    'memberships',
    says,
    `Likely causes, in order: another Hallpass uses the same login, the ledger was restored, somebody granted it by hand. To revoke it, click in the operators’ channel, or:\n${sql}`,
  );
}

/** Of a ledger in doubt nothing is revoked, and nothing should be by hand: it doesn't know what was granted since. */
function describeDoubted({ role, login, last }: Unexplained, grantor: string, key: string): Finding {
  const ended = last === null ? '' : `, and has ended ${requestName(last.id)}`;
  return failure(
    'memberships',
    `${login} is a member of ${role} by ${grantor}. This ledger doesn’t explain it${ended}, and is in doubt.`,
    `Run \`hallpass recover ${key}\` first.`,
  );
}

/** What another login of ours has granted there, which is dropped or ours no longer. */
async function findFormer(db: Queryable, key: string, target: Target): Promise<readonly Finding[]> {
  const { requests } = await readWanted(db, key);
  const { server } = await target.list();
  const placed = requests.flatMap(({ id, role, login, place }) =>
    place !== null && place.server === server.id && place.grantorOid !== server.grantorOid
      ? [{ what: `${requestName(id)} (${role} to ${login})`, place }]
      : [],
  );
  const former = await askFormer(
    target,
    server.id,
    placed.map(({ place }) => place),
  );
  return placed.slice(0, SHOWN).flatMap(({ what, place }) => {
    const grant = former.get(pairKey(place));
    if (grant?.what === 'stands') {
      return [
        failure(
          'memberships',
          `${what} was granted by a login of Hallpass that was dropped, or made again under the same name: ${server.login} of today can’t revoke it.`,
          `As a database administrator:\n${grant.revoke}`,
        ),
      ];
    }
    if (grant?.what !== 'other') return [];
    return [
      failure(
        'memberships',
        `${what} was granted by ${grant.grantor}, and Hallpass now logs in as ${server.login}.`,
        `Put ${grant.grantor} back into connect: until nothing of it is out.`,
      ),
    ];
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
  target: Target,
): Promise<{ readonly unexplained: readonly Unexplained[]; readonly doubted: boolean }> {
  // The ledger is read first: what is granted meanwhile is found explained below.
  const { now, requests } = await readWanted(db, key);
  const { server, memberships, surroundings } = await target.list();
  const seen = { server: server.id, grantorOid: server.grantorOid, memberships };
  const { unexplained } = diffMemberships(requests, seen, now);
  const { anchor } = surroundings;
  const [last, strays, reported, { doubted }, judged] = await Promise.all([
    readLastOfPlaces(db, server.id, unexplained),
    readOpenStrays(db, key),
    readReported(db, key, server.id),
    readTarget(db, key),
    anchor === 'garbled' ? null : judgeAnchor(db, { target: key, server: server.id }, anchor),
  ]);
  const lastOf = new Map(last.flatMap((each) => (each.place === null ? [] : [[pairKey(each.place), each]])));
  const leaving = new Set(strays.filter((stray) => stray.server === server.id).map(pairKey));
  const found = unexplained.flatMap((membership) => {
    const pair = pairKey(membership);
    const request = lastOf.get(pair) ?? null;
    if (leaving.has(pair) || (request !== null && !isFinal(request.state))) return [];
    return [{ ...membership, last: reported.has(pair) ? null : request }];
  });
  return { unexplained: found, doubted: doubted || judged?.says === 'doubted' };
}
