import type { GrantTerms } from '../domain/grant-terms.js';
import type { Principal } from '../domain/policy.js';
import type { MembershipId } from '../domain/request.js';
import type { Queryable } from './pool.js';

/** A grant as a guarded target remembers it, with what the configuration adds. */
export interface Remembered {
  readonly id: number;
  readonly target: string;
  readonly role: string;
  readonly login: string;
  readonly place: MembershipId;
  readonly terms: GrantTerms;
  readonly mark: string;
  readonly grantedAt: Date;
  readonly expiresAt: Date;
  /** Who is told: the person with this login. */
  readonly requester: string;
  readonly asked: readonly Principal[];
  /** The channel of its card. */
  readonly channel: string;
}

/** `same`: the ledger had it right. `ended`, `other`: the ledger has it ended, or has something else by that id. */
export type Recovered = 'inserted' | 'updated' | 'same' | 'ended' | 'other';

const RECOVER = `
  with known as (
    select * from requests where id = $1
  ), updated as (
    update requests r set state = 'active', version = r.version + 1, granted_at = $11, expires_at = $12,
        warn_at = null, server = $5, grantor_oid = $6, role_oid = $7, member_oid = $8, mark = $13,
        sessions = $14, set_role = $15, grace_ms = $16, pending_until = greatest(r.pending_until, $11)
      from known where r.id = known.id and known.target = $2 and known.role = $3 and known.login = $4
        and (known.state in ('pending', 'granting') or (known.state = 'active' and known.expires_at < $12))
      returning r.*
  ), inserted as (
    insert into requests (id, state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
        pending_until, server, grantor_oid, role_oid, member_oid, granted_at, expires_at, mark, sessions, set_role,
        grace_ms)
      overriding system value
      select $1, 'active', $2, $3, $4, $9, 'Recovered from the target', ms, ms, $10, 'recovered:' || $1, $11,
        $5, $6, $7, $8, $11, $12, $13, $14, $15, $16
        from (select greatest(1, round(extract(epoch from $12::timestamptz - $11::timestamptz) * 1000))::bigint as ms) d
        where not exists (select from known)
      on conflict do nothing returning *
  ), changed as (
    select * from updated union all select * from inserted
  ), audited as (
    insert into events (request_id, kind, actor, data)
      select id, 'recovered', null, jsonb_build_object('server', server, 'expiresAt', expires_at) from changed
  ), shown as (
    insert into deliveries (key, kind, request_id, recipient, wanted)
      select 'card:' || id, 'card', id, $17::text, version from changed
      on conflict (key) do update set wanted = excluded.wanted, not_before = now()
  )
  select case
    when exists (select from inserted) then 'inserted'
    when exists (select from updated) then 'updated'
    when exists (select from known where target = $2 and role = $3 and login = $4 and state in ('active', 'ending'))
      then 'same'
    when exists (select from known where target = $2 and role = $3 and login = $4) then 'ended'
    else 'other' end as became`;

/** Writes what the ledger has lost: it gives nobody anything that the target has not. */
export async function recoverGrant(db: Queryable, grant: Remembered): Promise<Recovered> {
  const { place, terms } = grant;
  const { rows } = await db.query<{ became: Recovered }>(RECOVER, [
    grant.id,
    grant.target,
    grant.role,
    grant.login,
    place.server,
    place.grantorOid,
    place.roleOid,
    place.memberOid,
    grant.requester,
    JSON.stringify(grant.asked),
    grant.grantedAt,
    grant.expiresAt,
    grant.mark,
    terms.sessions,
    terms.setRole,
    terms.graceMs,
    grant.channel,
  ]);
  return rows[0]?.became ?? 'other';
}

/** As skipIds, by a ledger that has given out no id yet; any other is left as it is. */
export async function skipFirstIds(db: Queryable, last: number): Promise<void> {
  const { rows } = await db.query<{ fresh: boolean }>('select not exists (select from requests) as fresh');
  if (rows[0]?.fresh === true) await skipIds(db, last);
}

/** No id up to this one is given out again. */
export async function skipIds(db: Queryable, last: number): Promise<void> {
  await db.query(
    `select setval(pg_get_serial_sequence('requests', 'id'), greatest($1::bigint, nextval(pg_get_serial_sequence('requests', 'id'))))`,
    [last],
  );
}
