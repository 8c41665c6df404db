import { HALLPASS, PERMANENT } from '../postgres/samples.js';
import { runSql } from '../postgres/server-access.js';
import type { Stage } from '../stage/stage.js';
import type { Vault } from '../stage/vault.js';

interface Row {
  readonly role: string;
  readonly login: string;
  readonly grantor: string;
}

/** Compares what the server says now with what the story lent. @throws Error when anything is left or lost */
export async function receipt(stage: Stage, vault: Vault): Promise<string> {
  const rows = await stage.server.query<Row & Record<string, string>>(
    `select r.rolname as role, u.rolname as login, g.rolname as grantor
       from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
       join pg_roles g on g.oid = m.grantor where r.rolname in ('orders_read', 'orders_write', 'orders_repair', 'payments_read')`,
  );
  const guarded = await vault.server.query<Row & Record<string, string>>(
    `select r.rolname as role, m.member::regrole::text as login, m.grantor::regrole::text as grantor
       from pg_auth_members m join pg_roles r on r.oid = m.roleid
      where r.rolname = 'vault_read' and m.grantor = 'hallpass_owner'::regrole`,
  );
  const out = [...rows.filter(({ grantor }) => grantor === HALLPASS), ...guarded];
  const permanent = rows.filter(({ grantor, login }) => grantor !== HALLPASS && login !== HALLPASS);
  const [counts] = await runSql<{ lent: number; back: number }>(
    stage.ledgerUrl,
    `select count(*) filter (where kind = 'granted')::int as lent,
       count(*) filter (where kind = 'proved_gone')::int as back from events`,
  );
  const lost = [PERMANENT, { role: PERMANENT.role, login: 'ana' }].filter(
    ({ role, login }) => !permanent.some((row) => row.role === role && row.login === login),
  );
  const says = `lent ${counts?.lent}, back ${counts?.back}, still out ${out.length}, permanent memberships touched ${lost.length}`;
  if (out.length > 0 || lost.length > 0 || counts?.lent !== counts?.back) throw new Error(says);
  return says;
}
