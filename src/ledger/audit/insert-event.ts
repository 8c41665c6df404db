import type { AuditEvent } from '../../domain/request/request-events.js';
import type { Queryable } from '../pool.js';

/** Writes an audit event that changes no request's state. */
export async function insertEvent(
  db: Queryable,
  requestId: number | null,
  { kind, actor, data }: AuditEvent,
): Promise<void> {
  await db.query('insert into events (request_id, kind, actor, data) values ($1, $2, $3, $4)', [
    requestId,
    kind,
    actor,
    JSON.stringify(data),
  ]);
}
