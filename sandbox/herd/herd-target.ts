/** One target, with its ten thousand logins: memberships are made there wholesale. */
import pg from 'pg';
import type { Cluster } from '../postgres/cluster.js';
import type { Login, ServerAccess } from '../postgres/server-access.js';
import { createLogins, loginOf } from './crowd.js';

/** Logins in one REVOKE, as Hallpass has them. */
export const BATCH = 500;

export interface HerdTarget {
  /** As the configuration names it. */
  readonly key: string;
  readonly cluster: Cluster;
  readonly guarded: boolean;
  /** system_identifier. */
  readonly server: string;
  /** Whose memberships are Hallpass's. */
  readonly grantorOid: number;
  readonly role: string;
  readonly roleOid: number;
  /** The crowd's, the first one's first. */
  readonly memberOids: readonly number[];
  /** As Hallpass. */
  readonly url: string;
  /** Grants to the first ones of the crowd, for an hour. @param ids the requests', which a guarded target keeps. @param onGranted hears how many have it */
  grant(ids: readonly number[], onGranted?: (granted: number) => void): Promise<void>;
  /** Grants to the whole crowd, with no request. */
  grantAll(onGranted?: (granted: number) => void): Promise<void>;
  /** What takes the role back from these, as bare as it can be said with Hallpass's own rights. */
  revokeSql(from: number, count: number): string;
  /** Revokes whatever is granted. */
  clear(): Promise<void>;
}

export async function openHerdTarget(
  key: string,
  cluster: Cluster,
  { role, grantor, url }: { readonly role: string; readonly grantor: string; readonly url: string },
): Promise<HerdTarget> {
  const memberOids = await createLogins(cluster);
  const [row] = await cluster.query<{ server: string; grantor: number; role: number }>(
    `select (select system_identifier::text from pg_control_system()) as server, $1::regrole::oid as grantor,
       $2::regrole::oid as role`,
    [grantor, role],
  );
  if (row === undefined) throw new Error('the server did not answer');
  const guarded = grantor !== 'hallpass';
  const list = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => loginOf(from + i + 1)).join(', ');
  if (guarded) await cluster.query(`grant hallpass_people to ${list(0, memberOids.length)}`);
  const arrays = (from: number, count: number) => {
    const members = memberOids.slice(from, from + count);
    return `'{${members.map(() => row.role)}}', '{${members}}'`;
  };
  const revokeSql = (from: number, count: number) =>
    guarded
      ? `select hallpass.revoke(${arrays(from, count)})`
      : `revoke ${role} from ${list(from, count)} granted by current_user`;

  const grant: HerdTarget['grant'] = (ids, onGranted) =>
    withClient(url, async (client) => {
      for (let from = 0; from < ids.length; from += BATCH) {
        const batch = ids.slice(from, from + BATCH);
        await client.query(
          guarded
            ? `select hallpass.grant('{${batch}}', ${arrays(from, batch.length)}, '{${batch.map(() => 3_600_000)}}',
                 '{${batch.map(() => false)}}')`
            : `grant ${role} to ${list(from, batch.length)} with inherit true, set false granted by current_user`,
        );
        onGranted?.(from + batch.length);
      }
    });
  // Below every id of the ledger: one above would say that it was restored from a backup.
  let lowest = 0;

  return {
    key,
    cluster,
    guarded,
    server: row.server,
    grantorOid: row.grantor,
    role,
    roleOid: row.role,
    memberOids,
    url,
    revokeSql,
    grant,
    grantAll: (onGranted) =>
      grant(
        memberOids.map(() => --lowest),
        onGranted,
      ),
    clear: () =>
      withClient(url, async (client) => {
        for (let from = 0; from < memberOids.length; from += BATCH)
          await client.query(revokeSql(from, BATCH));
      }),
  };
}

/** What a direct target needs for granting one role; its databases hold nothing. */
export async function prepareTarget(
  server: ServerAccess,
  role: string,
  { user, password }: Pick<Login, 'user' | 'password'>,
): Promise<void> {
  await server.query(`create role ${role}`);
  await server.query(`create role ${user} login noinherit password '${password}'`);
  await server.query(`grant ${role} to ${user} with admin true, inherit false, set false`);
  await server.query(`grant pg_signal_backend, pg_read_all_stats to ${user} with inherit true, set false`);
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
