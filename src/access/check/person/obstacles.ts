/** What keeps a login from a role's tables in one database. Pure. */
import type { Obstacles } from '../../../postgres/diagnosis/read-obstacles.js';
import type { PersonsDatabase } from '../../../postgres/diagnosis/read-person.js';
import { quoteName } from '../../../postgres/quote.js';
import type { NamePair } from '../../../postgres/target.js';
import { plural } from '../../../surfaces/kit/words.js';
import { type Finding, failure, note, ok } from '../finding.js';

export function* describeDatabase(
  { name, open, connectionLimit, connect }: PersonsDatabase,
  { login, role }: NamePair,
): Generator<Finding> {
  const database = quoteName(name);
  if (!open) {
    yield failure(
      'database',
      `The database ${name} takes no connections of anybody.`,
      `If it is meant to:\nALTER DATABASE ${database} ALLOW_CONNECTIONS true;`,
    );
  }
  if (connectionLimit === 0) {
    yield failure(
      'database',
      `The database ${name} has a CONNECTION LIMIT of 0.`,
      `If it is meant to be used:\nALTER DATABASE ${database} CONNECTION LIMIT -1;`,
    );
  }
  if (!connect) {
    yield failure(
      'database',
      `${login} has no CONNECT on the database ${name}, neither itself nor by ${role}.`,
      `So that it comes with the role:\nGRANT CONNECT ON DATABASE ${database} TO ${quoteName(role)};`,
    );
  }
}

export function* describeObstacles(
  database: string,
  { login, role }: NamePair,
  { schemas, rowSecurity }: Obstacles,
): Generator<Finding> {
  const tables = schemas.reduce((sum, schema) => sum + (schema.usage ? schema.tables : 0), 0);
  const has = `${role} has privileges on`;
  if (tables > 0) yield ok('database', `${has} ${plural(tables, 'table')} of ${database}.`);
  for (const schema of schemas) {
    if (schema.usage) continue;
    yield failure(
      'database',
      `${has} ${plural(schema.tables, 'table')} in the schema ${schema.name} of ${database}, but no USAGE on the schema.`,
      `Run in ${database}:\nGRANT USAGE ON SCHEMA ${quoteName(schema.name)} TO ${quoteName(role)};`,
    );
  }
  for (const { table, hasPolicy } of rowSecurity) {
    yield hasPolicy
      ? note(
          'row security',
          `${login} sees only those rows of ${table} in ${database} that its policies allow.`,
        )
      : failure(
          'row security',
          `${login} sees no row of ${table} in ${database}: row security is on, and no policy is for ${login} or ${role}.`,
          `Make one, for the rows that the role is to see; for all of them, in ${database}:\nCREATE POLICY ${quoteName(`${role}_reads`.slice(0, 40))} ON ${table} FOR SELECT TO ${quoteName(role)} USING (true);`,
        );
  }
}
