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

export interface Receipt {
  /** Events of the ledger. */
  readonly granted: number;
  readonly revoked: number;
  /** Memberships that Hallpass granted and that are still there, on both servers. */
  readonly out: number;
  /** Memberships that somebody else made for good, and that are gone. */
  readonly lost: number;
  /** All of it, in words. */
  readonly says: string;
}

/** Compares what the servers say now with what the story granted. @throws Error when anything is left or lost */
export async function receipt(stage: Stage): Promise<string> {
  const { granted, revoked, out, lost, says } = await readReceipt(stage, ['ben', 'ana']);
  if (out > 0 || lost > 0 || granted !== revoked) throw new Error(says);
  return says;
}

/** @param forGood who must hold payments_read without Hallpass */
export async function readReceipt(
  { server, vault, ledgerUrl }: Stage,
  forGood: readonly string[],
): Promise<Receipt> {
  if (vault === null) throw new Error('the story is played with the vault');
  const rows = await server.query<Row & Record<string, string>>(MEMBERSHIPS);
  const guarded = await vault.query<Row & Record<string, string>>(MEMBERSHIPS);
  const out = [
    ...rows.filter(({ grantor }) => grantor === HALLPASS),
    ...guarded.filter(({ grantor }) => grantor === GUARDED_OWNER),
  ].length;
  const permanent = rows.filter(({ grantor, login }) => grantor !== HALLPASS && login !== HALLPASS);
  const [counts] = await runSql<{ granted: number; revoked: number }>(
    ledgerUrl,
    `select count(*) filter (where kind = 'granted')::int as granted,
       count(*) filter (where kind = 'proved_gone')::int as revoked from events`,
  );
  const lost = forGood.filter(
    (who) => !permanent.some(({ role, login }) => role === PERMANENT.role && login === who),
  ).length;
  const { granted, revoked } = counts ?? { granted: 0, revoked: 0 };
  const says = `granted ${granted}, revoked ${revoked}, still out on both servers ${out}, permanent memberships touched ${lost}`;
  return { granted, revoked, out, lost, says };
}
