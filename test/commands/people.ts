/** Requests in a ledger, made as Hallpass makes them: each step an event of the state table. */

import { change } from '../../src/access/change.js';
import { OTHERS_LOOK } from '../../src/access/deps.js';
import type { RequestEvent } from '../../src/domain/request/request-events.js';
import type { Queryable } from '../../src/ledger/pool.js';
import { insertRequest, type NewRequest } from '../../src/ledger/requests/insert-request.js';
import { aWish } from '../ledger/a-ledger.js';

export const SERVER = '7300000000000000001';
const TERMS = { sessions: 'auto', setRole: false, graceMs: 10_000, idleMs: null } as const;
export const PROOF = { found: false, closed: 2, prepared: [] };

let oid = 20_000;

/** The steps to a grant that is proved, each with a membership of its own. @param grantorOid our login there */
export function granted(by = 'U0BEN', grantorOid = 10): readonly RequestEvent[] {
  oid += 1;
  const place = { server: SERVER, grantorOid, roleOid: 16_400, memberOid: oid };
  return [
    { type: 'approve', by, via: 'dba', maxMs: 2_700_000 },
    { type: 'intend', place, terms: TERMS },
    { type: 'granted', mark: '801', users: [] },
  ];
}

/** @returns the request's id */
export async function asked(
  db: Queryable,
  wish: Partial<NewRequest>,
  events: readonly RequestEvent[] = [],
): Promise<number> {
  const request = await insertRequest(db, aWish(wish));
  if (request === null) throw new Error('the request was not taken');
  await happened(db, request.id, events);
  return request.id;
}

export async function happened(db: Queryable, id: number, events: readonly RequestEvent[]): Promise<void> {
  for (const event of events) {
    const outcome = (await change({ db, ...OTHERS_LOOK }, [id], () => ({ event }))).get(id);
    if (outcome?.ok !== true) throw new Error(`R-${id} refused ${event.type}`);
  }
}
