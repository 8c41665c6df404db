import type { Instance } from '../../../api-database.js';

/** Something worth trying. */
interface Snippet {
  readonly label: string;
  /** What it shows. */
  readonly about: string;
  readonly sql: string;
}

export const SNIPPETS: Readonly<Record<Instance, readonly Snippet[]>> = {
  shop: [
    {
      label: 'Orders',
      about: 'Needs orders_read or orders_write',
      sql: 'select * from orders.orders limit 5;',
    },
    {
      label: 'Update',
      about: 'Needs orders_write',
      sql: "update orders.orders set state = 'sent' where id <= 3;",
    },
    {
      label: 'Transaction',
      about: 'Stays open until commit or rollback; when the grant ends, Hallpass ends its session',
      sql: "begin;\nupdate orders.orders set state = 'paid' where id = 1;",
    },
    {
      label: 'My roles',
      about: 'What this login is a member of, as Postgres has it',
      sql: 'select roleid::regrole as role, grantor::regrole from pg_auth_members\n where member = current_user::regrole;',
    },
    { label: 'Payments', about: 'Needs payments_read', sql: 'select * from payments.payments limit 5;' },
    {
      label: 'Set role',
      about: 'Refused, even with the role: Hallpass grants without SET unless a policy says so',
      sql: 'set role orders_read;\nselect session_user, current_user;',
    },
    { label: 'Rollback', about: 'Undoes what is open', sql: 'rollback;' },
    {
      label: 'Cursor',
      about: 'Opens one in a transaction; run fetch 3 from lines again for more',
      sql: 'begin;\ndeclare lines cursor for select * from orders.lines;\nfetch 3 from lines;',
    },
    {
      label: 'Join',
      about: 'Who ordered what',
      sql: 'select c.name, c.city, count(*) as orders\n  from orders.orders o join orders.customers c on c.id = o.customer_id\n group by c.name, c.city order by orders desc;',
    },
    {
      label: 'Long query',
      about: 'Runs for a minute: cancel it, or see it ended',
      sql: 'select pg_sleep(60);',
    },
    {
      label: 'Leave something',
      about: 'Needs orders_admin. Hallpass says after the grant what stays',
      sql: 'create table orders.copy as select * from orders.orders;',
    },
  ],
  vault: [
    { label: 'Keys', about: 'Needs vault_read', sql: 'select * from keys.keys;' },
    {
      label: 'My roles',
      about: 'What this login is a member of, as Postgres has it',
      sql: 'select roleid::regrole as role, grantor::regrole from pg_auth_members\n where member = current_user::regrole;',
    },
    {
      label: 'Set role',
      about: 'Refused, even with the role: Hallpass grants without SET unless a policy says so',
      sql: 'set role vault_read;\nselect session_user, current_user;',
    },
    {
      label: 'Long query',
      about: 'Runs for a minute: cancel it, or see it ended',
      sql: 'select pg_sleep(60);',
    },
  ],
};
