/**
 * What the ledger knows of a target that keeps Hallpass from granting or revoking there: the same reasons as a sweep's,
 * read without writing anything down.
 */

import { type KnownServer, standingOf } from '../../../domain/postgres/server-identity.js';
import type { AccessRequest } from '../../../domain/request/request.js';
import { readReach } from '../../../ledger/audit/anchor.js';
import type { Queryable } from '../../../ledger/pool.js';
import { readWanted } from '../../../ledger/requests/read-requests.js';
import { type GrantBlockers, readGrantBlockers } from '../../../ledger/targets/servers.js';
import { readTarget } from '../../../ledger/targets/targets.js';
import type { Server, Surroundings } from '../../../postgres/target.js';
import { type AnchorSays, anchorOf, judgeAnchor } from '../../recovery/anchors.js';
import { type Finding, failure, note } from '../finding.js';

/** A target's server as it answered. */
export interface AnsweredAs {
  readonly server: Server;
  readonly surroundings: Pick<Surroundings, 'anchor' | 'isShared'>;
}

/** How the ledger stands to a server that answered. */
export interface LedgerStanding {
  readonly standpoint: GrantBlockers;
  readonly wanted: Awaited<ReturnType<typeof readWanted>>;
  readonly anchor: AnchorSays | 'garbled';
  /** By the anchor, or because a sweep has found so. */
  readonly isDoubted: boolean;
}

/** @param among the targets of the configuration. @throws what the ledger throws. */
export async function readStanding(
  db: Queryable,
  key: string,
  among: readonly string[],
  { server, surroundings }: AnsweredAs,
): Promise<LedgerStanding> {
  const noted = surroundings.anchor;
  const [standpoint, wanted, { doubted }, anchor] = await Promise.all([
    readGrantBlockers(db, key, server, among),
    readWanted(db, key),
    readTarget(db, key),
    noted === 'garbled'
      ? noted
      : judgeAnchor(db, { target: key, server: server.id }, noted).then(({ says }) => says),
  ]);
  return { standpoint, wanted, anchor, isDoubted: doubted || anchor === 'doubted' };
}

/** @throws what the ledger throws. */
export async function describeStanding(
  db: Queryable,
  key: string,
  { server, surroundings: { anchor, isShared } }: AnsweredAs,
  standing: LedgerStanding,
): Promise<readonly Finding[]> {
  return [
    ...(await describeAnchor(db, key, anchor, standing.anchor)),
    ...describeServer(
      key,
      standing.standpoint,
      server,
      anchorOf(anchor)?.seq ?? null,
      standing.wanted.requests,
    ),
    ...describeTwin(key, standing.standpoint),
    ...(isShared ? [shared(server.login)] : []),
  ];
}

/** Of a target that doesn't answer: by the last look that a running Hallpass had. @throws what the ledger throws. */
export async function describeLastStanding(db: Queryable, key: string): Promise<readonly Finding[]> {
  const { doubted, stranger } = await readTarget(db, key);
  return [...(doubted ? [inDoubt(key, '')] : []), ...(stranger === null ? [] : [maybeACopy(key)])];
}

async function describeAnchor(
  db: Queryable,
  key: string,
  noted: Surroundings['anchor'],
  says: LedgerStanding['anchor'],
): Promise<readonly Finding[]> {
  if (noted === 'garbled') {
    const garbled =
      'The login of Hallpass has a default application_name there that looks like a note of Hallpass’s, but can’t be one: somebody may be able to alter that login.';
    return [note('ledger', garbled, 'Find out who did it. Hallpass writes its own note over it.')];
  }
  if (noted === null || says === 'ours') return [];
  if (says === 'doubted') {
    const { seq } = await readReach(db);
    const entries = ` (it had entry ${noted.seq} of the audit trail; this ledger ends with ${seq})`;
    return [inDoubt(key, noted.seq > seq ? entries : '')];
  }
  return [
    failure(
      'ledger',
      'What the server remembers of the ledger is not signed by it: somebody has changed Hallpass’s login there, or another Hallpass uses it. Nothing is granted there; what is due is revoked.',
      `Find out who did it, then run \`hallpass recover --accept ${key}\`.`,
    ),
  ];
}

/** @param how in brackets, after a space; or nothing. */
function inDoubt(key: string, how: string): Finding {
  return failure(
    'ledger',
    `The ledger is in doubt: it is not as this server remembers it${how}. Nothing is granted or revoked there, not even what has expired, until an operator decides.`,
    `Run \`hallpass recover ${key}\`: it shows what is granted there, and how to go on.`,
  );
}

/** As the next comparison will take it (meet-server.ts, `meet`). */
function describeServer(
  key: string,
  { known, replaced }: GrantBlockers,
  server: Server,
  anchor: number | null,
  requests: readonly AccessRequest[],
): readonly Finding[] {
  const places = requests.flatMap(({ place }) => (place === null ? [] : [place]));
  const isElsewhere = places.some((place) => place.server !== server.id);
  if (replaced?.id === server.id) return [];
  switch (known === null ? 'other' : standingOf(known, { ...server, anchor })) {
    case 'same':
    case 'restarted':
    case 'failed_over':
      return [];
    case 'unknown':
      return places.length === 0 ? [] : [maybeACopy(key)];
    case 'other':
      return isElsewhere ? [another(key, known, server.id)] : [];
  }
}

function maybeACopy(key: string): Finding {
  return failure(
    'server',
    'Another server answers at this address than before. It may be a failover or a copy: nothing is granted there, and nothing that it shows proves that access is gone.',
    `If it is a copy, correct connect:. If it has replaced the old one for good: hallpass recover --replaced ${key}`,
  );
}

function another(key: string, known: Pick<KnownServer, 'id'> | null, found: string): Finding {
  const before = known === null ? 'the one that Hallpass granted on' : known.id;
  return failure(
    'server',
    `Another server answers at this address: its system identifier is ${found}, not ${before}. Nothing is granted there, and what is open on the other one can’t be revoked.`,
    `Correct connect:. If the old server was replaced for good: hallpass recover --replaced ${key}`,
  );
}

function describeTwin(key: string, { twin, isTwinSure }: GrantBlockers): readonly Finding[] {
  if (twin === null || !isTwinSure) return [];
  return [
    failure(
      'server',
      `${key} is the same server as ${twin}: roles belong to a whole server, so nothing is granted on ${key}.`,
      `Put the roles of ${key} under ${twin}, and leave ${key} out.`,
    ),
  ];
}

function shared(login: string): Finding {
  return failure(
    'server',
    `Another installation of Hallpass is connected as ${login}: neither can tell whose memberships are whose.`,
    'Give each installation a login of its own there: `hallpass setup-sql` makes it.',
  );
}
