/** A ledger with a long past and a great many grants that are out. */
import { CROWD, loginOf } from '../sandbox/herd/crowd.js';
import { BATCH, withClient } from '../sandbox/herd/herd-target.js';
import type { World } from './world.js';

const ENDED = 1_000_000;

/** A million requests that have ended, over a year. Once. */
export async function fillEnded({ sql, shop }: World): Promise<void> {
  const [known] = await sql<{ there: boolean }>(
    `select exists (select from requests where reason = 'past') as there`,
  );
  if (known?.there === true) return;
  await sql(
    `insert into requests (version, state, why, target, role, login, requester, reason, wished_ms, duration_ms, asked,
         view_id, created_at, pending_until, decided_at, decided_by, decided_via, server, grantor_oid, role_oid,
         member_oid, granted_at, expires_at, ended_at, sessions, set_role, grace_ms, mark)
       select 6, 'ended', 'expired', $1, $2, 'c' || lpad(who::text, 5, '0'), 'U0C' || lpad(who::text, 5, '0'), 'past',
         3600000, 3600000, '[]', 'past:' || n, at, at, at, 'U0CORA', 'dba', $3, $4, $5, $6 + who, at,
         at + interval '1 hour', at + interval '1 hour', 'auto', false, 30000, '1'
       from (select n, 1 + n % ${CROWD} as who, now() - interval '1 year' + n * interval '30 seconds' as at
               from generate_series(1, ${ENDED}) n) past`,
    [shop.key, shop.role, shop.server, shop.grantorOid, shop.roleOid, shop.memberOids[0]],
  );
  await sql('vacuum analyze requests');
}

/**
 * Grants that are out on the shop, for eight more hours: so many logins of the crowd as needed, ten roles each. Those
 * that are there already are not granted again.
 */
export async function fillActive(world: World, grants: number): Promise<void> {
  const { sql, shop } = world;
  const roles = await crowdRoles(world);
  await sql(
    `insert into requests (version, state, target, role, login, requester, reason, wished_ms, duration_ms, asked, view_id,
         pending_until, decided_at, decided_by, decided_via, server, grantor_oid, role_oid, member_oid, granted_at,
         expires_at, sessions, set_role, grace_ms, mark)
       select 4, 'active', $1, r.name, 'c' || lpad(m.n::text, 5, '0'), 'U0C' || lpad(m.n::text, 5, '0'), 'bench', 3600000,
         3600000, '[]', 'bench:' || gen_random_uuid(), now(), now(), 'U0CORA', 'dba', $2, $3, r.oid, m.oid, now(),
         now() + interval '8 hours' + random() * interval '1 hour', 'auto', false, 30000, '1'
       from unnest($4::oid[]) with ordinality as m (oid, n), unnest($5::text[], $6::oid[]) as r (name, oid)
       where m.n <= $7
       on conflict do nothing`,
    [
      shop.key,
      shop.server,
      shop.grantorOid,
      shop.memberOids,
      roles.map(({ name }) => name),
      roles.map(({ oid }) => oid),
      grants / roles.length,
    ],
  );
  await sql('vacuum analyze requests');
  await withClient(shop.url, async (client) => {
    for (const { name } of roles) {
      for (let from = 1; from <= grants / roles.length; from += BATCH) {
        const some = Math.min(BATCH, grants / roles.length - from + 1);
        const logins = Array.from({ length: some }, (_, i) => loginOf(from + i));
        await client.query(
          `grant ${name} to ${logins.join(', ')} with inherit true, set false granted by current_user`,
        );
      }
    }
  });
}

/** Ten roles that Hallpass may grant. */
async function crowdRoles({
  shop,
}: World): Promise<readonly { readonly name: string; readonly oid: number }[]> {
  const names = Array.from({ length: 10 }, (_, i) => `crowd_${i}`);
  const known = () =>
    shop.cluster.query<{ name: string; oid: number }>(
      'select rolname as name, oid from pg_roles where rolname = any($1) order by rolname',
      [names],
    );
  const there = await known();
  if (there.length > 0) return there;
  for (const name of names) await shop.cluster.query(`create role ${name}`);
  await shop.cluster.query(`grant ${names.join(', ')} to hallpass with admin true, inherit false, set false`);
  return known();
}
