import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Login, ServerAccess } from './server-access.js';

/** The database of the demo: a small shop. */
export const SHOP = 'shop';
/** The login that Hallpass uses there. */
export const HALLPASS = 'hallpass';
/** The group roles that it may grant. */
export const ROLES = ['orders_read', 'orders_write', 'payments_read'] as const;
/** One more role to grant, only where it is asked for: what its members make, and whom they let in, outlives the grant. */
export const ORDERS_ADMIN = 'orders_admin';
/** The logins of the engineers. */
export const PEOPLE = ['ana', 'ben', 'cora', 'dan'] as const;
/** What the shop's DBA granted for good, without Hallpass. */
export const PERMANENT = { role: 'payments_read', login: 'ben' } as const;

/** A login with its password, which is a new one at each start, and the URL to connect with. */
interface SampleLogin extends Login {
  readonly url: string;
}

export interface Samples {
  readonly hallpass: SampleLogin;
  readonly people: Readonly<Record<(typeof PEOPLE)[number], SampleLogin>>;
}

const TABLES = `
  CREATE SCHEMA orders;
  CREATE TABLE orders.customers (id int PRIMARY KEY, name text NOT NULL, city text NOT NULL);
  CREATE TABLE orders.orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES orders.customers, state text NOT NULL);
  CREATE TABLE orders.lines (order_id int REFERENCES orders.orders, article text, pieces int NOT NULL, PRIMARY KEY (order_id, article));
  CREATE SCHEMA payments;
  CREATE TABLE payments.payments (id int PRIMARY KEY, order_id int NOT NULL, cents int NOT NULL, iban text NOT NULL);
  CREATE TABLE payments.refunds (payment_id int PRIMARY KEY REFERENCES payments.payments, why text NOT NULL);

  INSERT INTO orders.customers SELECT n, 'Customer ' || n, (ARRAY['Bergen', 'Porto', 'Ghent'])[1 + n % 3] FROM generate_series(1, 12) n;
  INSERT INTO orders.orders SELECT n, 1 + n % 12, (ARRAY['open', 'paid', 'sent'])[1 + n % 3] FROM generate_series(1, 40) n;
  INSERT INTO orders.lines SELECT id, unnest(ARRAY['lamp', 'chair']), 1 + id % 4 FROM orders.orders;
  INSERT INTO payments.payments SELECT id, id, 1000 + 37 * id, 'NO93 8601 ' || 1117900 + id FROM orders.orders WHERE state <> 'open';
  INSERT INTO payments.refunds SELECT id, 'came back' FROM payments.payments WHERE id % 10 = 0`;

const GRANTS = `
  GRANT USAGE ON SCHEMA orders TO orders_read, orders_write;
  GRANT SELECT ON ALL TABLES IN SCHEMA orders TO orders_read, orders_write;
  GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA orders TO orders_write;
  GRANT USAGE ON SCHEMA payments TO payments_read;
  GRANT SELECT ON ALL TABLES IN SCHEMA payments TO payments_read;
  GRANT ${PERMANENT.role} TO ${PERMANENT.login}`;

const ADMIN = `
  GRANT USAGE, CREATE ON SCHEMA orders TO ${ORDERS_ADMIN};
  GRANT SELECT ON ALL TABLES IN SCHEMA orders TO ${ORDERS_ADMIN};
  ALTER TABLE orders.lines OWNER TO ${ORDERS_ADMIN}`;

/** Builds the shop on an empty server, with the logins of its engineers and of Hallpass. */
export async function buildSamples(
  server: ServerAccess,
  { ordersAdmin = false }: { readonly ordersAdmin?: boolean } = {},
): Promise<Samples> {
  const roles = ordersAdmin ? [...ROLES, ORDERS_ADMIN] : ROLES;
  const login = (user: string): SampleLogin => {
    const made = { user, password: randomBytes(12).toString('base64url'), database: SHOP };
    return { ...made, url: server.urlFor(made) };
  };
  const [ana, ben, cora, dan] = [login('ana'), login('ben'), login('cora'), login('dan')];
  const people = { ana, ben, cora, dan };
  const hallpass = login(HALLPASS);

  await server.query(roles.map((role) => `CREATE ROLE ${role}`).join(';'));
  for (const { user, password } of Object.values(people)) {
    await server.query(`CREATE ROLE ${user} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  }
  await createHallpass(server, hallpass.password, roles);

  await server.query(`CREATE DATABASE ${SHOP}`);
  await server.query(`REVOKE ALL ON DATABASE ${SHOP} FROM PUBLIC`);
  await server.query(`GRANT CONNECT ON DATABASE ${SHOP} TO ${[HALLPASS, ...PEOPLE].join(', ')}`);
  await server.query(TABLES, [], SHOP);
  await server.query(GRANTS, [], SHOP);
  if (ordersAdmin) await server.query(ADMIN, [], SHOP);
  return { hallpass, people };
}

/**
 * The login as the guide tells a DBA to make it: it can grant the roles, see and end sessions, and from Postgres 16 on
 * it can't use the roles itself. Before 16, who may grant a role is a member of it.
 */
async function createHallpass(
  server: ServerAccess,
  password: string,
  roles: readonly string[],
): Promise<void> {
  const [version] = await server.query<{ number: number }>(
    "SELECT current_setting('server_version_num')::int AS number",
  );
  const since16 = Number(version?.number) >= 160_000;
  const option = since16 ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
  const rights = `pg_signal_backend, pg_read_all_stats TO ${HALLPASS}`;
  await server.query(
    `CREATE ROLE ${HALLPASS} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS ` +
      `CONNECTION LIMIT 20 PASSWORD ${pg.escapeLiteral(password)}`,
  );
  await server.query(`GRANT ${roles.join(', ')} TO ${HALLPASS} WITH ${option}`);
  await server.query(`GRANT ${rights}${since16 ? ' WITH INHERIT TRUE, SET FALSE' : ''}`);
}
