import type { Link } from '../../domain/audit/audit-chain.js';
import { hashAt, readLinks, readStretch } from '../../ledger/audit/audit-chain.js';
import type { Queryable } from '../../ledger/pool.js';
import { type About, readAbout } from '../../ledger/requests/read-about.js';

/** Links in memory at a time; one with a preview takes some tens of kilobytes. */
const PAGE = 500;

/** A link with what it is chained to, so that each can be verified by itself, without the ledger. */
export interface Exported extends Link {
  /** null when the link before it is gone. */
  readonly previous: string | null;
  /** The request that it is about; null when it is about none, or about one that is gone. */
  readonly about: About | null;
}

/**
 * The chain from the first event of a time to its last, unbroken: one that another transaction dated a moment outside
 * it may be among them. Reads on only as fast as it is read.
 * @param until exclusive; null for either has no bound.
 */
export async function* exportEvents(
  db: Queryable,
  since: Date | null,
  until: Date | null,
): AsyncGenerator<Exported> {
  const stretch = await readStretch(db, since, until);
  if (stretch === null) return;
  let last = { seq: stretch.first - 1, hash: await hashAt(db, stretch.first - 1) };
  for (;;) {
    const links = await readLinks(db, last.seq, stretch.last, PAGE);
    if (links.length === 0) return;
    const requests = await readAbout(
      db,
      links.flatMap(({ requestId }) => requestId ?? []),
    );
    for (const link of links) {
      const about = link.requestId === null ? null : (requests.get(link.requestId) ?? null);
      yield { ...link, previous: link.seq === last.seq + 1 ? last.hash : null, about };
      last = link;
    }
  }
}
