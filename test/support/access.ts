/** What people can do on the stage's servers, tried as their own logins, and what Hallpass has granted there. */
import pg from 'pg';
import { expect } from 'vitest';
import { HALLPASS } from '../../sandbox/postgres/samples.js';
import type { Stage } from '../../sandbox/stage/stage.js';
import { waitFor } from './wait-for.js';

/** A query that each sample role allows its members. */
const QUERY = {
  orders_read: 'select id from orders.orders',
  orders_write: 'update orders.orders set state = state returning id',
  payments_read: 'select id from payments.payments',
  vault_read: 'select id from keys.keys',
} as const;

export type Login = keyof Stage['samples']['people'];
export type Role = keyof typeof QUERY;

type Server = Pick<Stage['server'], 'query'>;

/** Lets Hallpass grant these roles, as docs/install.md has a DBA do. */
export async function makeGrantable(server: Server, ...roles: readonly string[]): Promise<void> {
  await server.query(`grant ${roles.join(', ')} to ${HALLPASS} with admin true, inherit false, set false`);
}

/** Creates these roles, which Hallpass may grant. */
export async function createGrantable(server: Server, ...roles: readonly string[]): Promise<void> {
  for (const role of roles) await server.query(`create role ${role}`);
  await makeGrantable(server, ...roles);
}

/** "orders_read ana" for each membership that Hallpass's login granted on this server. */
export async function granted({ server }: { readonly server: Server }): Promise<readonly string[]> {
  const rows = await server.query<{ membership: string }>(
    `select m.roleid::regrole || ' ' || m.member::regrole as membership from pg_auth_members m
       where m.grantor = $1::regrole order by 1`,
    [HALLPASS],
  );
  return rows.map(({ membership }) => membership);
}

/** Waits until this login's query is refused. @returns how long after `since` that was seen, milliseconds */
export async function untilRefused(
  stage: Stage,
  login: Login,
  role: Role,
  since: Date | null,
): Promise<number> {
  if (since === null) throw new Error('there is no such moment');
  await waitFor(() => isRefused(stage, login, role), { what: `${login} to lose ${role}` });
  return Date.now() - since.getTime();
}

/** @throws the server's error, unless it is "permission denied" */
export async function isRefused(stage: Stage, login: Login, role: Role): Promise<boolean> {
  try {
    await query(stage, login, role);
    return false;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '42501') return true;
    throw error;
  }
}

export async function expectReads(stage: Stage, login: Login, role: Role): Promise<void> {
  expect(await query(stage, login, role)).not.toEqual([]);
}

function query(stage: Stage, login: Login, role: Role): Promise<unknown[]> {
  return stage.sqlAs(login, QUERY[role], role === 'vault_read' ? 'vault' : 'shop');
}
