import type { Principal } from '../../domain/policy/policy.js';
import type { GrantTerms } from '../../domain/request/grant-terms.js';
import type { MembershipId } from '../../domain/request/request.js';
import type { Queryable } from '../pool.js';

/** A grant as a guarded target remembers it, completed from the configuration. */
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

/** `same`: the ledger was right. `ended`: it says the grant ended. `other`: that id is another request. */
export type Recovered = 'inserted' | 'updated' | 'same' | 'ended' | 'other';

const RECOVER = `
  with lost as (
    select l.*, greatest(1, round(extract(epoch from "expiresAt" - "grantedAt") * 1000))::bigint as ms
      from jsonb_to_record($1::jsonb) as l(id bigint, target text, role text, login text, requester text, asked jsonb,
        channel text, "grantedAt" timestamptz, "expiresAt" timestamptz, mark text, server text, "grantorOid" oid,
        "roleOid" oid, "memberOid" oid, sessions text, "setRole" boolean, "graceMs" bigint)
  ), known as (
    select r.*, (r.target, r.role, r.login) = (l.target, l.role, l.login) as same from requests r join lost l using (id)
  ), updated as (
    update requests r set state = 'active', version = r.version + 1, granted_at = l."grantedAt",
        expires_at = l."expiresAt", warn_at = null, server = l.server, grantor_oid = l."grantorOid",
        role_oid = l."roleOid", member_oid = l."memberOid", mark = l.mark, sessions = l.sessions,
        set_role = l."setRole", grace_ms = l."graceMs", pending_until = greatest(r.pending_until, l."grantedAt")
      from known k, lost l where r.id = k.id and k.same
        and (k.state in ('pending', 'granting') or k.state = 'active' and k.expires_at < l."expiresAt")
      returning r.*
  ), inserted as (
    insert into requests (id, state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
        pending_until, server, grantor_oid, role_oid, member_oid, granted_at, expires_at, mark, sessions, set_role,
        grace_ms)
      overriding system value
      select id, 'active', target, role, login, requester, 'Recovered from the target', ms, ms, asked,
          'recovered:' || id, "grantedAt", server, "grantorOid", "roleOid", "memberOid", "grantedAt", "expiresAt",
          mark, sessions, "setRole", "graceMs"
        from lost where not exists (select from known)
      on conflict do nothing returning *
  ), changed as (
    select * from updated union all select * from inserted
  ), audited as (
    insert into events (request_id, kind, actor, data)
      select id, 'recovered', null, jsonb_build_object('server', server, 'expiresAt', expires_at) from changed
  ), shown as (
    insert into deliveries (key, kind, request_id, recipient, wanted)
      select 'card:' || c.id, 'card', c.id, l.channel, c.version from changed c join lost l using (id)
      on conflict (key) do update set wanted = excluded.wanted, not_before = now()
  )
  select case
    when exists (select from inserted) then 'inserted'
    when exists (select from updated) then 'updated'
    when exists (select from known where same and state in ('active', 'ending')) then 'same'
    when exists (select from known where same) then 'ended'
    else 'other' end as became`;

/** Writes a grant that the ledger has lost. It gives nobody anything that the target doesn't give them already. */
export async function recoverGrant(
  db: Queryable,
  { place, terms, ...grant }: Remembered,
): Promise<Recovered> {
  const { rows } = await db.query<{ became: Recovered }>(RECOVER, [
    JSON.stringify({ ...grant, ...place, ...terms }),
  ]);
  return rows[0]?.became ?? 'other';
}

/** Does `skipIds` on a ledger without requests; leaves any other alone. */
export async function skipFirstIds(db: Queryable, last: number): Promise<void> {
  const { rows } = await db.query<{ fresh: boolean }>('select not exists (select from requests) as fresh');
  if (rows[0]?.fresh === true) await skipIds(db, last);
}

/** Makes sure that no id up to this one is used again. */
export async function skipIds(db: Queryable, last: number): Promise<void> {
  await db.query(
    `select setval(pg_get_serial_sequence('requests', 'id'), greatest($1::bigint, nextval(pg_get_serial_sequence('requests', 'id'))))`,
    [last],
  );
}
