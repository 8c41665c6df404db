import { HALLPASS, PERMANENT } from '../postgres/samples.js';
import { runSql } from '../postgres/server-access.js';
import type { Stage } from '../stage/stage.js';

/** On a guarded server the owner of the functions grants, not Hallpass's login. */
const GUARDED_OWNER = 'hallpass_owner';

interface Row {
  readonly role: string;
  readonly login: string;
  readonly grantor: string;
}

const MEMBERSHIPS = `
  select r.rolname as role, u.rolname as login, g.rolname as grantor
    from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
    join pg_roles g on g.oid = m.grantor where r.oid >= 16384`;

/** Compares what the servers say now with what the story granted. @throws Error when anything is left or lost */
export async function receipt({ server, vault, ledgerUrl }: Stage): Promise<string> {
  if (vault === null) throw new Error('the tour is played with the vault');
  const rows = await server.query<Row & Record<string, string>>(MEMBERSHIPS);
  const guarded = await vault.query<Row & Record<string, string>>(MEMBERSHIPS);
  const out = [
    ...rows.filter(({ grantor }) => grantor === HALLPASS),
    ...guarded.filter(({ grantor }) => grantor === GUARDED_OWNER),
  ];
  const permanent = rows.filter(({ grantor, login }) => grantor !== HALLPASS && login !== HALLPASS);
  const [counts] = await runSql<{ granted: number; back: number }>(
    ledgerUrl,
    `select count(*) filter (where kind = 'granted')::int as granted,
       count(*) filter (where kind = 'proved_gone')::int as back from events`,
  );
  const lost = [PERMANENT, { role: PERMANENT.role, login: 'ana' }].filter(
    ({ role, login }) => !permanent.some((row) => row.role === role && row.login === login),
  );
  const says = `granted ${counts?.granted}, revoked ${counts?.back}, still out on both servers ${out.length}, permanent memberships touched ${lost.length}`;
  if (out.length > 0 || lost.length > 0 || counts?.granted !== counts?.back) throw new Error(says);
  return says;
}
