/** Ten thousand people: the same in Slack and, by their e-mail addresses, as logins on each server. */
import type { ServerAccess } from '../postgres/server-access.js';
import type { Slack } from '../slack/index.js';

export const CROWD = 10_000;

/** In Slack. @param i from 1 on */
export function personOf(i: number): string {
  return `U0C${String(i).padStart(5, '0')}`;
}

/** In Postgres, and before the @ of their addresses. */
export function loginOf(i: number): string {
  return `c${String(i).padStart(5, '0')}`;
}

export function joinSlack({ workspace }: Slack): void {
  for (let i = 1; i <= CROWD; i++) workspace.addPerson({ id: personOf(i), name: loginOf(i) });
}

/** The sample configuration, where the crowd's logins follow from their addresses. */
export function byAddress(yaml: string): string {
  return yaml.replace(
    'defaults:\n',
    'defaults:\n  email_pattern: "{local}"\n  email_domains: [example.com]\n',
  );
}

/** Gives them logins. @returns the OIDs, the first one's first */
export async function createLogins(server: ServerAccess): Promise<readonly number[]> {
  await server.query(
    `do $$begin for i in 1..${CROWD} loop execute format('create role %I login', 'c' || lpad(i::text, 5, '0')); end loop; end$$`,
  );
  const rows = await server.query<{ oid: number }>(
    `select oid from pg_roles where rolname ~ '^c\\d{5}$' order by rolname`,
  );
  return rows.map(({ oid }) => oid);
}
