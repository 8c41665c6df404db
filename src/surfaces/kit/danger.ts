import { predefinedRole } from '../../domain/postgres/predefined-roles.js';

/**
 * What is dangerous about a role that Postgres or a provider made, as the end of a sentence that starts with its name;
 * null for ordinary roles. Such a role holds in every database of its server.
 */
export function danger(role: string): string | null {
  const known = predefinedRole(role);
  return known === null ? null : `${known.power}, in every database of this server`;
}
